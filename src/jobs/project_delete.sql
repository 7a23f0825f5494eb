-- The rows of a deleted project, batch by batch. Children first: their keys refer to tasks.

-- Somebody may take the project out of the trash: it stays locked for the step.
-- @query project_delete_check :one (project int4) -> (deleted)
SELECT deleted_at IS NOT NULL AS deleted FROM project WHERE id = $1 FOR SHARE;

-- The next tasks in order; the last inner_id goes into the checkpoint, so that no step walks over the dead entries of the earlier ones.
-- @query project_delete_batch :one (project int4, after int4, most int4) -> (ids, last, n)
SELECT array_agg(id) AS ids, coalesce(max(inner_id), 0) AS last, count(*) AS n
FROM (SELECT id, inner_id FROM task WHERE project_id = $1 AND inner_id > $2 ORDER BY inner_id LIMIT $3) t;

-- @query project_delete_cursors :exec (project int4)
DELETE FROM stream_cursor WHERE project_id = $1;

-- Up to one row per annotator and task.
-- @query project_delete_revisits :exec (project int4, most int4)
DELETE FROM stream_revisit WHERE ctid = ANY (ARRAY(SELECT ctid FROM stream_revisit WHERE project_id = $1 LIMIT $2));

-- @query project_delete_history :exec (tasks int4[], most int4)
DELETE FROM stream_history WHERE ctid = ANY (ARRAY(SELECT ctid FROM stream_history WHERE task_id = ANY ($1) LIMIT $2));

-- @query project_delete_changes :exec (tasks int4[], most int4)
DELETE FROM annotation_history WHERE ctid = ANY (ARRAY(SELECT ctid FROM annotation_history WHERE task_id = ANY ($1) LIMIT $2));

-- @query project_delete_events :exec (tasks int4[], most int4)
DELETE FROM task_event WHERE ctid = ANY (ARRAY(SELECT ctid FROM task_event WHERE task_id = ANY ($1) LIMIT $2));

-- @query project_delete_drafts :exec (tasks int4[], most int4)
DELETE FROM draft WHERE ctid = ANY (ARRAY(SELECT ctid FROM draft WHERE task_id = ANY ($1) LIMIT $2));

-- @query project_delete_annotations :exec (tasks int4[], most int4)
DELETE FROM annotation WHERE ctid = ANY (ARRAY(SELECT ctid FROM annotation WHERE task_id = ANY ($1) LIMIT $2));

-- @query project_delete_predictions :exec (tasks int4[], most int4)
DELETE FROM prediction WHERE ctid = ANY (ARRAY(SELECT ctid FROM prediction WHERE task_id = ANY ($1) LIMIT $2));

-- @query project_delete_locks :exec (tasks int4[], most int4)
DELETE FROM task_lock WHERE ctid = ANY (ARRAY(SELECT ctid FROM task_lock WHERE task_id = ANY ($1) LIMIT $2));

-- @query project_delete_assignments :exec (tasks int4[], most int4)
DELETE FROM task_assignment WHERE ctid = ANY (ARRAY(SELECT ctid FROM task_assignment WHERE task_id = ANY ($1) LIMIT $2));

-- @query project_delete_draws :exec (project int4, after int4, last int4)
DELETE FROM overlap_draw WHERE project_id = $1 AND inner_id > $2 AND inner_id <= $3;

-- @query project_delete_tasks :exec (tasks int4[])
DELETE FROM task WHERE id = ANY ($1);

-- @query project_delete_files :many (project int4, most int4) -> (id, file)
SELECT id, file FROM file_upload WHERE project_id = $1 ORDER BY id LIMIT $2;

-- @query project_delete_file_rows :exec (ids int4[])
DELETE FROM file_upload WHERE id = ANY ($1);

-- @query project_delete_block_rows :exec (project int4)
DELETE FROM task_block WHERE project_id = $1;

-- @query project_delete_counters :exec (project int4)
DELETE FROM project_counter WHERE project_id = $1;

-- @query project_delete_user_counters :exec (project int4)
DELETE FROM project_user_counter WHERE project_id = $1;

-- @query project_delete_summary :exec (project int4)
DELETE FROM project_summary_count WHERE project_id = $1;

-- Members, cursors and whatever else belongs to it go by cascade.
-- @query project_delete_row :exec (project int4)
DELETE FROM project WHERE id = $1 AND deleted_at IS NOT NULL;
