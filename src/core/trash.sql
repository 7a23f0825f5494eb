-- The trash: what was deleted can be brought back for a while (keep_s), then the job "trash" removes it. deleted_at = epoch marks what is
-- to go at once and never comes back; of projects is_purging says it. Restoring and marking change the same rows, so one of them is first.

-- ---- projects

-- before, before_id: of the last row of the page before (null: from the start); project: that one alone (null: all).
-- @query trash_projects :many (organization int4, member int4, role text, keep_s float8, before timestamptz, before_id int4, project int4,
--   most int4) -> (id, title, deleted_at, expires_at, deleted_by, deleted_by_name, tasks)
SELECT p.id, coalesce(p.title, '') AS title, p.deleted_at, p.deleted_at + make_interval(secs => $4) AS expires_at, p.deleted_by,
       (SELECT coalesce(nullif(concat_ws(' ', nullif(u.first_name, ''), nullif(u.last_name, '')), ''), u.email) FROM user_account u WHERE u.id = p.deleted_by)
           AS deleted_by_name,
       (SELECT coalesce(sum(n.task_number), 0)::int8 FROM project_counter n WHERE n.project_id = p.id) AS tasks
FROM trashed_project($1, $2, $3) p
WHERE p.deleted_at > now() - make_interval(secs => $4) AND ($5::timestamptz IS NULL OR (p.deleted_at, p.id) < ($5, $6))
  AND ($7::int4 IS NULL OR p.id = $7)
ORDER BY p.deleted_at DESC, p.id DESC LIMIT $8;

-- @query trash_project_restore :exec (organization int4, member int4, role text, project int4, keep_s float8)
UPDATE project o SET deleted_at = NULL, deleted_by = NULL, updated_at = now(), version = o.version + 1
WHERE o.id = $4 AND o.deleted_at > now() - make_interval(secs => $5) AND NOT o.is_purging
  AND EXISTS (SELECT FROM trashed_project($1, $2, $3) p WHERE p.id = o.id);

-- A change of overlaps or of skip_queue that stood still while the project was in the trash.
-- @query trash_project_change :one (project int4) -> (found)
SELECT EXISTS (SELECT FROM overlap_change WHERE project_id = $1) AS found;

-- @query trash_project_purge :exec (organization int4, member int4, role text, project int4)
UPDATE project o SET is_purging = true, version = o.version + 1
WHERE o.id = $4 AND o.deleted_at IS NOT NULL AND NOT o.is_purging AND EXISTS (SELECT FROM trashed_project($1, $2, $3) p WHERE p.id = o.id);

-- ---- tasks and annotations of a project that the caller was found to see

-- @query trash_counts :one (project int4, keep_s float8) -> (tasks, annotations)
SELECT (SELECT count(*) FROM task WHERE project_id = $1 AND deleted_at > greatest(now() - make_interval(secs => $2), 'epoch')) AS tasks,
       (SELECT count(*) FROM annotation a WHERE a.project_id = $1 AND a.deleted_at > greatest(now() - make_interval(secs => $2), 'epoch')
           AND EXISTS (SELECT FROM task t WHERE t.id = a.task_id AND t.deleted_at IS NULL OFFSET 0)) AS annotations;

-- What was deleted at one go is one row, the latest first. before: the moment of the last row of the page before, or null.
-- @query trash_groups :many (project int4, keep_s float8, before timestamptz, most int4) -> (kind, deleted_at, expires_at, deleted_by, deleted_by_name, n, first)
SELECT x.kind, x.deleted_at, x.deleted_at + make_interval(secs => $2) AS expires_at, x.by_user AS deleted_by,
       coalesce(nullif(concat_ws(' ', nullif(u.first_name, ''), nullif(u.last_name, '')), ''), u.email) AS deleted_by_name, x.n, x.first
FROM (SELECT 'task' AS kind, deleted_at, updated_by AS by_user, count(*) AS n, min(inner_id) AS first FROM task
      WHERE project_id = $1 AND deleted_at > greatest(now() - make_interval(secs => $2), 'epoch') AND ($3::timestamptz IS NULL OR deleted_at < $3)
      GROUP BY deleted_at, updated_by
      UNION ALL
      SELECT 'annotation', a.deleted_at, a.updated_by, count(*), min(t.inner_id)
      FROM annotation a CROSS JOIN LATERAL (SELECT inner_id FROM task i WHERE i.id = a.task_id AND i.deleted_at IS NULL OFFSET 0) t
      WHERE a.project_id = $1 AND a.deleted_at > greatest(now() - make_interval(secs => $2), 'epoch') AND ($3::timestamptz IS NULL OR a.deleted_at < $3)
      GROUP BY a.deleted_at, a.updated_by) x
LEFT JOIN user_account u ON u.id = x.by_user
ORDER BY x.deleted_at DESC, x.kind LIMIT $4;

-- @query trash_tasks :many (project int4, keep_s float8, before timestamptz, before_id int4, most int4) -> (id, inner_id, deleted_at, expires_at, deleted_by,
--   annotations)
SELECT id, inner_id, deleted_at, deleted_at + make_interval(secs => $2) AS expires_at, updated_by AS deleted_by,
       total_annotations + cancelled_annotations AS annotations
FROM task WHERE project_id = $1 AND deleted_at > greatest(now() - make_interval(secs => $2), 'epoch')
  AND ($3::timestamptz IS NULL OR (deleted_at, id) < ($3, $4))
ORDER BY deleted_at DESC, id DESC LIMIT $5;

-- @query trash_annotations :many (project int4, keep_s float8, before timestamptz, before_id int4, most int4) -> (id, task, completed_by, deleted_at,
--   expires_at, deleted_by)
SELECT a.id, a.task_id AS task, a.completed_by, a.deleted_at, a.deleted_at + make_interval(secs => $2) AS expires_at, a.updated_by AS deleted_by
FROM annotation a
WHERE a.project_id = $1 AND a.deleted_at > greatest(now() - make_interval(secs => $2), 'epoch')
  AND ($3::timestamptz IS NULL OR (a.deleted_at, a.id) < ($3, $4))
  AND EXISTS (SELECT FROM task t WHERE t.id = a.task_id AND t.deleted_at IS NULL OFFSET 0)
ORDER BY a.deleted_at DESC, a.id DESC LIMIT $5;

-- Some of the tasks that are meant, locked in the order that all others take: ids, moment and until say which (null: any).
-- @query trash_task_lock :one (project int4, keep_s float8, ids int4[], moment timestamptz, until timestamptz, most int4) -> (n, ids)
SELECT count(*) AS n, array_agg(id) AS ids
FROM (SELECT id FROM task
      WHERE project_id = $1 AND deleted_at > greatest(now() - make_interval(secs => $2), 'epoch')
        AND ($3::int4[] IS NULL OR id = ANY ($3)) AND ($4::timestamptz IS NULL OR deleted_at = $4)
        AND ($5::timestamptz IS NULL OR deleted_at <= $5)
      ORDER BY id LIMIT $6 FOR NO KEY UPDATE) t;

-- @query trash_task_restore :exec (ids int4[], by_user int4)
UPDATE task t SET deleted_at = NULL, updated_at = now(), updated_by = $2 FROM unnest($1) AS x (id) WHERE t.id = x.id AND t.deleted_at IS NOT NULL;

-- @query trash_task_mark :exec (ids int4[])
UPDATE task t SET deleted_at = 'epoch' FROM unnest($1) AS x (id) WHERE t.id = x.id AND t.deleted_at IS NOT NULL;

-- Annotations of live tasks; the tasks are locked first.
-- @query trash_annotation_pick :one (project int4, keep_s float8, ids int4[], moment timestamptz, until timestamptz, most int4) -> (n, ids, tasks)
SELECT count(*) AS n, array_agg(id) AS ids, array_agg(DISTINCT task_id) AS tasks
FROM (SELECT a.id, a.task_id FROM annotation a
      WHERE a.project_id = $1 AND a.deleted_at > greatest(now() - make_interval(secs => $2), 'epoch')
        AND ($3::int4[] IS NULL OR a.id = ANY ($3)) AND ($4::timestamptz IS NULL OR a.deleted_at = $4)
        AND ($5::timestamptz IS NULL OR a.deleted_at <= $5)
        AND EXISTS (SELECT FROM task t WHERE t.id = a.task_id AND t.deleted_at IS NULL OFFSET 0)
      ORDER BY a.id LIMIT $6) x;

-- @query trash_annotation_lock :exec (tasks int4[])
SELECT FROM task WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE;

-- Somebody else may have been first with one of them. What was the truth is it again, unless there is another one by now.
-- @query trash_annotation_restore :exec (ids int4[], by_user int4, keep_s float8)
UPDATE annotation a SET deleted_at = NULL, updated_at = now(), updated_by = $2,
       ground_truth = a.ground_truth AND NOT EXISTS (SELECT FROM annotation o WHERE o.task_id = a.task_id AND o.id <> a.id AND o.ground_truth
                                                       AND (o.deleted_at IS NULL OR (o.id = ANY ($1) AND o.id > a.id)))
FROM unnest($1) AS x (id) WHERE a.id = x.id AND a.deleted_at > greatest(now() - make_interval(secs => $3), 'epoch');

-- @query trash_annotation_mark :exec (ids int4[])
UPDATE annotation a SET deleted_at = 'epoch' FROM unnest($1) AS x (id) WHERE a.id = x.id AND a.deleted_at IS NOT NULL;

-- @query trash_recount :exec (tasks int4[], by_user int4)
SELECT task_recount($1, $2), task_feedback_recount($1);

-- The moment of the transaction.
-- @query trash_now :one () -> (moment)
SELECT now() AS moment;

-- How much there is to do. Annotations of chosen tasks are not counted: they come and go with them.
-- @query trash_chosen :one (project int4, keep_s float8, ids int4[], moment timestamptz, until timestamptz, tasks bool, annotations bool) -> (n)
SELECT (SELECT count(*) FROM task
        WHERE $6 AND project_id = $1 AND deleted_at > greatest(now() - make_interval(secs => $2), 'epoch')
          AND ($3::int4[] IS NULL OR id = ANY ($3)) AND ($4::timestamptz IS NULL OR deleted_at = $4) AND ($5::timestamptz IS NULL OR deleted_at <= $5))
     + (SELECT count(*) FROM annotation a
        WHERE $7 AND a.project_id = $1 AND a.deleted_at > greatest(now() - make_interval(secs => $2), 'epoch')
          AND ($3::int4[] IS NULL OR a.id = ANY ($3)) AND ($4::timestamptz IS NULL OR a.deleted_at = $4) AND ($5::timestamptz IS NULL OR a.deleted_at <= $5)
          AND EXISTS (SELECT FROM task t WHERE t.id = a.task_id AND t.deleted_at IS NULL OFFSET 0)) AS n;
