-- Reviews of annotations. The task is locked by whoever writes one; task_feedback_recount() then brings it up to date.

-- @query review_row :one (organization int4, member int4, role text, review int4) -> (id, annotation, task, project, accepted, result, comment,
--   remove_from_queue, is_current, last_history, previous_history, fixed_history, created_by, started_at, created_at, author)
SELECT v.id, v.annotation_id AS annotation, v.task_id AS task, v.project_id AS project, v.accepted, v.result, v.comment, v.remove_from_queue, v.is_current,
       v.last_annotation_history AS last_history, v.previous_annotation_history AS previous_history, v.fixed_annotation_history AS fixed_history,
       v.created_by, v.started_at, v.created_at, v.author
FROM visible_review($1, $2, $3) v WHERE v.id = $4;

-- Of an annotation, or of a project (null: of all that the caller sees).
-- @query review_list :many (organization int4, member int4, role text, annotation int4, project int4, descending bool)
--   -> (id, annotation, task, project, accepted, result, comment,
--   remove_from_queue, is_current, last_history, previous_history, fixed_history, created_by, started_at, created_at, author)
SELECT v.id, v.annotation_id AS annotation, v.task_id AS task, v.project_id AS project, v.accepted, v.result, v.comment, v.remove_from_queue, v.is_current,
       v.last_annotation_history AS last_history, v.previous_annotation_history AS previous_history, v.fixed_annotation_history AS fixed_history,
       v.created_by, v.started_at, v.created_at, v.author
FROM visible_review($1, $2, $3) v
WHERE ($4::int4 IS NULL OR v.annotation_id = $4) AND ($5::int4 IS NULL OR v.project_id = $5)
ORDER BY CASE WHEN $6 THEN -v.id ELSE v.id END;

-- @query review_of_annotation :many (organization int4, member int4, role text, annotation int4, project int4, descending bool)
--   -> (id, annotation, task, project, accepted, result, comment,
--   remove_from_queue, is_current, last_history, previous_history, fixed_history, created_by, started_at, created_at, author)
SELECT v.id, v.annotation_id AS annotation, v.task_id AS task, v.project_id AS project, v.accepted, v.result, v.comment, v.remove_from_queue, v.is_current,
       v.last_annotation_history AS last_history, v.previous_annotation_history AS previous_history, v.fixed_annotation_history AS fixed_history,
       v.created_by, v.started_at, v.created_at, v.author
FROM visible_review($1, $2, $3) v
WHERE v.annotation_id = $4 AND ($5::int4 IS NULL OR v.project_id = $5)
ORDER BY CASE WHEN $6 THEN -v.id ELSE v.id END;

-- All of several tasks, for exports and streams; columns as above, in the order of the tasks and their annotations.
-- @query review_of_tasks :many (tasks int4[]) -> (id, annotation, task, project, accepted, result, comment,
--   remove_from_queue, is_current, last_history, previous_history, fixed_history, created_by, started_at, created_at, author)
SELECT v.id, v.annotation_id AS annotation, a.task_id AS task, v.project_id AS project, v.accepted, v.result, v.comment, v.remove_from_queue, v.is_current,
       v.last_annotation_history AS last_history, v.previous_annotation_history AS previous_history, v.fixed_annotation_history AS fixed_history,
       v.created_by, v.started_at, v.created_at, a.completed_by AS author
FROM unnest($1) AS x (id)
CROSS JOIN LATERAL (SELECT id, task_id, completed_by FROM annotation WHERE task_id = x.id AND deleted_at IS NULL OFFSET 0) a
CROSS JOIN LATERAL (SELECT * FROM annotation_review WHERE annotation_id = a.id OFFSET 0) v
ORDER BY a.task_id, a.id, v.id;

-- @query review_used :one (project int4) -> (used)
SELECT has_reviews AS used FROM project WHERE id = $1;

-- ---- writing

-- The task of an annotation that the caller sees, locked.
-- @query review_target :one (organization int4, member int4, role text, annotation int4) -> (task, project)
SELECT t.id AS task, p.id AS project
FROM annotation a
JOIN task t ON t.id = a.task_id AND t.deleted_at IS NULL
JOIN visible_project($1, $2, $3) p ON p.id = t.project_id
WHERE a.id = $4 AND a.deleted_at IS NULL AND (role_in_project(p.id, $2, $3) <> 'AN' OR a.completed_by = $2)
FOR NO KEY UPDATE OF t;

-- What is to be reviewed, as it is under the lock, and by which rules. said: what the reviewer commented on it since it was changed last.
-- @query review_subject :one (annotation int4, member int4) -> (author, skipped, removed, mode, wants_comment, assigned, said)
SELECT a.completed_by AS author, a.was_cancelled AS skipped,
       EXISTS (SELECT FROM annotation_review v WHERE v.annotation_id = a.id AND v.is_current AND NOT v.accepted AND v.remove_from_queue) AS removed,
       s.settings ->> 'requeue_rejected_tasks_mode' AS mode, (s.settings ->> 'require_comment_on_reject')::bool AS wants_comment,
       NOT (s.settings ->> 'review_only_manual_assignments')::bool
           OR EXISTS (SELECT FROM task_assignment g WHERE g.task_id = a.task_id AND g.user_id = $2 AND g.type = 'RE') AS assigned,
       (SELECT c.text FROM comment c WHERE c.annotation_id = a.id AND c.created_by = $2 AND c.created_at >= a.updated_at
          AND NOT EXISTS (SELECT FROM annotation_review v WHERE v.annotation_id = a.id AND v.created_by = $2 AND v.created_at > c.created_at)
        ORDER BY c.id DESC LIMIT 1) AS said
FROM annotation a JOIN project p ON p.id = a.project_id
CROSS JOIN LATERAL (SELECT review_settings(p.review_settings) AS settings OFFSET 0) s
WHERE a.id = $1;

-- Of an annotation only the latest counts. What the reviewer had begun to change in it is decided with it.
-- @query review_insert :one (annotation int4, project int4, author int4, accepted bool, result jsonb, comment text, removed bool, history int8,
--     member int4, started_at timestamptz) -> (id)
WITH o AS (UPDATE annotation_review SET is_current = false WHERE annotation_id = $1 AND is_current),
     p AS (UPDATE project SET has_reviews = true WHERE id = $2 AND NOT has_reviews),
     d AS (DELETE FROM draft WHERE annotation_id = $1 AND user_id = $9),
     l AS (DELETE FROM review_lock k USING annotation a WHERE a.id = $1 AND k.task_id = a.task_id AND k.user_id = $9)
INSERT INTO annotation_review (project_id, annotation_id, author, accepted, result, comment, remove_from_queue, last_annotation_history, created_by, started_at)
SELECT $2, $1, $3, $4, $5, $6, $7, coalesce($8, (SELECT max(h.id) FROM annotation_history h WHERE h.annotation_id = $1)), $9, $10
RETURNING id;

-- What a review made of the annotation goes with a rejection (review_restore).
-- @query review_change :exec (review int4, accepted bool, result jsonb, comment text, removed bool, started_at timestamptz)
UPDATE annotation_review SET accepted = $2, result = $3, comment = $4, remove_from_queue = $5, started_at = coalesce($6, started_at), updated_at = now(),
    previous_annotation_history = CASE WHEN $2 THEN previous_annotation_history END,
    fixed_annotation_history = CASE WHEN $2 THEN fixed_annotation_history END
WHERE id = $1;

-- @query review_restore :exec (review int4, by_user int4)
SELECT review_restore(ARRAY[$1], $2);

-- The decision, in the annotation and its history. What was said about it last stands in the history, too.
-- @query review_note :exec (annotation int4, review int4, action text, comment text, removed bool, member int4)
WITH a AS (
    UPDATE annotation SET last_action = $3, last_created_by = $6, was_cancelled = $5,
                          updated_at = CASE WHEN was_cancelled <> $5 THEN now() ELSE updated_at END
    WHERE id = $1 RETURNING id, task_id, project_id, updated_at = now() AS changed),
     c AS (SELECT id, text FROM comment WHERE annotation_id = $1 AND created_by = $6 AND NOT is_resolved AND $3 = 'rejected' ORDER BY id DESC LIMIT 1),
     h AS (INSERT INTO annotation_history (project_id, task_id, annotation_id, review_id, action, comment, comment_id, created_by)
           SELECT a.project_id, a.task_id, a.id, $2, $3, coalesce($4, c.text), c.id, $6 FROM a LEFT JOIN c ON true)
SELECT storage_note(ARRAY[id]) FROM a WHERE changed;

-- The reviewer's result takes the place of the annotator's, which the history keeps.
-- @query review_fix :exec (annotation int4, review int4, result jsonb, comment text, member int4)
WITH o AS (SELECT a.id, a.task_id, a.project_id, a.result, a.lead_time,
                  (SELECT max(h.id) FROM annotation_history h WHERE h.annotation_id = a.id) AS last
           FROM annotation a WHERE a.id = $1),
     k AS (UPDATE annotation_history h SET result = o.result, lead_time = o.lead_time, is_latest = false
           FROM o WHERE h.annotation_id = o.id AND h.is_latest),
     a AS (UPDATE annotation SET result = $3, result_count = result_count($3), last_action = 'fixed_and_accepted', last_created_by = $5, updated_by = $5,
                                 updated_at = now(), was_cancelled = false, in_summary = true WHERE id = $1),
     w AS (INSERT INTO annotation_history (project_id, task_id, annotation_id, review_id, action, comment, created_by)
           SELECT project_id, task_id, id, $2, 'fixed_and_accepted', $4, $5 FROM o RETURNING id),
     r AS (UPDATE annotation_review v SET previous_annotation_history = coalesce(v.previous_annotation_history, o.last), fixed_annotation_history = w.id FROM o, w WHERE v.id = $2),
     e AS (INSERT INTO storage_due (storage_id, annotation_id)
           SELECT s.id, o.id FROM o JOIN storage s ON s.project_id = o.project_id AND s.direction = 'export' ON CONFLICT (storage_id, annotation_id) DO UPDATE SET annotation_id = EXCLUDED.annotation_id RETURNING storage_id)
SELECT storage_wake(storage_id) FROM e;

-- @query review_same_result :one (annotation int4, result jsonb) -> (same)
SELECT a.result IS NOT DISTINCT FROM $2 AS same FROM annotation a WHERE a.id = $1;

-- An annotation that is changed is to be reviewed again.
-- @query review_supersede :exec (annotation int4)
UPDATE annotation_review SET is_current = false WHERE annotation_id = $1 AND is_current;

-- @query review_undo :exec (reviews int4[], by_user int4)
SELECT review_undo($1, $2);

-- Reviews of these tasks, by this reviewer (null: by anybody).
-- @query review_ids_of_tasks :one (tasks int4[], reviewer int4) -> (n, ids)
SELECT count(*) AS n, array_agg(v.id ORDER BY v.id) AS ids
FROM unnest($1) AS x (id)
CROSS JOIN LATERAL (SELECT id FROM annotation WHERE task_id = x.id AND deleted_at IS NULL OFFSET 0) a
CROSS JOIN LATERAL (SELECT id FROM annotation_review r WHERE r.annotation_id = a.id AND ($2::int4 IS NULL OR r.created_by = $2) OFFSET 0) v;

-- ---- the stream of reviews

-- Where a reviewer goes on: at the task that they reviewed last. left: how many of what may be reviewed are to be before the limit of a
-- random sample is reached (null: no limit).
-- @query review_stream :one (organization int4, member int4, role text, project int4) -> (sampling, only_finished, only_assigned, one_accepts, from_inner_id,
--   last_author, next_inner_id, remaining, shows_predictions, model_version, queued, own_waits)
SELECT s.settings ->> 'sampling' AS sampling, (s.settings ->> 'only_finished_tasks')::bool AS only_finished,
       (s.settings ->> 'review_only_manual_assignments')::bool AS only_assigned, s.settings ->> 'review_criteria' = 'one' AS one_accepts,
       coalesce(l.inner_id, 0) AS from_inner_id, coalesce(l.author, 0) AS last_author,
       coalesce((SELECT next_inner_id FROM project_sequence q WHERE q.project_id = p.id), 0) AS next_inner_id,
       CASE WHEN s.settings ->> 'sampling' = 'random' AND s.percent > 0 AND s.percent < 100
            THEN floor((SELECT sum(CASE WHEN (s.settings ->> 'only_finished_tasks')::bool THEN c.finished_task_number ELSE c.num_tasks_with_annotations END)
                        FROM project_counter c WHERE c.project_id = p.id) * s.percent / 100)::int8
                 - (SELECT sum(c.reviewed_tasks)::int8 FROM project_counter c WHERE c.project_id = p.id)
       END AS remaining,
       p.show_collab_predictions AS shows_predictions, shown_version(p.id, p.model_version) AS model_version,
       p.has_review_queue AS queued, EXISTS (SELECT FROM review_queue q WHERE q.project_id = p.id AND q.author = $2) AS own_waits
FROM visible_project($1, $2, $3) p
CROSS JOIN LATERAL (SELECT review_settings(p.review_settings) AS settings, json_number(p.review_settings -> 'review_task_limit_percent') AS percent OFFSET 0) s
LEFT JOIN LATERAL (
    SELECT t.inner_id, v.author FROM annotation_review v JOIN annotation a ON a.id = v.annotation_id JOIN task t ON t.id = a.task_id
    WHERE v.project_id = p.id AND v.created_by = $2 ORDER BY v.id DESC LIMIT 1) l ON true
WHERE p.id = $4;

-- How a task is found where there is a queue (review_queue): the first few that nobody else has in hand, of them the first that nobody is
-- just changing. waiting: there were any, so that a task that cannot be had now is not taken for none.
-- @query review_queued :one (project int4, member int4, from_inner_id int4, finished bool, one_accepts bool, own bool) -> (task, waiting)
WITH c AS MATERIALIZED (
    SELECT q.task_id, q.inner_id
    FROM unnest(review_states($4, $5)) AS s (state)
    CROSS JOIN LATERAL (
        SELECT r.task_id, r.inner_id FROM review_queue r
        WHERE r.project_id = $1 AND r.state = s.state AND r.inner_id >= $3
          AND r.task_id <> ALL (ARRAY(SELECT l.task_id FROM review_lock l WHERE l.project_id = $1 AND l.user_id <> $2 AND l.expires_at > now()))
        ORDER BY r.inner_id LIMIT 10) q
    ORDER BY q.inner_id LIMIT 10),
f AS MATERIALIZED (
    SELECT t.id FROM c JOIN task t ON t.id = c.task_id
    WHERE t.deleted_at IS NULL AND t.total_annotations > t.reviewed_annotations AND (t.is_labeled OR NOT $4) AND (t.reviews_accepted = 0 OR NOT $5)
      AND ($6 OR review_waits(t.id, $2, $6))
    ORDER BY c.inner_id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED)
SELECT (SELECT id FROM f) AS task, EXISTS (SELECT FROM c) AS waiting;

-- The same for somebody whose own annotations are in the queue, too: very many may lie before the first of others.
-- @query review_queued_others :one (project int4, member int4, from_inner_id int4, finished bool, one_accepts bool, own bool) -> (task, waiting)
WITH RECURSIVE a AS (
    SELECT min(r.author) AS author FROM review_queue r WHERE r.project_id = $1
    UNION ALL
    SELECT (SELECT min(r.author) FROM review_queue r WHERE r.project_id = $1 AND r.author > a.author) FROM a WHERE a.author IS NOT NULL),
c AS MATERIALIZED (
    SELECT q.task_id, q.inner_id
    FROM a CROSS JOIN unnest(review_states($4, $5)) AS s (state)
    CROSS JOIN LATERAL (
        SELECT r.task_id, r.inner_id FROM review_queue r
        WHERE r.project_id = $1 AND r.author = a.author AND r.state = s.state AND r.inner_id >= $3
          AND r.task_id <> ALL (ARRAY(SELECT l.task_id FROM review_lock l WHERE l.project_id = $1 AND l.user_id <> $2 AND l.expires_at > now()))
        ORDER BY r.inner_id LIMIT 2) q
    WHERE a.author <> $2 OR $6
    ORDER BY q.inner_id LIMIT 10),
f AS MATERIALIZED (
    SELECT t.id FROM c JOIN task t ON t.id = c.task_id
    WHERE t.deleted_at IS NULL AND t.total_annotations > t.reviewed_annotations AND (t.is_labeled OR NOT $4) AND (t.reviews_accepted = 0 OR NOT $5)
      AND ($6 OR review_waits(t.id, $2, $6))
    ORDER BY c.inner_id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED)
SELECT (SELECT id FROM f) AS task, EXISTS (SELECT FROM c) AS waiting;

-- By annotator.
-- @query review_queued_author :one (project int4, member int4, author int4, finished bool, one_accepts bool, own bool) -> (task, waiting)
WITH RECURSIVE a AS (
    SELECT min(r.author) AS author FROM review_queue r WHERE r.project_id = $1
    UNION ALL
    SELECT (SELECT min(r.author) FROM review_queue r WHERE r.project_id = $1 AND r.author > a.author) FROM a WHERE a.author IS NOT NULL),
c AS MATERIALIZED (
    SELECT q.task_id, u.author, q.inner_id
    FROM (SELECT author FROM a WHERE author <> 0 AND (author <> $2 OR $6) ORDER BY author < $3, author OFFSET 0) u
    CROSS JOIN LATERAL (
        SELECT r.task_id, r.inner_id
        FROM unnest(review_states($4, $5)) AS s (state)
        CROSS JOIN LATERAL (
            SELECT i.task_id, i.inner_id FROM review_queue i
            WHERE i.project_id = $1 AND i.author = u.author AND i.state = s.state
              AND i.task_id <> ALL (ARRAY(SELECT l.task_id FROM review_lock l WHERE l.project_id = $1 AND l.user_id <> $2 AND l.expires_at > now()))
            ORDER BY i.inner_id LIMIT 10) r
        ORDER BY r.inner_id LIMIT 10) q
    LIMIT 10),
f AS MATERIALIZED (
    SELECT t.id FROM c JOIN task t ON t.id = c.task_id
    WHERE t.deleted_at IS NULL AND t.total_annotations > t.reviewed_annotations AND (t.is_labeled OR NOT $4) AND (t.reviews_accepted = 0 OR NOT $5)
    ORDER BY c.author < $3, c.author, c.inner_id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED)
SELECT (SELECT id FROM f) AS task, EXISTS (SELECT FROM c) AS waiting;

-- Of what the reviewer was assigned.
-- @query review_queued_assigned :one (project int4, member int4, from_inner_id int4, finished bool, one_accepts bool, own bool) -> (task, waiting)
WITH c AS MATERIALIZED (
    SELECT q.task_id, q.inner_id
    FROM unnest(review_states($4, $5)) AS s (state)
    CROSS JOIN LATERAL (
        SELECT g.task_id, g.inner_id FROM task_assignment g
        WHERE g.project_id = $1 AND g.user_id = $2 AND g.review_state = s.state AND g.inner_id >= $3
          AND g.task_id <> ALL (ARRAY(SELECT l.task_id FROM review_lock l WHERE l.project_id = $1 AND l.user_id <> $2 AND l.expires_at > now()))
        ORDER BY g.inner_id LIMIT 10) q
    ORDER BY q.inner_id LIMIT 10),
f AS MATERIALIZED (
    SELECT t.id FROM c JOIN task t ON t.id = c.task_id
    WHERE t.deleted_at IS NULL AND t.total_annotations > t.reviewed_annotations AND (t.is_labeled OR NOT $4) AND (t.reviews_accepted = 0 OR NOT $5)
      AND ($6 OR review_waits(t.id, $2, $6))
    ORDER BY c.inner_id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED)
SELECT (SELECT id FROM f) AS task, EXISTS (SELECT FROM c) AS waiting;

-- Is the project big enough for a queue, and nobody making it yet?
-- @query review_queue_wanted :one (project int4, tasks int8) -> (wanted)
SELECT coalesce((SELECT sum(c.task_number) FROM project_counter c WHERE c.project_id = $1), 0) >= $2
       AND NOT EXISTS (SELECT FROM job j WHERE j.project_id = $1 AND j.kind = 'review_queue' AND j.state IN ('waiting', 'running')) AS wanted;

-- Whoever counts in this slot keeps the queue from now on.
-- @query review_queue_slot :exec (project int4, slot int4)
INSERT INTO project_counter AS c (project_id, slot, queues_reviews) SELECT p.id, $2, true FROM project p WHERE p.id = $1
ON CONFLICT (project_id, slot) DO UPDATE SET queues_reviews = true WHERE NOT c.queues_reviews;

-- The next tasks that wait, locked. last is null when there are none.
-- @query review_queue_walk :one (project int4, after int4, most int8) -> (n, last, ids)
SELECT count(*) AS n, max(inner_id) AS last, array_agg(id) AS ids
FROM (SELECT t.id, t.inner_id FROM task t
      WHERE t.project_id = $1 AND t.inner_id > $2 AND t.deleted_at IS NULL AND t.total_annotations > t.reviewed_annotations
      ORDER BY t.inner_id LIMIT $3 FOR NO KEY UPDATE) x;

-- @query review_queue_add :exec (tasks int4[])
SELECT review_queue_set($1);

-- @query review_queue_ready :exec (project int4)
UPDATE project SET has_review_queue = true WHERE id = $1;

-- Where there is no queue. From there on, in order. An annotation waits for a review that is not skipped, has none that counts, and, where others' only are to be
-- reviewed, is not the reviewer's own.
-- @query review_ahead :one (project int4, member int4, from_inner_id int4, finished bool, one_accepts bool, own bool) -> (task)
SELECT t.id AS task
FROM task t
WHERE t.project_id = $1 AND t.inner_id >= $3 AND t.deleted_at IS NULL AND t.total_annotations > t.reviewed_annotations
  AND (t.is_labeled OR NOT $4) AND (t.reviews_accepted = 0 OR NOT $5)
  AND NOT EXISTS (SELECT FROM review_lock l WHERE l.task_id = t.id AND l.user_id <> $2 AND l.expires_at > now())
  AND ($6 OR review_waits(t.id, $2, $6))
ORDER BY t.inner_id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;

-- The same of what the reviewer was assigned.
-- @query review_assigned :one (project int4, member int4, from_inner_id int4, finished bool, one_accepts bool, own bool) -> (task)
SELECT t.id AS task
FROM task_assignment g CROSS JOIN LATERAL (SELECT i.id FROM task i WHERE i.id = g.task_id OFFSET 0) k JOIN task t ON t.id = k.id
WHERE g.project_id = $1 AND g.user_id = $2 AND g.type = 'RE' AND g.inner_id >= $3 AND t.deleted_at IS NULL
  AND t.total_annotations > t.reviewed_annotations AND (t.is_labeled OR NOT $4) AND (t.reviews_accepted = 0 OR NOT $5)
  AND NOT EXISTS (SELECT FROM review_lock l WHERE l.task_id = t.id AND l.user_id <> $2 AND l.expires_at > now())
  AND ($6 OR review_waits(t.id, $2, $6))
ORDER BY g.inner_id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED;

-- By annotator: of the one whose work the reviewer is at (author), then of the next.
-- @query review_by_author :one (project int4, member int4, author int4, finished bool, one_accepts bool, own bool) -> (task)
SELECT f.task
FROM (SELECT user_id FROM project_user_counter WHERE project_id = $1 GROUP BY 1 HAVING sum(kept_tasks) > 0) u
CROSS JOIN LATERAL (
    SELECT t.id AS task
    FROM annotation a JOIN task t ON t.id = a.task_id
    WHERE a.project_id = $1 AND a.completed_by = u.user_id AND a.deleted_at IS NULL AND NOT a.was_cancelled AND (a.completed_by <> $2 OR $6)
      AND t.deleted_at IS NULL AND (t.is_labeled OR NOT $4) AND (t.reviews_accepted = 0 OR NOT $5)
      AND NOT EXISTS (SELECT FROM annotation_review v WHERE v.annotation_id = a.id AND v.is_current)
      AND NOT EXISTS (SELECT FROM review_lock l WHERE l.task_id = t.id AND l.user_id <> $2 AND l.expires_at > now())
    ORDER BY a.task_id LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED) f
ORDER BY u.user_id < $3, u.user_id LIMIT 1;

-- A reviewer has one task in hand.
-- @query review_take :exec (project int4, member int4, task int4, ttl_s int4)
WITH o AS (DELETE FROM review_lock WHERE project_id = $1 AND user_id = $2 AND task_id <> $3)
INSERT INTO review_lock AS l (task_id, user_id, project_id, expires_at) VALUES ($3, $2, $1, now() + make_interval(secs => $4))
ON CONFLICT (task_id) DO UPDATE SET user_id = excluded.user_id, expires_at = excluded.expires_at WHERE l.user_id = excluded.user_id OR l.expires_at <= now();
