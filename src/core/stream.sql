-- The task stream. A candidate is an unfinished live task that is not the caller's already (an annotation, a postponed draft) and not
-- occupied (function task_places). CASE keeps the planner from asking the second, the dearer question, first.
-- Tasks are found from stream_cursor on, so an annotator who has done most of a project is served as fast as the first one.
-- wide: only tasks of overlap above one (true) or the others (false), null: all; what show_overlap_first says for this search.

-- What the cursor of all tasks has passed, every part has passed.
-- @query stream_project :one (organization int4, member int4, role text, project int4) -> (maximum_annotations, sampling, skip_queue, show_collab_predictions,
--   model_version, show_overlap_first, annotator_evaluation_enabled, next_inner_id, low_inner_id, low_wide, low_narrow, low_truth, assigned_only, has_reviews)
SELECT p.maximum_annotations, p.sampling, p.skip_queue, p.show_collab_predictions, shown_version(p.id, p.model_version) AS model_version, p.show_overlap_first,
       p.annotator_evaluation_enabled, coalesce((SELECT next_inner_id FROM project_sequence s WHERE s.project_id = p.id), 0) AS next_inner_id,
       coalesce(c.low, 0) AS low_inner_id, coalesce(greatest(c.low, c.wide), 0) AS low_wide,
       coalesce(greatest(c.low, c.narrow), 0) AS low_narrow, coalesce(greatest(c.low, c.truth), 0) AS low_truth,
       p.label_stream_task_distribution = 'assigned_only' AS assigned_only, p.has_reviews
FROM visible_project($1, $2, $3) p
CROSS JOIN LATERAL (
    SELECT max(low_inner_id) FILTER (WHERE part = 0) AS low, max(low_inner_id) FILTER (WHERE part = 1) AS wide,
           max(low_inner_id) FILTER (WHERE part = 2) AS narrow, max(low_inner_id) FILTER (WHERE part = 3) AS truth
    FROM stream_cursor k WHERE k.project_id = p.id AND k.user_id = $2) c
WHERE p.id = $4;

-- What reviewers gave back to this annotator, the oldest first; what the annotator postponed comes when nothing else is left.
-- assigned: only what they are assigned, as they see nothing else.
-- @query stream_rejected :one (project int4, member int4, postponed bool, assigned bool) -> (task)
SELECT t.id AS task
FROM annotation_review v
CROSS JOIN LATERAL (SELECT task_id FROM annotation n WHERE n.id = v.annotation_id AND n.completed_by = $2 AND n.deleted_at IS NULL OFFSET 0) a
JOIN task t ON t.id = a.task_id AND t.deleted_at IS NULL
WHERE v.project_id = $1 AND v.author = $2 AND v.is_current AND NOT v.accepted AND NOT v.remove_from_queue
  AND EXISTS (SELECT FROM draft d WHERE d.task_id = t.id AND d.user_id = $2 AND d.was_postponed) = $3
  AND (NOT $4 OR $2 = ANY (t.assignees))
ORDER BY v.id LIMIT 1;

-- Is there a task of overlap above one that is not the caller's yet, occupied or not? from_inner_id: none before it; null: none at all.
-- @query stream_wide :one (project int4, member int4, low int4) -> (from_inner_id)
SELECT CASE WHEN EXISTS (
           SELECT FROM stream_revisit r
CROSS JOIN LATERAL (SELECT i.id FROM task i WHERE i.project_id = r.project_id AND i.inner_id = r.inner_id OFFSET 0) k JOIN task t ON t.id = k.id
           CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
           WHERE r.project_id = $1 AND r.user_id = $2 AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.overlap > 1 AND NOT o.mine) THEN $3
       ELSE (SELECT t.inner_id FROM task t CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
             WHERE t.project_id = $1 AND t.inner_id >= $3 AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.overlap > 1 AND NOT o.mine
             ORDER BY t.inner_id LIMIT 1) END AS from_inner_id;

-- A task that the caller holds already.
-- assigned: only what they were assigned, here and below.
-- @query stream_held :one (project int4, member int4, wide bool, assigned bool) -> (task, unique_id)
SELECT t.id AS task, l.unique_id
FROM task_lock l JOIN task t ON t.id = l.task_id CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
WHERE l.project_id = $1 AND l.user_id = $2 AND l.expires_at > now() AND NOT t.is_labeled AND t.deleted_at IS NULL
  AND ($3::bool IS NULL OR (t.overlap > 1) = $3) AND NOT o.mine AND (NOT $4 OR $2 = ANY (t.assignees))
ORDER BY t.inner_id LIMIT 1;

-- What the caller was assigned and has not done, in order. A row that somebody is writing to is waited for: nobody else may take the task.
-- @query stream_assigned :one (project int4, member int4, passed int4[]) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM task_assignment a JOIN task t ON t.id = a.task_id CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
WHERE a.project_id = $1 AND a.user_id = $2 AND a.type = 'AN' AND a.is_live AND NOT a.is_done
  AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.id <> ALL ($3) AND NOT o.mine
ORDER BY a.inner_id LIMIT 1 FOR NO KEY UPDATE OF t;

-- Depth first: of the tasks with the most annotations by others, so that overlaps fill up. Depths are walked downward by their index
-- to the first where anything is left for this annotator; occupied tasks of it are left alone, lesser depths are not looked at.
-- Within a depth the walk begins at the annotator's cursor.
-- @query stream_deepest :one (project int4, member int4, passed int4[], wide bool) -> (task, inner_id)
WITH RECURSIVE level AS (
    SELECT max(depth) AS depth FROM stream_depth WHERE project_id = $1
    UNION ALL
    SELECT (SELECT max(e.depth) FROM stream_depth e WHERE e.project_id = $1 AND e.depth < l.depth) FROM level l WHERE l.depth IS NOT NULL),
deepest AS (
    SELECT level.depth, f.xid, f.seq
    FROM level
    LEFT JOIN stream_depth_cursor c ON c.project_id = $1 AND c.user_id = $2 AND c.depth = level.depth
         AND c.low_xid <= pg_snapshot_xmin(pg_current_snapshot())
    CROSS JOIN LATERAL (
        SELECT e.xid, e.seq
        FROM stream_depth e JOIN task t ON t.id = e.task_id CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
        WHERE e.project_id = $1 AND e.depth = level.depth AND (e.xid, e.seq) >= (coalesce(c.low_xid, '0'), coalesce(c.low_seq, 0))
          AND $2 <> ALL (e.annotators)
          AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.total_annotations + t.cancelled_annotations = e.depth
          AND ($4::bool IS NULL OR (t.overlap > 1) = $4) AND NOT o.mine
        ORDER BY e.xid, e.seq LIMIT 1) f
    LIMIT 1)
SELECT f.task, f.inner_id
FROM deepest d
CROSS JOIN LATERAL (
    SELECT t.id AS task, t.inner_id
    FROM stream_depth e JOIN task t ON t.id = e.task_id CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
    WHERE e.project_id = $1 AND e.depth = d.depth AND (e.xid, e.seq) >= (d.xid, d.seq) AND $2 <> ALL (e.annotators)
      AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.total_annotations + t.cancelled_annotations = e.depth
      AND ($4::bool IS NULL OR (t.overlap > 1) = $4) AND t.id <> ALL ($3) AND CASE WHEN o.mine THEN false ELSE NOT o.occupied END
    ORDER BY e.xid, e.seq LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED) f;

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
      AND $2 <> ALL (e.annotators)
    ORDER BY e.xid, e.seq LIMIT 1) first ON true
WHERE level.depth IS NOT NULL
ON CONFLICT (project_id, user_id, depth) DO UPDATE SET low_xid = excluded.low_xid, low_seq = excluded.low_seq;

-- Behind the cursors: tasks that were occupied when one passed, or came back since. truth: only those with a ground truth.
-- OFFSET 0, here and wherever revisited tasks are looked up: a plan that was made while the tables were almost empty would go through all
-- open tasks of the project for each of them, and there are hundreds when a job held their locks as a cursor passed.
-- @query stream_revisited :one (project int4, member int4, passed int4[], wide bool, truth bool) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM stream_revisit r
CROSS JOIN LATERAL (SELECT i.id FROM task i WHERE i.project_id = r.project_id AND i.inner_id = r.inner_id OFFSET 0) k JOIN task t ON t.id = k.id
CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
WHERE r.project_id = $1 AND r.user_id = $2 AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.id <> ALL ($3)
  AND ($4::bool IS NULL OR (t.overlap > 1) = $4) AND (t.ground_truth_annotations > 0 OR NOT $5)
  AND CASE WHEN o.mine THEN false ELSE NOT o.occupied END
ORDER BY t.inner_id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;

-- From the cursor on, in order. The same for each part that has an index of its own; narrow: leave out what has a higher overlap.
-- @query stream_ahead :one (project int4, member int4, low int4, passed int4[], narrow bool) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM task t CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
WHERE t.project_id = $1 AND t.inner_id >= $3 AND NOT t.is_labeled AND t.deleted_at IS NULL AND (t.overlap <= 1 OR NOT $5)
  AND t.id <> ALL ($4) AND CASE WHEN o.mine THEN false ELSE NOT o.occupied END
ORDER BY t.inner_id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;

-- @query stream_ahead_wide :one (project int4, member int4, low int4, passed int4[]) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM task t CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
WHERE t.project_id = $1 AND t.inner_id >= $3 AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.overlap > 1
  AND t.id <> ALL ($4) AND CASE WHEN o.mine THEN false ELSE NOT o.occupied END
ORDER BY t.inner_id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;

-- @query stream_ahead_truth :one (project int4, member int4, low int4, passed int4[], wide bool) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM task t CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
WHERE t.project_id = $1 AND t.inner_id >= $3 AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.ground_truth_annotations > 0
  AND ($5::bool IS NULL OR (t.overlap > 1) = $5) AND t.id <> ALL ($4) AND CASE WHEN o.mine THEN false ELSE NOT o.occupied END
ORDER BY t.inner_id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;

-- Uniform sampling: what is found open at random places, so that every open task is as likely as any other. truth: with a ground truth.
-- @query stream_draws :many (project int4, tries int4, wide bool, truth bool) -> (task)
SELECT t.id AS task
FROM (SELECT floor(random() * s.next_inner_id)::int4 AS place FROM project_sequence s, generate_series(1, 1000) WHERE s.project_id = $1) r
CROSS JOIN LATERAL (
    SELECT id FROM task o
    WHERE o.project_id = $1 AND o.inner_id = r.place AND NOT o.is_labeled AND o.deleted_at IS NULL
      AND ($3::bool IS NULL OR (o.overlap > 1) = $3) AND (NOT $4 OR o.ground_truth_annotations > 0) OFFSET 0) t
LIMIT $2;

-- Where so few are open that no place had one: some of the next 2,000 from a random place on, round the end to the beginning. Of up to
-- 2,000 that is as fair; of more, those behind long gaps come somewhat more often.
-- @query stream_scattered :many (project int4, tries int4) -> (task)
WITH r AS MATERIALIZED (SELECT floor(random() * next_inner_id)::int4 AS place FROM project_sequence WHERE project_id = $1)
SELECT x.id AS task
FROM ((SELECT o.id FROM r CROSS JOIN LATERAL (
           SELECT id FROM task WHERE project_id = $1 AND inner_id >= r.place AND NOT is_labeled AND deleted_at IS NULL ORDER BY inner_id LIMIT 2000) o)
      UNION ALL
      (SELECT o.id FROM r CROSS JOIN LATERAL (
           SELECT id FROM task WHERE project_id = $1 AND inner_id < r.place AND NOT is_labeled AND deleted_at IS NULL ORDER BY inner_id LIMIT 2000) o)
      LIMIT 2000) x
ORDER BY random() LIMIT $2;

-- @query stream_scattered_wide :many (project int4, tries int4) -> (task)
WITH r AS MATERIALIZED (SELECT floor(random() * next_inner_id)::int4 AS place FROM project_sequence WHERE project_id = $1)
SELECT x.id AS task
FROM ((SELECT o.id FROM r CROSS JOIN LATERAL (
           SELECT id FROM task WHERE project_id = $1 AND inner_id >= r.place AND NOT is_labeled AND deleted_at IS NULL AND overlap > 1 ORDER BY inner_id LIMIT 2000) o)
      UNION ALL
      (SELECT o.id FROM r CROSS JOIN LATERAL (
           SELECT id FROM task WHERE project_id = $1 AND inner_id < r.place AND NOT is_labeled AND deleted_at IS NULL AND overlap > 1 ORDER BY inner_id LIMIT 2000) o)
      LIMIT 2000) x
ORDER BY random() LIMIT $2;

-- @query stream_scattered_truth :many (project int4, tries int4) -> (task)
WITH r AS MATERIALIZED (SELECT floor(random() * next_inner_id)::int4 AS place FROM project_sequence WHERE project_id = $1)
SELECT x.id AS task
FROM ((SELECT o.id FROM r CROSS JOIN LATERAL (
           SELECT id FROM task WHERE project_id = $1 AND inner_id >= r.place AND NOT is_labeled AND deleted_at IS NULL AND ground_truth_annotations > 0 ORDER BY inner_id LIMIT 2000) o)
      UNION ALL
      (SELECT o.id FROM r CROSS JOIN LATERAL (
           SELECT id FROM task WHERE project_id = $1 AND inner_id < r.place AND NOT is_labeled AND deleted_at IS NULL AND ground_truth_annotations > 0 ORDER BY inner_id LIMIT 2000) o)
      LIMIT 2000) x
ORDER BY random() LIMIT $2;

-- Uncertainty sampling: tasks with a prediction of this version by (own work in its cluster, score), 20 of them to be asked for one by one.
-- Bounds: the first `clusters` clusters (no cluster is one of them), in all of them the next `look_ahead` predictions of unfinished
-- tasks; own work is counted among the caller's 200 newest tasks, and only where there is more than one cluster.
-- @query stream_uncertain :many (project int4, member int4, version text, wide bool, clusters int4, look_ahead int4) -> (task)
WITH known AS MATERIALIZED (SELECT stream_clusters($1, $3, $5) AS cluster),
solved AS MATERIALIZED (
    SELECT coalesce(q.cluster::int8, 1::int8 << 32) AS cluster, count(DISTINCT a.task_id) AS n
    FROM (SELECT task_id FROM annotation WHERE project_id = $1 AND completed_by = $2 AND deleted_at IS NULL ORDER BY task_id DESC LIMIT 200) a
    CROSS JOIN LATERAL (SELECT cluster FROM prediction p WHERE p.task_id = a.task_id AND p.model_version = $3 OFFSET 0) q
    GROUP BY 1)
SELECT f.task
FROM known k
LEFT JOIN stream_score_cursor c ON c.project_id = $1 AND c.user_id = $2 AND c.model_version = $3 AND c.cluster = k.cluster
CROSS JOIN LATERAL (
    SELECT t.id AS task, q.score, q.id
    FROM (SELECT p.task_id, coalesce(p.score, 'Infinity') AS score, p.id FROM prediction p
          WHERE p.project_id = $1 AND p.model_version = $3 AND p.is_open AND coalesce(p.cluster::int8, 1::int8 << 32) = k.cluster
            AND (coalesce(p.score, 'Infinity'), p.id) > (coalesce(c.low_score, '-Infinity'), coalesce(c.low_id, 0))
          ORDER BY coalesce(p.score, 'Infinity'), p.id LIMIT $6 / (SELECT count(*) FROM known)) q
    CROSS JOIN LATERAL (SELECT * FROM task WHERE id = q.task_id OFFSET 0) t
    CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
    WHERE NOT t.is_labeled AND t.deleted_at IS NULL AND ($4::bool IS NULL OR (t.overlap > 1) = $4) AND CASE WHEN o.mine THEN false ELSE NOT o.occupied END
    ORDER BY q.score, q.id LIMIT greatest(20 / (SELECT count(*) FROM known), 2)) f
ORDER BY CASE WHEN (SELECT count(*) FROM known) > 1 THEN coalesce((SELECT n FROM solved s WHERE s.cluster = k.cluster), 0) ELSE 0 END, f.score, f.id
LIMIT 20;

-- Nothing in that look-ahead: where it was a full one, the next begins after it.
-- @query stream_uncertain_pass :exec (project int4, member int4, version text, clusters int4, look_ahead int4)
WITH known AS MATERIALIZED (SELECT stream_clusters($1, $3, $4) AS cluster)
INSERT INTO stream_score_cursor (project_id, user_id, model_version, cluster, low_score, low_id)
SELECT $1, $2, $3, k.cluster, q.score, q.id
FROM known k
LEFT JOIN stream_score_cursor c ON c.project_id = $1 AND c.user_id = $2 AND c.model_version = $3 AND c.cluster = k.cluster
CROSS JOIN LATERAL (
    SELECT coalesce(p.score, 'Infinity') AS score, p.id FROM prediction p
    WHERE p.project_id = $1 AND p.model_version = $3 AND p.is_open AND coalesce(p.cluster::int8, 1::int8 << 32) = k.cluster
      AND (coalesce(p.score, 'Infinity'), p.id) > (coalesce(c.low_score, '-Infinity'), coalesce(c.low_id, 0))
    ORDER BY coalesce(p.score, 'Infinity'), p.id LIMIT 1 OFFSET $5 / (SELECT count(*) FROM known) - 1) q
ON CONFLICT (project_id, user_id, model_version, cluster) DO UPDATE SET low_score = excluded.low_score, low_id = excluded.low_id;

-- One drawn task, if it is to be had. They are asked for one by one: joined to the draws, a plan may test every open task instead,
-- as it may where a condition outside of CASE lets it use the index of open tasks.
-- @query stream_drawn :one (project int4, member int4, drawn int4, passed int4[], wide bool) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM task t CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
WHERE t.id = $3 AND t.id <> ALL ($4) AND ($5::bool IS NULL OR (t.overlap > 1) = $5)
  AND CASE WHEN t.project_id <> $1 OR t.is_labeled OR t.deleted_at IS NOT NULL OR o.mine THEN false ELSE NOT o.occupied END
FOR NO KEY UPDATE OF t SKIP LOCKED;

-- The sources above pass over rows that somebody is just writing to. Before the caller hears that there is nothing left, such a row is
-- waited for (stream_wait) and looked at again.
-- @query stream_busy :one (project int4, member int4, low int4, passed int4[], narrow bool) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM task t CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
WHERE t.project_id = $1 AND t.inner_id >= $3 AND NOT t.is_labeled AND t.deleted_at IS NULL AND (t.overlap <= 1 OR NOT $5)
  AND t.id <> ALL ($4) AND CASE WHEN o.mine THEN false ELSE NOT o.occupied END
ORDER BY t.inner_id LIMIT 1;

-- @query stream_busy_wide :one (project int4, member int4, low int4, passed int4[]) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM task t CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
WHERE t.project_id = $1 AND t.inner_id >= $3 AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.overlap > 1
  AND t.id <> ALL ($4) AND CASE WHEN o.mine THEN false ELSE NOT o.occupied END
ORDER BY t.inner_id LIMIT 1;

-- @query stream_busy_revisited :one (project int4, member int4, passed int4[], wide bool) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM stream_revisit r
CROSS JOIN LATERAL (SELECT i.id FROM task i WHERE i.project_id = r.project_id AND i.inner_id = r.inner_id OFFSET 0) k JOIN task t ON t.id = k.id
CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
WHERE r.project_id = $1 AND r.user_id = $2 AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.id <> ALL ($3)
  AND ($4::bool IS NULL OR (t.overlap > 1) = $4) AND CASE WHEN o.mine THEN false ELSE NOT o.occupied END
ORDER BY t.inner_id LIMIT 1;

-- @query stream_wait :exec (task int4)
SELECT FROM task WHERE id = $1 FOR NO KEY UPDATE;

-- The caller's postponed drafts, oldest first.
-- @query stream_postponed :one (project int4, member int4, passed int4[], assigned bool) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM draft d JOIN task t ON t.id = d.task_id CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
WHERE d.project_id = $1 AND d.user_id = $2 AND d.was_postponed AND NOT t.is_labeled AND t.deleted_at IS NULL AND t.id <> ALL ($3)
  AND $2 <> ALL (t.annotators)
  AND NOT o.occupied AND (NOT $4 OR $2 = ANY (t.assignees))
ORDER BY d.updated_at LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;

-- The caller's skipped tasks, oldest skip first (REQUEUE_FOR_ME); not what reviewers took out of the queue.
-- @query stream_skipped :one (project int4, member int4, passed int4[], assigned bool) -> (task, inner_id)
SELECT t.id AS task, t.inner_id
FROM annotation a JOIN task t ON t.id = a.task_id CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
WHERE a.project_id = $1 AND a.completed_by = $2 AND a.was_cancelled AND a.deleted_at IS NULL AND NOT t.is_labeled AND t.deleted_at IS NULL
  AND NOT EXISTS (SELECT FROM annotation_review v WHERE v.annotation_id = a.id AND v.is_current AND NOT v.accepted AND v.remove_from_queue OFFSET 0)
  AND t.id <> ALL ($3)
  AND NOT EXISTS (SELECT FROM annotation n WHERE n.project_id = $1 AND n.completed_by = $2 AND n.task_id = t.id AND n.deleted_at IS NULL AND NOT n.was_cancelled OFFSET 0)
  AND NOT o.occupied AND (NOT $4 OR $2 = ANY (t.assignees))
ORDER BY a.updated_at LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;

-- The task row is locked by now: this statement sees every lock and annotation that was committed before, so a place is given once.
-- No row: others were quicker. unique_id null: the task is for everybody, but as many as it wants hold locks on it already. Where tasks are
-- assigned by hand a lock takes nobody's place.
-- @query stream_take :one (project int4, member int4, task int4, ttl_s int4) -> (unique_id)
WITH fit AS (
        SELECT t.id, (SELECT p.label_stream_task_distribution = 'assigned_only' FROM project p WHERE p.id = $1) OR (SELECT count(*) FROM task_lock l WHERE l.task_id = t.id AND l.user_id <> $2 AND l.expires_at > now()) < greatest(t.overlap, 1) AS free
        FROM task t CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, $1, $2) o
        WHERE t.id = $3 AND NOT t.is_labeled AND t.deleted_at IS NULL AND NOT o.occupied),
     taken AS (
        INSERT INTO task_lock AS l (task_id, user_id, project_id, expires_at)
        SELECT id, $2, $1, now() + make_interval(secs => $4) FROM fit WHERE free
        ON CONFLICT (task_id, user_id) DO UPDATE SET
            expires_at = excluded.expires_at,
            unique_id = CASE WHEN l.expires_at > now() THEN l.unique_id ELSE gen_random_uuid() END
        RETURNING unique_id)
SELECT taken.unique_id FROM fit LEFT JOIN taken ON true;

-- Cursors move behind this lock only, and not at all while somebody else has it: whoever reopens tasks holds a share of it, and what
-- stream_advance then sees is all there is.
-- @query stream_gate :one (project int4) -> (project)
SELECT project_id AS project FROM stream_gate WHERE project_id = $1 FOR UPDATE SKIP LOCKED;

-- Move the cursor of one part up; what it passes and might still be handed out goes to stream_revisit.
-- @query stream_advance :exec (project int4, member int4, part int2, next int4)
WITH old AS (SELECT coalesce(max(low_inner_id), 0) AS low FROM stream_cursor WHERE project_id = $1 AND user_id = $2 AND part IN (0, $3)),
     gone AS (
        DELETE FROM stream_revisit r USING task t
        WHERE r.project_id = $1 AND r.user_id = $2 AND t.project_id = $1 AND t.inner_id = r.inner_id
          AND (t.is_labeled OR t.deleted_at IS NOT NULL
               OR $2 = ANY (t.annotators))),
     passed AS (
        INSERT INTO stream_revisit (project_id, user_id, inner_id)
        SELECT $1, $2, t.inner_id FROM task t
        WHERE t.project_id = $1 AND t.inner_id >= (SELECT low FROM old) AND t.inner_id < $4 AND NOT t.is_labeled AND t.deleted_at IS NULL
          AND CASE $3 WHEN 1 THEN t.overlap > 1 WHEN 2 THEN t.overlap <= 1 WHEN 3 THEN t.ground_truth_annotations > 0 ELSE true END
          AND $2 <> ALL (t.annotators)
        ON CONFLICT DO NOTHING)
INSERT INTO stream_cursor (project_id, user_id, part, low_inner_id) SELECT $1, $2, $3, $4 WHERE $4 > (SELECT low FROM old)
ON CONFLICT (project_id, user_id, part) DO UPDATE SET low_inner_id = excluded.low_inner_id;

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
