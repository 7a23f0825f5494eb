-- Tasks: read one, list in the project's order (inner_id and id rise together), create, change, trash.

-- @query task_by_id :one (organization int4, member int4, role text, task int4) -> (id, project, inner_id, data, meta, created_at,
--   updated_at, is_labeled, overlap, total_annotations, cancelled_annotations, total_predictions, comment_count,
--   unresolved_comment_count, last_comment_updated_at, completed_at, updated_by, file_upload, storage_filename, allow_skip, shown_version,
--   reviews_accepted, reviews_rejected, reviewed, evaluates, has_drafts)
SELECT t.id, t.project_id AS project, t.inner_id, task_data(t.data, p.first_data_key) AS data, t.meta, t.created_at, t.updated_at, t.is_labeled, t.overlap,
       t.total_annotations, t.cancelled_annotations, t.total_predictions, t.comment_count, t.unresolved_comment_count,
       t.last_comment_updated_at, CASE WHEN t.is_labeled THEN t.completed_at END AS completed_at, person_shown(t.updated_by, t.project_id, $2, $3) AS updated_by,
       (SELECT regexp_replace(f.file, '^.*/', '') FROM file_upload f WHERE f.id = t.file_upload_id) AS file_upload,
       (SELECT l.key FROM storage_link l WHERE l.task_id = t.id LIMIT 1) AS storage_filename, t.allow_skip,
       shown_version(p.id, p.model_version) AS shown_version, t.reviews_accepted, t.reviews_rejected,
       CASE WHEN p.has_reviews THEN task_reviewed(p.review_settings, t.reviews_accepted, t.reviewed_annotations, t.total_annotations) END AS reviewed,
       p.evaluate_predictions_automatically AS evaluates,
       EXISTS (SELECT FROM draft d WHERE d.task_id = t.id AND ($3 <> 'AN' OR d.user_id = $2)) AS has_drafts
FROM task t JOIN visible_project($1, $2, $3) p ON p.id = t.project_id
WHERE t.id = $4 AND t.deleted_at IS NULL AND sees_task($2, role_in_project(p.id, $2, $3), p.label_stream_task_distribution, t.assignees);

-- A page of a project that the caller was found to see. own: only tasks that this user annotated or drafted (null: all).
-- @query task_page :many (project int4, from_inner_id int4, own int4, most int8, member int4, role text) -> (id, project, inner_id, data, meta, created_at,
--   updated_at, is_labeled, overlap, total_annotations, cancelled_annotations, total_predictions, comment_count,
--   unresolved_comment_count, last_comment_updated_at, completed_at, updated_by, file_upload, storage_filename, allow_skip, shown_version,
--   reviews_accepted, reviews_rejected, reviewed)
SELECT t.id, t.project_id AS project, t.inner_id, task_data(t.data, p.first_data_key) AS data, t.meta, t.created_at, t.updated_at, t.is_labeled, t.overlap,
       t.total_annotations, t.cancelled_annotations, t.total_predictions, t.comment_count, t.unresolved_comment_count,
       t.last_comment_updated_at, CASE WHEN t.is_labeled THEN t.completed_at END AS completed_at, person_shown(t.updated_by, t.project_id, $5, $6) AS updated_by,
       (SELECT regexp_replace(f.file, '^.*/', '') FROM file_upload f WHERE f.id = t.file_upload_id) AS file_upload,
       (SELECT l.key FROM storage_link l WHERE l.task_id = t.id LIMIT 1) AS storage_filename, t.allow_skip,
       shown_version(p.id, p.model_version) AS shown_version, t.reviews_accepted, t.reviews_rejected,
       CASE WHEN p.has_reviews THEN task_reviewed(p.review_settings, t.reviews_accepted, t.reviewed_annotations, t.total_annotations) END AS reviewed
FROM task t JOIN project p ON p.id = t.project_id
WHERE t.project_id = $1 AND t.inner_id >= $2 AND t.deleted_at IS NULL
  AND ($3::int4 IS NULL
       OR EXISTS (SELECT FROM annotation a WHERE a.project_id = t.project_id AND a.completed_by = $3 AND a.task_id = t.id AND a.deleted_at IS NULL)
       OR EXISTS (SELECT FROM draft d WHERE d.task_id = t.id AND d.user_id = $3))
ORDER BY t.inner_id
LIMIT $4;

-- The same of these tasks, in this order.
-- @query task_rows :many (project int4, tasks int4[], member int4, role text) -> (id, project, inner_id, data, meta, created_at,
--   updated_at, is_labeled, overlap, total_annotations, cancelled_annotations, total_predictions, comment_count,
--   unresolved_comment_count, last_comment_updated_at, completed_at, updated_by, file_upload, storage_filename, allow_skip, shown_version,
--   reviews_accepted, reviews_rejected, reviewed)
SELECT t.id, t.project_id AS project, t.inner_id, task_data(t.data, p.first_data_key) AS data, t.meta, t.created_at, t.updated_at, t.is_labeled, t.overlap,
       t.total_annotations, t.cancelled_annotations, t.total_predictions, t.comment_count, t.unresolved_comment_count,
       t.last_comment_updated_at, CASE WHEN t.is_labeled THEN t.completed_at END AS completed_at, person_shown(t.updated_by, t.project_id, $3, $4) AS updated_by,
       (SELECT regexp_replace(f.file, '^.*/', '') FROM file_upload f WHERE f.id = t.file_upload_id) AS file_upload,
       (SELECT l.key FROM storage_link l WHERE l.task_id = t.id LIMIT 1) AS storage_filename, t.allow_skip,
       shown_version(p.id, p.model_version) AS shown_version, t.reviews_accepted, t.reviews_rejected,
       CASE WHEN p.has_reviews THEN task_reviewed(p.review_settings, t.reviews_accepted, t.reviewed_annotations, t.total_annotations) END AS reviewed
FROM unnest($2) WITH ORDINALITY AS x (id, place) JOIN task t ON t.id = x.id JOIN project p ON p.id = t.project_id
WHERE t.project_id = $1 AND t.deleted_at IS NULL
ORDER BY x.place;

-- First inner_id of the page after `skip` live tasks: whole blocks by their counts, the rest within one block.
-- @query task_page_start :one (project int4, skip int8) -> (inner_id)
WITH b AS (SELECT block, tasks, sum(tasks) OVER (ORDER BY block) - tasks AS before FROM task_block WHERE project_id = $1 AND tasks > 0),
     s AS (SELECT block, $2 - before AS rest FROM b WHERE before <= $2 AND before + tasks > $2)
SELECT t.inner_id
FROM s CROSS JOIN LATERAL (
    SELECT inner_id FROM task
    WHERE project_id = $1 AND inner_id >= s.block * 1000 AND deleted_at IS NULL ORDER BY inner_id OFFSET s.rest LIMIT 1) t;

-- Totals of what one annotator may see in the list, and where their page starts.
-- @query task_own_totals :one (project int4, own int4) -> (tasks, annotations, predictions)
SELECT count(*) AS tasks, coalesce(sum(t.total_annotations), 0)::int8 AS annotations, coalesce(sum(t.total_predictions), 0)::int8 AS predictions
FROM task t
WHERE t.project_id = $1 AND t.deleted_at IS NULL
  AND (EXISTS (SELECT FROM annotation a WHERE a.project_id = t.project_id AND a.completed_by = $2 AND a.task_id = t.id AND a.deleted_at IS NULL)
       OR EXISTS (SELECT FROM draft d WHERE d.task_id = t.id AND d.user_id = $2));

-- @query task_own_start :one (project int4, own int4, skip int8) -> (inner_id)
SELECT t.inner_id
FROM task t
WHERE t.project_id = $1 AND t.deleted_at IS NULL
  AND (EXISTS (SELECT FROM annotation a WHERE a.project_id = t.project_id AND a.completed_by = $2 AND a.task_id = t.id AND a.deleted_at IS NULL)
       OR EXISTS (SELECT FROM draft d WHERE d.task_id = t.id AND d.user_id = $2))
ORDER BY t.inner_id OFFSET $3 LIMIT 1;

-- Take the next inner ids of a project; the row lock orders concurrent additions.
-- @query task_reserve :one (project int4, n int4) -> (first)
UPDATE project_sequence SET next_inner_id = next_inner_id + $2 WHERE project_id = $1 RETURNING next_inner_id - $2 AS first;

-- @query task_insert :one (project int4, inner_id int4, data jsonb, meta jsonb, overlap int4, allow_skip bool) -> (id)
INSERT INTO task (project_id, inner_id, data, meta, overlap, allow_skip) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id;

-- data and meta stay when not given; overlap changes finish or reopen the task (the caller recounts). updated_by is of who worked on it.
-- @query task_update :exec (task int4, data jsonb, has_meta bool, meta jsonb, overlap int4, allow_skip bool)
UPDATE task SET data = coalesce($2, data), meta = CASE WHEN $3 THEN $4 ELSE meta END, overlap = coalesce($5, overlap),
       allow_skip = coalesce($6, allow_skip), updated_at = now()
WHERE id = $1;

-- @query task_recount :exec (tasks int4[], by_user int4)
SELECT task_recount($1, $2);

-- With its locks: those of tasks that the caller does not see stay.
-- @query task_trash :one (organization int4, member int4, role text, tasks int4[]) -> (tasks, ids, project)
WITH gone AS (
    UPDATE task t SET deleted_at = now(), updated_at = now(), updated_by = $2
    WHERE t.id = ANY ($4) AND t.deleted_at IS NULL AND t.project_id IN (SELECT p.id FROM visible_project($1, $2, $3) p)
    RETURNING t.id, t.project_id),
     locks AS (DELETE FROM task_lock l USING gone g WHERE l.task_id = g.id)
SELECT count(*) AS tasks, array_agg(id) AS ids, min(project_id) AS project FROM gone;

-- @query task_restore :exec (organization int4, member int4, role text, tasks int4[])
UPDATE task t SET deleted_at = NULL, updated_at = now(), updated_by = $2
WHERE t.id = ANY ($4) AND t.deleted_at IS NOT NULL AND t.project_id IN (SELECT p.id FROM visible_project($1, $2, $3) p);

-- Every task: those that are there now. Whoever adds some at this moment holds the row, so the number is of those that are in.
-- @query task_last :one (project int4) -> (inner_id, moment)
SELECT next_inner_id - 1 AS inner_id, now() AS moment FROM project_sequence WHERE project_id = $1;

-- Ids rise with inner ids: locked in the order that all others take.
-- @query task_trash_lock :one (project int4, after int4, upto int4, most int8) -> (last, n, ids)
SELECT coalesce(max(inner_id), $2) AS last, count(*) AS n, array_agg(id) AS ids
FROM (SELECT id, inner_id FROM task
      WHERE project_id = $1 AND inner_id > $2 AND inner_id <= $3 AND deleted_at IS NULL ORDER BY inner_id LIMIT $4 FOR NO KEY UPDATE) t;

-- moment: under which they lie in the trash (null: now).
-- @query task_trash_locked :exec (tasks int4[], by_user int4, moment timestamptz)
WITH locks AS (DELETE FROM task_lock WHERE task_id = ANY ($1))
UPDATE task t SET deleted_at = coalesce($3, now()), updated_at = now(), updated_by = $2
FROM unnest($1) AS x (id) WHERE t.id = x.id AND t.deleted_at IS NULL;
