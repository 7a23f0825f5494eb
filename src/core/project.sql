-- Projects: list, read, change. Every query goes through visible_project (organization, user, role).

-- @query project_ids :many (organization int4, member int4, role text, ids int4[], title text, search text, workspaces int4[],
--   archived bool, pinned text, ordering text, most int8, skip int8) -> (id, total)
SELECT p.id, count(*) OVER () AS total
FROM visible_project($1, $2, $3) p
WHERE ($4::int4[] IS NULL OR p.id = ANY ($4))
  AND ($5::text IS NULL OR p.title ILIKE '%' || replace(replace(replace($5, '\', '\\'), '%', '\%'), '_', '\_') || '%')
  AND ($6::text IS NULL OR strpos(lower(concat_ws(' ', p.title, p.description)), lower($6)) > 0)
  AND ($7::int4[] IS NULL OR p.workspace_id = ANY ($7))
  AND ($8::bool IS NULL OR $8 = EXISTS (SELECT FROM workspace w WHERE w.id = p.workspace_id AND w.is_archived))
  AND CASE $9::text WHEN 'pinned_only' THEN p.pinned_at IS NOT NULL WHEN 'exclude_pinned' THEN p.pinned_at IS NULL ELSE true END
ORDER BY CASE WHEN $10::text = 'id' THEN p.id END, CASE WHEN $10 = '-id' THEN p.id END DESC,
         CASE WHEN $10 = 'title' THEN p.title END COLLATE label_order, CASE WHEN $10 = '-title' THEN p.title END COLLATE label_order DESC,
         CASE WHEN $10 = 'created_at' THEN p.created_at END, CASE WHEN $10 = '-created_at' THEN p.created_at END DESC,
         p.pinned_at DESC NULLS LAST, p.created_at DESC, p.id DESC
LIMIT $11 OFFSET $12;

-- @query project_total :one (organization int4, member int4, role text, ids int4[], title text, search text, workspaces int4[],
--   archived bool, pinned text) -> (total)
SELECT count(*) AS total
FROM visible_project($1, $2, $3) p
WHERE ($4::int4[] IS NULL OR p.id = ANY ($4))
  AND ($5::text IS NULL OR p.title ILIKE '%' || replace(replace(replace($5, '\', '\\'), '%', '\%'), '_', '\_') || '%')
  AND ($6::text IS NULL OR strpos(lower(concat_ws(' ', p.title, p.description)), lower($6)) > 0)
  AND ($7::int4[] IS NULL OR p.workspace_id = ANY ($7))
  AND ($8::bool IS NULL OR $8 = EXISTS (SELECT FROM workspace w WHERE w.id = p.workspace_id AND w.is_archived))
  AND CASE $9::text WHEN 'pinned_only' THEN p.pinned_at IS NOT NULL WHEN 'exclude_pinned' THEN p.pinned_at IS NULL ELSE true END;

-- The whole project as the API shows it, in the order of the given ids.
-- queue_total: unfinished tasks and those that the caller worked on; queue_done: the latter (skips count unless they come back to the caller).
-- Where tasks are assigned by hand both are of what the caller was assigned.
-- @query project_by_ids :many (organization int4, member int4, role text, ids int4[]) -> (id, title, description, label_config,
--   expert_instruction, show_instruction, show_skip_button, enable_empty_annotation, show_annotation_history, organization, color,
--   maximum_annotations, is_published, model_version, is_draft, created_by, created_at, min_annotations_to_start_training,
--   start_training_on_annotation_update, show_collab_predictions, num_tasks_with_annotations, task_number, useful_annotation_number,
--   ground_truth_number, skipped_annotations_number, total_annotations_number, total_predictions_number, sampling,
--   show_ground_truth_first, annotator_evaluation_enabled, show_overlap_first, overlap_cohort_percentage, task_data_login,
--   control_weights, parsed_label_config, evaluate_predictions_automatically, config_has_control_tags,
--   skip_queue, reveal_preannotations_interactively, pinned_at, finished_task_number, queue_total, queue_done,
--   config_suitable_for_bulk_annotation, require_comment_on_skip, workspace, workspace_title, duplication_done, duplication_status,
--   updated_at, version, assignment_settings, review_settings)
SELECT p.id, p.title, p.description, p.label_config, p.expert_instruction, p.show_instruction, p.show_skip_button,
       p.enable_empty_annotation, p.show_annotation_history, p.organization_id AS organization, p.color, p.maximum_annotations,
       p.is_published, p.model_version, p.is_draft,
       CASE WHEN u.id IS NOT NULL THEN json_build_object('id', u.id, 'first_name', u.first_name, 'last_name', u.last_name,
            'email', u.email, 'avatar', u.avatar, 'username', u.username) END AS created_by,
       p.created_at, p.min_annotations_to_start_training,
       p.min_annotations_to_start_training > 0 AS start_training_on_annotation_update, p.show_collab_predictions,
       c.num_tasks_with_annotations, c.task_number, c.useful_annotation_number, c.ground_truth_number, c.skipped_annotations_number,
       c.total_annotations_number, c.total_predictions_number, p.sampling, p.show_ground_truth_first, p.annotator_evaluation_enabled,
       p.show_overlap_first, p.overlap_cohort_percentage, p.task_data_login, p.control_weights,
       p.parsed_label_config, p.evaluate_predictions_automatically, p.config_has_control_tags, p.skip_queue,
       p.reveal_preannotations_interactively, p.pinned_at, c.finished_task_number,
       CASE WHEN p.label_stream_task_distribution = 'assigned_only' THEN q.assigned_tasks
            ELSE c.task_number - c.finished_task_number + q.finished_tasks END AS queue_total,
       CASE WHEN p.label_stream_task_distribution = 'assigned_only'
            THEN greatest(q.assigned_done - CASE WHEN p.skip_queue = 'REQUEUE_FOR_ME' THEN q.done_tasks - q.kept_tasks ELSE 0 END, 0)
            WHEN p.skip_queue = 'REQUEUE_FOR_ME' THEN q.kept_tasks ELSE q.done_tasks END AS queue_done,
       p.config_suitable_for_bulk_annotation, p.require_comment_on_skip, p.workspace_id AS workspace,
       (SELECT w.title FROM workspace w WHERE w.id = p.workspace_id) AS workspace_title,
       p.duplication_status IS DISTINCT FROM 'in_progress' AS duplication_done, p.duplication_status, p.updated_at, p.version,
       json_build_object('id', p.id, 'project', p.id, 'label_stream_task_distribution', p.label_stream_task_distribution) AS assignment_settings,
       review_settings(p.review_settings) || jsonb_build_object('id', p.id, 'project', p.id,
           'requeue_rejected_tasks_to_annotator', coalesce(p.review_settings ->> 'requeue_rejected_tasks_mode', 'requeue') <> 'remove') AS review_settings
FROM visible_project($1, $2, $3) p
LEFT JOIN user_account u ON u.id = p.created_by
CROSS JOIN LATERAL (
    SELECT coalesce(sum(n.task_number), 0)::int8 AS task_number, coalesce(sum(n.finished_task_number), 0)::int8 AS finished_task_number,
           coalesce(sum(n.total_annotations_number), 0)::int8 AS total_annotations_number,
           coalesce(sum(n.skipped_annotations_number), 0)::int8 AS skipped_annotations_number,
           coalesce(sum(n.ground_truth_number), 0)::int8 AS ground_truth_number,
           coalesce(sum(n.useful_annotation_number), 0)::int8 AS useful_annotation_number,
           coalesce(sum(n.num_tasks_with_annotations), 0)::int8 AS num_tasks_with_annotations,
           coalesce(sum(n.total_predictions_number), 0)::int8 AS total_predictions_number
    FROM project_counter n WHERE n.project_id = p.id) c
CROSS JOIN LATERAL (
    SELECT coalesce(sum(n.done_tasks), 0)::int8 AS done_tasks, coalesce(sum(n.kept_tasks), 0)::int8 AS kept_tasks,
           coalesce(sum(n.finished_tasks), 0)::int8 AS finished_tasks, coalesce(sum(n.assigned_tasks), 0)::int8 AS assigned_tasks,
           coalesce(sum(n.assigned_done), 0)::int8 AS assigned_done
    FROM project_user_counter n WHERE n.project_id = p.id AND n.user_id = $2) q
WHERE p.id = ANY ($4)
ORDER BY array_position($4, p.id);

-- What the label configuration cache and the task checks need.
-- @query project_config :one (organization int4, member int4, role text, project int4) -> (id, label_config, version, maximum_annotations, model_version)
SELECT p.id, p.label_config, p.version, p.maximum_annotations, p.model_version
FROM visible_project($1, $2, $3) p WHERE p.id = $4;

-- @query project_insert :one (organization int4, member int4) -> (id)
WITH p AS (INSERT INTO project (organization_id, created_by) VALUES ($1, $2) RETURNING id),
     s AS (INSERT INTO project_sequence (project_id) SELECT id FROM p),
     g AS (INSERT INTO stream_gate (project_id) SELECT id FROM p)
SELECT id FROM p;

-- Take over the keys that `change` holds (null where it says null); absent keys stay.
-- @query project_update :exec (project int4, change jsonb)
UPDATE project p SET
    title = n.title, description = n.description, label_config = n.label_config, parsed_label_config = n.parsed_label_config,
    config_has_control_tags = n.config_has_control_tags, config_suitable_for_bulk_annotation = n.config_suitable_for_bulk_annotation,
    data_types = n.data_types, first_data_key = n.first_data_key, control_weights = n.control_weights, expert_instruction = n.expert_instruction,
    show_instruction = n.show_instruction, show_skip_button = n.show_skip_button, enable_empty_annotation = n.enable_empty_annotation,
    require_comment_on_skip = n.require_comment_on_skip,
    show_annotation_history = n.show_annotation_history, show_collab_predictions = n.show_collab_predictions,
    show_ground_truth_first = n.show_ground_truth_first, show_overlap_first = n.show_overlap_first,
    annotator_evaluation_enabled = n.annotator_evaluation_enabled,
    evaluate_predictions_automatically = n.evaluate_predictions_automatically,
    reveal_preannotations_interactively = n.reveal_preannotations_interactively, color = n.color,
    maximum_annotations = n.maximum_annotations, overlap_cohort_percentage = n.overlap_cohort_percentage, sampling = n.sampling,
    skip_queue = n.skip_queue, model_version = n.model_version,
    min_annotations_to_start_training = n.min_annotations_to_start_training, task_data_login = n.task_data_login,
    task_data_password = n.task_data_password, workspace_id = n.workspace_id,
    -- In a sandbox nothing is published.
    is_published = n.is_published AND NOT EXISTS (SELECT FROM workspace w WHERE w.id = n.workspace_id AND w.is_personal), is_draft = n.is_draft AND NOT n.is_published,
    label_stream_task_distribution = n.label_stream_task_distribution, review_settings = p.review_settings || coalesce($2 -> 'review_settings', '{}'),
    pinned_at = n.pinned_at, updated_at = now(), version = p.version + 1
FROM project o CROSS JOIN LATERAL jsonb_populate_record(o, $2) n
WHERE o.id = $1 AND p.id = o.id;

-- Lock against concurrent changes and read what decides about side effects. Imports and the stream, which only refer to the project, go
-- on meanwhile.
-- @query project_lock :one (organization int4, member int4, role text, project int4) -> (label_config, control_weights, maximum_annotations, overlap_cohort_percentage, skip_queue, label_stream_task_distribution, model_version, updated_at)
SELECT o.label_config, o.control_weights, o.maximum_annotations, o.overlap_cohort_percentage, o.skip_queue, o.label_stream_task_distribution,
       o.model_version, o.updated_at
FROM project o
WHERE o.id = $4 AND EXISTS (SELECT FROM visible_project($1, $2, $3) p WHERE p.id = o.id)
FOR NO KEY UPDATE OF o;

-- @query project_version_known :one (project int4, version text) -> (known)
SELECT EXISTS (SELECT FROM prediction WHERE project_id = $1 AND model_version = $2)
    OR EXISTS (SELECT FROM ml_backend WHERE project_id = $1 AND title = $2) AS known;

-- deleted_at is asked of the row itself: of several deletions at the same moment the later ones find it gone.
-- purge: it is removed at once.
-- @query project_trash :exec (organization int4, member int4, role text, project int4, purge bool)
UPDATE project o SET deleted_at = now(), deleted_by = $2, is_purging = $5, updated_at = now(), version = o.version + 1
WHERE o.id = $4 AND o.deleted_at IS NULL AND EXISTS (SELECT FROM visible_project($1, $2, $3) p WHERE p.id = o.id);

-- Annotators are not told who else works here.
-- @query project_annotators :many (organization int4, member int4, role text, project int4) -> (id, first_name, last_name, email, avatar, username)
SELECT u.id, u.first_name, u.last_name, u.email, u.avatar, u.username
FROM user_account u
WHERE EXISTS (SELECT FROM visible_project($1, $2, $3) p WHERE p.id = $4)
  AND EXISTS (SELECT FROM project_user_counter c WHERE c.project_id = $4 AND c.user_id = u.id
              GROUP BY c.user_id HAVING sum(c.done_tasks) > 0)
  AND ($3 <> 'AN' OR u.id = $2)
ORDER BY u.id;

-- @query project_visible :one (organization int4, member int4, role text, project int4) -> (id)
SELECT p.id FROM visible_project($1, $2, $3) p WHERE p.id = $4;

-- @query project_counts :one (project int4) -> (tasks, finished, annotations, predictions)
SELECT coalesce(sum(task_number), 0)::int8 AS tasks, coalesce(sum(finished_task_number), 0)::int8 AS finished,
       coalesce(sum(total_annotations_number), 0)::int8 AS annotations, coalesce(sum(total_predictions_number), 0)::int8 AS predictions
FROM project_counter WHERE project_id = $1;
