-- What exports read. Batches go by inner_id inside one snapshot, so memory stays constant and the first byte comes at once.

-- For the present transaction. An export is often asked for right after an import, when the planner still believes the table to be
-- small, and the plan of its first batch stays until its last: each batch would sort what is left of the project.
-- @query export_by_index :one () -> (sequential, bitmap, sorted)
SELECT set_config('enable_seqscan', 'off', true) AS sequential, set_config('enable_bitmapscan', 'off', true) AS bitmap,
       set_config('enable_sort', 'off', true) AS sorted;

-- @query export_tasks :many (project int4, after int4, all_tasks bool, ids int4[], most int8) -> (id, inner_id, data, meta, created_at, updated_at,
--   allow_skip, total_annotations, cancelled_annotations, total_predictions, comment_count, unresolved_comment_count,
--   last_comment_updated_at, updated_by, file_upload)
SELECT t.id, t.inner_id, task_data(t.data, p.first_data_key) AS data, t.meta, t.created_at, t.updated_at, t.allow_skip, t.total_annotations, t.cancelled_annotations,
       t.total_predictions, t.comment_count, t.unresolved_comment_count, t.last_comment_updated_at, t.updated_by,
       (SELECT regexp_replace(f.file, '^.*/', '') FROM file_upload f WHERE f.id = t.file_upload_id) AS file_upload
FROM task t JOIN project p ON p.id = t.project_id
WHERE t.project_id = $1 AND t.inner_id > $2 AND t.deleted_at IS NULL
  AND ($3 OR t.total_annotations + t.cancelled_annotations > 0) AND ($4::int4[] IS NULL OR t.id = ANY ($4))
ORDER BY t.inner_id LIMIT $5;

-- @query export_annotations :many (tasks int4[]) -> (id, task, completed_by, result, was_cancelled, ground_truth, created_at, updated_at, draft_created_at,
--   lead_time, result_count, unique_id, import_id, last_action, bulk_created, project, updated_by, parent_prediction, parent_annotation, last_created_by)
SELECT id, task_id AS task, completed_by, result, was_cancelled, ground_truth, created_at, updated_at, draft_created_at, lead_time,
       result_count, unique_id, import_id, last_action, bulk_created, project_id AS project, updated_by, parent_prediction,
       parent_annotation, last_created_by
FROM annotation WHERE task_id = ANY ($1) AND deleted_at IS NULL ORDER BY task_id, id;

-- The same for tasks chosen before, in the order of the ids.
-- @query export_chosen :many (tasks int4[]) -> (id, inner_id, data, meta, created_at, updated_at,
--   allow_skip, total_annotations, cancelled_annotations, total_predictions, comment_count, unresolved_comment_count,
--   last_comment_updated_at, updated_by, file_upload)
SELECT t.id, t.inner_id, task_data(t.data, p.first_data_key) AS data, t.meta, t.created_at, t.updated_at, t.allow_skip, t.total_annotations, t.cancelled_annotations,
       t.total_predictions, t.comment_count, t.unresolved_comment_count, t.last_comment_updated_at, t.updated_by,
       (SELECT regexp_replace(f.file, '^.*/', '') FROM file_upload f WHERE f.id = t.file_upload_id) AS file_upload
FROM unnest($1) WITH ORDINALITY AS x (id, place)
CROSS JOIN LATERAL (SELECT * FROM task WHERE id = x.id OFFSET 0) t
JOIN project p ON p.id = t.project_id
ORDER BY x.place;

-- The union of the kinds that are asked for; each task's in the order of their ids.
-- @query export_chosen_annotations :many (tasks int4[], usual bool, truths bool, cancelled bool) -> (id, task, completed_by, result, was_cancelled,
--   ground_truth, created_at, updated_at, draft_created_at, lead_time, result_count, unique_id, import_id, last_action, bulk_created, project,
--   updated_by, parent_prediction, parent_annotation, last_created_by)
SELECT id, task_id AS task, completed_by, result, was_cancelled, ground_truth, created_at, updated_at, draft_created_at, lead_time,
       result_count, unique_id, import_id, last_action, bulk_created, project_id AS project, updated_by, parent_prediction,
       parent_annotation, last_created_by
FROM annotation WHERE task_id = ANY ($1) AND deleted_at IS NULL
  AND (($2 AND NOT was_cancelled AND NOT ground_truth) OR ($3 AND ground_truth) OR ($4 AND was_cancelled))
ORDER BY task_id, id;

-- @query export_people :many (ids int4[]) -> (id, email, first_name, last_name)
SELECT id, email, first_name, last_name FROM user_account WHERE id = ANY ($1) ORDER BY id;

-- @query export_predictions :many (tasks int4[]) -> (id, task)
SELECT id, task_id AS task FROM prediction WHERE task_id = ANY ($1) ORDER BY task_id, id;

-- Annotations that are not skipped, newest first within their task. Imported ones may have been created at the same moment.
-- @query export_kept :many (tasks int4[]) -> (id, task, completed_by, result, created_at, updated_at, lead_time)
SELECT id, task_id AS task, completed_by, result, created_at, updated_at, lead_time
FROM annotation WHERE task_id = ANY ($1) AND deleted_at IS NULL AND NOT was_cancelled ORDER BY task_id, created_at DESC, id DESC;

-- The data keys of all tasks from the project summary. of_all: every task has it; where that holds for each of them, any part of the
-- tasks has these keys. some: is there a task that gives rows to a table?
-- @query export_summary_keys :many (project int4, all_tasks bool) -> (key, of_all, some)
SELECT CASE c.name WHEN '$undefined$' THEN coalesce(p.first_data_key, c.name) ELSE c.name END AS key, c.n = t.tasks AS of_all,
       t.annotations > 0
       OR $2 AND EXISTS (SELECT FROM task x WHERE x.project_id = $1 AND x.deleted_at IS NULL AND x.cancelled_annotations = 0) AS some
FROM project p
CROSS JOIN (SELECT sum(task_number) AS tasks, sum(total_annotations_number) AS annotations FROM project_counter WHERE project_id = $1) t
CROSS JOIN (SELECT name, sum(n) AS n FROM project_summary_count WHERE project_id = $1 AND kind = 'column' GROUP BY name HAVING sum(n) > 0) c
WHERE p.id = $1;

-- Data keys of the tasks that give rows to a table; one null besides when there is such a task at all.
-- @query export_data_keys :many (project int4, all_tasks bool, ids int4[]) -> (key)
WITH t AS (
    SELECT CASE WHEN jsonb_typeof(t.data) = 'object' THEN task_data(t.data, p.first_data_key) ELSE '{}' END AS data
    FROM task t JOIN project p ON p.id = t.project_id
    WHERE t.project_id = $1 AND t.deleted_at IS NULL AND (t.total_annotations > 0 OR ($2 AND t.cancelled_annotations = 0))
      AND ($3::int4[] IS NULL OR t.id = ANY ($3)))
SELECT DISTINCT k AS key FROM t CROSS JOIN LATERAL jsonb_object_keys(t.data) k
UNION ALL SELECT NULL WHERE EXISTS (SELECT FROM t);

-- Of some annotations, whichever come first.
-- @query export_some_names :many (project int4, most int8) -> (name)
SELECT DISTINCT r ->> 'from_name' AS name
FROM (SELECT a.result FROM annotation a JOIN task t ON t.id = a.task_id AND t.deleted_at IS NULL
      WHERE a.project_id = $1 AND a.deleted_at IS NULL AND NOT a.was_cancelled LIMIT $2) a
CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(a.result) WHEN 'array' THEN a.result ELSE '[]' END) r
WHERE jsonb_typeof(r -> 'from_name') = 'string';

-- @query export_from_names :many (project int4, ids int4[]) -> (name)
SELECT DISTINCT r ->> 'from_name' AS name
FROM annotation a
JOIN task t ON t.id = a.task_id AND t.deleted_at IS NULL
CROSS JOIN LATERAL jsonb_array_elements(CASE jsonb_typeof(a.result) WHEN 'array' THEN a.result ELSE '[]' END) r
WHERE a.project_id = $1 AND a.deleted_at IS NULL AND NOT a.was_cancelled AND ($2::int4[] IS NULL OR t.id = ANY ($2))
  AND jsonb_typeof(r -> 'from_name') = 'string';
