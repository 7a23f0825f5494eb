-- The task stream. A candidate is an unfinished live task on which the caller has no annotation and no postponed draft.
-- It is occupied when others' unexpired locks and counting annotations reach its overlap (function task_places). CASE keeps the
-- planner from asking that, the dearest question, first; OFFSET 0 keeps it from collecting all that the annotator ever did into a
-- hash table, which it prefers as soon as it expects several candidates.
-- Tasks are found from stream_cursor on, so an annotator who has done most of a project is served as fast as the first one.

-- @query stream_project :one (organization int4, member int4, role text, project int4) -> (maximum_annotations, sampling, skip_queue, show_collab_predictions, model_version, low_inner_id)
SELECT p.maximum_annotations, p.sampling, p.skip_queue, p.show_collab_predictions, p.model_version,
       coalesce((SELECT low_inner_id FROM stream_cursor c WHERE c.project_id = p.id AND c.user_id = $2), 0) AS low_inner_id
FROM visible_project($1, $2, $3) p WHERE p.id = $4;

-- A task that the caller holds already.
-- @query stream_held :one (project int4, member int4) -> (task, unique_id)
SELECT t.id AS task, l.unique_id
FROM task_lock l JOIN task t ON t.id = l.task_id
WHERE l.project_id = $1 AND l.user_id = $2 AND l.expires_at > now() AND NOT t.is_labeled AND t.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM annotation a WHERE a.project_id = $1 AND a.completed_by = $2 AND a.task_id = t.id AND a.deleted_at IS NULL)
  AND NOT EXISTS (SELECT FROM draft d WHERE d.project_id = $1 AND d.user_id = $2 AND d.was_postponed AND d.task_id = t.id)
ORDER BY t.inner_id LIMIT 1;

-- Depth first: a task with the most annotations by others, so that overlaps fill up. Depths are walked downward by their index;
-- within one, from this annotator's cursor on.
-- @query stream_deepest :one (project int4, member int4, passed int4[]) -> (task, inner_id)
WITH RECURSIVE level AS (
    SELECT max(depth) AS depth FROM stream_depth WHERE project_id = $1
    UNION ALL
    SELECT (SELECT max(e.depth) FROM stream_depth e WHERE e.project_id = $1 AND e.depth < l.depth) FROM level l WHERE l.depth IS NOT NULL)
SELECT f.task, f.inner_id
FROM level
LEFT JOIN stream_depth_cursor c ON c.project_id = $1 AND c.user_id = $2 AND c.depth = level.depth
     AND c.low_xid <= pg_snapshot_xmin(pg_current_snapshot())
CROSS JOIN LATERAL (
    SELECT t.id AS task, t.inner_id
    FROM stream_depth e JOIN task t ON t.id = e.task_id CROSS JOIN LATERAL task_places(t.id, t.overlap, $1, $2) o
    WHERE e.project_id = $1 AND e.depth = level.depth AND (e.xid, e.seq) >= (coalesce(c.low_xid, '0'), coalesce(c.low_seq, 0))
      AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.total_annotations + t.cancelled_annotations = e.depth
      AND t.id <> ALL ($3)
      AND CASE WHEN EXISTS (SELECT FROM annotation a WHERE a.project_id = $1 AND a.completed_by = $2 AND a.task_id = t.id AND a.deleted_at IS NULL OFFSET 0)
                    OR EXISTS (SELECT FROM draft d WHERE d.project_id = $1 AND d.user_id = $2 AND d.was_postponed AND d.task_id = t.id OFFSET 0)
                THEN false ELSE NOT o.occupied END
    ORDER BY e.xid, e.seq LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED) f
LIMIT 1;

-- Move the depth cursors over what this annotator can never get there: own, finished, gone to another depth. They stop before the
-- oldest transaction that is not over: its rows, and rows of later ones, may still appear.
-- @query stream_deepen :exec (project int4, member int4)
WITH RECURSIVE level AS (
    SELECT max(depth) AS depth FROM stream_depth WHERE project_id = $1
    UNION ALL
    SELECT (SELECT max(e.depth) FROM stream_depth e WHERE e.project_id = $1 AND e.depth < l.depth) FROM level l WHERE l.depth IS NOT NULL)
INSERT INTO stream_depth_cursor AS c (project_id, user_id, depth, low_xid, low_seq)
SELECT $1, $2, level.depth, coalesce(first.xid, pg_snapshot_xmin(pg_current_snapshot())), coalesce(first.seq, 0)
FROM level
LEFT JOIN stream_depth_cursor o ON o.project_id = $1 AND o.user_id = $2 AND o.depth = level.depth
     AND o.low_xid <= pg_snapshot_xmin(pg_current_snapshot())
LEFT JOIN LATERAL (
    SELECT e.xid, e.seq FROM stream_depth e JOIN task t ON t.id = e.task_id
    WHERE e.project_id = $1 AND e.depth = level.depth AND (e.xid, e.seq) >= (coalesce(o.low_xid, '0'), coalesce(o.low_seq, 0))
      AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
      AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.total_annotations + t.cancelled_annotations = e.depth
      AND NOT EXISTS (SELECT FROM annotation a WHERE a.project_id = $1 AND a.completed_by = $2 AND a.task_id = t.id AND a.deleted_at IS NULL)
    ORDER BY e.xid, e.seq LIMIT 1) first ON true
WHERE level.depth IS NOT NULL
ON CONFLICT (project_id, user_id, depth) DO UPDATE SET low_xid = excluded.low_xid, low_seq = excluded.low_seq;

-- Behind the cursor: tasks that were occupied when it passed, or came back since.
-- @query stream_revisited :one (project int4, member int4, passed int4[]) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM stream_revisit r JOIN task t ON t.project_id = r.project_id AND t.inner_id = r.inner_id CROSS JOIN LATERAL task_places(t.id, t.overlap, $1, $2) o
WHERE r.project_id = $1 AND r.user_id = $2 AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.id <> ALL ($3)
  AND CASE WHEN EXISTS (SELECT FROM annotation a WHERE a.project_id = $1 AND a.completed_by = $2 AND a.task_id = t.id AND a.deleted_at IS NULL OFFSET 0)
               OR EXISTS (SELECT FROM draft d WHERE d.project_id = $1 AND d.user_id = $2 AND d.was_postponed AND d.task_id = t.id OFFSET 0)
           THEN false ELSE NOT o.occupied END
ORDER BY t.inner_id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;

-- From the cursor on, in order.
-- @query stream_ahead :one (project int4, member int4, low int4, passed int4[]) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM task t CROSS JOIN LATERAL task_places(t.id, t.overlap, $1, $2) o
WHERE t.project_id = $1 AND t.inner_id >= $3 AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.id <> ALL ($4)
  AND CASE WHEN EXISTS (SELECT FROM annotation a WHERE a.project_id = $1 AND a.completed_by = $2 AND a.task_id = t.id AND a.deleted_at IS NULL OFFSET 0)
               OR EXISTS (SELECT FROM draft d WHERE d.project_id = $1 AND d.user_id = $2 AND d.was_postponed AND d.task_id = t.id OFFSET 0)
           THEN false ELSE NOT o.occupied END
ORDER BY t.inner_id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;

-- Uniform sampling: the open tasks next to random places, round the end to the beginning.
-- @query stream_draws :many (project int4, tries int4) -> (task)
SELECT coalesce(
        (SELECT o.id FROM task o
         WHERE o.project_id = $1 AND o.inner_id >= r.place AND NOT o.is_labeled AND o.deleted_at IS NULL ORDER BY o.inner_id LIMIT 1),
        (SELECT o.id FROM task o
         WHERE o.project_id = $1 AND NOT o.is_labeled AND o.deleted_at IS NULL ORDER BY o.inner_id LIMIT 1)) AS task
FROM (SELECT floor(random() * s.next_inner_id)::int4 AS place FROM project_sequence s, generate_series(1, $2) WHERE s.project_id = $1) r;

-- One drawn task, if it is to be had. They are asked for one by one: joined to the draws, a plan may test every open task instead.
-- @query stream_drawn :one (project int4, member int4, drawn int4) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM task t CROSS JOIN LATERAL task_places(t.id, t.overlap, $1, $2) o
WHERE t.id = $3 AND t.project_id = $1 AND NOT t.is_labeled AND t.deleted_at IS NULL
  AND CASE WHEN EXISTS (SELECT FROM annotation a WHERE a.project_id = $1 AND a.completed_by = $2 AND a.task_id = t.id AND a.deleted_at IS NULL OFFSET 0)
               OR EXISTS (SELECT FROM draft d WHERE d.project_id = $1 AND d.user_id = $2 AND d.was_postponed AND d.task_id = t.id OFFSET 0)
           THEN false ELSE NOT o.occupied END
FOR NO KEY UPDATE OF t SKIP LOCKED;

-- The sources above pass over rows that somebody is just writing to. Before the caller hears that there is nothing left, such a row is
-- waited for (stream_wait) and looked at again.
-- @query stream_busy :one (project int4, member int4, low int4, passed int4[]) -> (task, inner_id)
SELECT c.task, c.inner_id
FROM (SELECT t.id AS task, t.inner_id, t.overlap
      FROM stream_revisit r JOIN task t ON t.project_id = r.project_id AND t.inner_id = r.inner_id
      WHERE r.project_id = $1 AND r.user_id = $2 AND NOT t.is_labeled AND t.deleted_at IS NULL
      UNION ALL
      SELECT t.id AS task, t.inner_id, t.overlap
      FROM task t
      WHERE t.project_id = $1 AND t.inner_id >= $3 AND NOT t.is_labeled AND t.deleted_at IS NULL) c
CROSS JOIN LATERAL task_places(c.task, c.overlap, $1, $2) o
WHERE c.task <> ALL ($4)
  AND NOT EXISTS (SELECT FROM annotation a WHERE a.project_id = $1 AND a.completed_by = $2 AND a.task_id = c.task AND a.deleted_at IS NULL)
  AND NOT EXISTS (SELECT FROM draft d WHERE d.project_id = $1 AND d.user_id = $2 AND d.was_postponed AND d.task_id = c.task)
  AND NOT o.occupied
LIMIT 1;

-- @query stream_wait :exec (task int4)
SELECT FROM task WHERE id = $1 FOR NO KEY UPDATE;

-- The caller's postponed drafts, oldest first.
-- @query stream_postponed :one (project int4, member int4, passed int4[]) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM draft d JOIN task t ON t.id = d.task_id CROSS JOIN LATERAL task_places(t.id, t.overlap, $1, $2) o
WHERE d.project_id = $1 AND d.user_id = $2 AND d.was_postponed AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.id <> ALL ($3)
  AND NOT EXISTS (SELECT FROM annotation a WHERE a.project_id = $1 AND a.completed_by = $2 AND a.task_id = t.id AND a.deleted_at IS NULL)
  AND NOT o.occupied
ORDER BY d.updated_at LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;

-- The caller's skipped tasks, oldest skip first (REQUEUE_FOR_ME).
-- @query stream_skipped :one (project int4, member int4, passed int4[]) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM annotation a JOIN task t ON t.id = a.task_id CROSS JOIN LATERAL task_places(t.id, t.overlap, $1, $2) x
WHERE a.project_id = $1 AND a.completed_by = $2 AND a.was_cancelled AND a.deleted_at IS NULL AND NOT t.is_labeled AND t.deleted_at IS NULL
  AND t.id <> ALL ($3)
  AND NOT EXISTS (SELECT FROM annotation o WHERE o.project_id = $1 AND o.completed_by = $2 AND o.task_id = t.id AND o.deleted_at IS NULL AND NOT o.was_cancelled)
  AND NOT x.occupied
ORDER BY a.updated_at LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;

-- The task row is locked by now: this statement sees every lock and annotation that was committed before, so a slot is given once.
-- @query stream_take :one (project int4, member int4, task int4, ttl_s int4) -> (unique_id)
INSERT INTO task_lock AS l (task_id, user_id, project_id, expires_at)
SELECT t.id, $2, $1, now() + make_interval(secs => $4) FROM task t CROSS JOIN LATERAL task_places(t.id, t.overlap, $1, $2) o
WHERE t.id = $3 AND NOT t.is_labeled AND t.deleted_at IS NULL AND NOT o.occupied
ON CONFLICT (task_id, user_id) DO UPDATE SET
    expires_at = excluded.expires_at,
    unique_id = CASE WHEN l.expires_at > now() THEN l.unique_id ELSE gen_random_uuid() END
RETURNING unique_id;

-- Move the cursor up; what it passes and might still be handed out goes to stream_revisit.
-- @query stream_advance :exec (project int4, member int4, low int4, next int4)
WITH gone AS (
        DELETE FROM stream_revisit r USING task t
        WHERE r.project_id = $1 AND r.user_id = $2 AND t.project_id = $1 AND t.inner_id = r.inner_id
          AND (t.is_labeled OR t.deleted_at IS NOT NULL
               OR EXISTS (SELECT FROM annotation a WHERE a.project_id = $1 AND a.completed_by = $2 AND a.task_id = t.id AND a.deleted_at IS NULL))),
     passed AS (
        INSERT INTO stream_revisit (project_id, user_id, inner_id)
        SELECT $1, $2, t.inner_id FROM task t
        WHERE t.project_id = $1 AND t.inner_id >= $3 AND t.inner_id < $4 AND NOT t.is_labeled AND t.deleted_at IS NULL
          AND NOT EXISTS (SELECT FROM annotation a WHERE a.project_id = $1 AND a.completed_by = $2 AND a.task_id = t.id AND a.deleted_at IS NULL)
        ON CONFLICT DO NOTHING)
INSERT INTO stream_cursor (project_id, user_id, low_inner_id) VALUES ($1, $2, $4)
ON CONFLICT (project_id, user_id) DO UPDATE SET low_inner_id = excluded.low_inner_id;

-- @query stream_remember :exec (project int4, member int4, task int4)
INSERT INTO stream_history (project_id, user_id, task_id) VALUES ($1, $2, $3) ON CONFLICT (project_id, user_id, task_id) DO NOTHING;

-- @query stream_history :many (organization int4, member int4, role text, project int4, most int4) -> (task, annotation)
SELECT h.task, h.annotation FROM (
    SELECT h.id, h.task_id AS task, a.id AS annotation
    FROM stream_history h
    JOIN visible_project($1, $2, $3) p ON p.id = h.project_id
    JOIN task t ON t.id = h.task_id AND t.deleted_at IS NULL
    LEFT JOIN annotation a ON a.id = h.annotation_id AND a.deleted_at IS NULL
    WHERE h.project_id = $4 AND h.user_id = $2 ORDER BY h.id DESC LIMIT $5) h
ORDER BY h.id;
