-- What has been in the trash for long enough goes. All rows of one statement are of one project, as the triggers want it. epoch marks
-- rows that go: from then on nobody can bring them back.

-- Mark tasks of the project whose oldest one is over. Rows that somebody is just bringing back are passed over.
-- @query trash_expire_tasks :one (keep_s float8, most int4) -> (project, n)
WITH p AS (SELECT project_id FROM task WHERE deleted_at < now() - make_interval(secs => $1) AND deleted_at > 'epoch' ORDER BY deleted_at LIMIT 1),
     marked AS (
        UPDATE task t SET deleted_at = 'epoch'
        FROM (SELECT i.id FROM p JOIN task i ON i.project_id = p.project_id
              WHERE i.deleted_at < now() - make_interval(secs => $1) AND i.deleted_at > 'epoch' ORDER BY i.id LIMIT $2 FOR NO KEY UPDATE OF i SKIP LOCKED) x
        WHERE t.id = x.id RETURNING t.id)
SELECT (SELECT project_id FROM p) AS project, (SELECT count(*) FROM marked) AS n;

-- The same of annotations: first which, then, their tasks being locked, the marks.
-- @query trash_expire_pick :one (keep_s float8, most int4) -> (project, n, ids, tasks)
SELECT min(x.project_id) AS project, count(*) AS n, array_agg(x.id) AS ids, array_agg(DISTINCT x.task_id) AS tasks
FROM (SELECT a.id, a.project_id, a.task_id
      FROM (SELECT project_id FROM annotation WHERE deleted_at < now() - make_interval(secs => $1) AND deleted_at > 'epoch' ORDER BY deleted_at LIMIT 1) p
      JOIN annotation a ON a.project_id = p.project_id
      WHERE a.deleted_at < now() - make_interval(secs => $1) AND a.deleted_at > 'epoch' ORDER BY a.id LIMIT $2) x;

-- @query trash_lock_tasks :exec (tasks int4[])
SELECT FROM task WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE;

-- @query trash_expire_annotations :exec (ids int4[])
UPDATE annotation a SET deleted_at = 'epoch' FROM unnest($1) AS x (id) WHERE a.id = x.id AND a.deleted_at IS NOT NULL;

-- @query trash_expire_projects :many (keep_s float8, most int4) -> (id, organization)
UPDATE project o SET is_purging = true, version = o.version + 1
FROM (SELECT id FROM project WHERE deleted_at < now() - make_interval(secs => $1) AND NOT is_purging LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED) x
WHERE o.id = x.id RETURNING o.id, o.organization_id AS organization;

-- Marked tasks of a project, some at a time.
-- @query trash_marked_tasks :one (project int4, most int4) -> (n, ids)
SELECT count(*) AS n, array_agg(id) AS ids FROM (SELECT id FROM task WHERE project_id = $1 AND deleted_at = 'epoch' ORDER BY id LIMIT $2) t;

-- @query trash_marked_annotations :one (project int4, most int4) -> (n, ids, tasks)
SELECT count(*) AS n, array_agg(id) AS ids, array_agg(DISTINCT task_id) AS tasks
FROM (SELECT id, task_id FROM annotation WHERE project_id = $1 AND deleted_at = 'epoch' ORDER BY id LIMIT $2) a;

-- @query trash_remove_drafts :exec (ids int4[])
DELETE FROM draft WHERE annotation_id = ANY ($1);

-- @query trash_remove_annotations :exec (ids int4[])
DELETE FROM annotation WHERE id = ANY ($1) AND deleted_at = 'epoch';

-- @query trash_remove_tasks :exec (ids int4[])
DELETE FROM task WHERE id = ANY ($1) AND deleted_at = 'epoch';
