-- Storages of projects. Connection settings are one object, secrets another that no answer reads.

-- id null: all of the project.
-- @query storage_rows :many (organization int4, member int4, role text, direction text, type text, project int4, id int4) -> (id, type, synchronizable, settings, regex_filter, use_blob_urls,
--   last_sync, last_sync_count, last_sync_job, status, traceback, meta, title, description, created_at, presign, presign_ttl, recursive_scan, can_delete_objects, project)
SELECT s.id, s.type, s.synchronizable, s.settings, s.regex_filter, s.use_blob_urls, s.last_sync, s.last_sync_count, s.last_sync_job, s.status, s.traceback, s.meta,
       s.title, s.description, s.created_at, s.presign, s.presign_ttl, s.recursive_scan, s.can_delete_objects, s.project_id AS project
FROM storage s JOIN visible_project($1, $2, $3) p ON p.id = s.project_id
WHERE s.direction = $4 AND ($5::text IS NULL OR s.type = $5) AND ($6::int4 IS NULL OR s.project_id = $6) AND ($7::int4 IS NULL OR s.id = $7)
ORDER BY s.id;

-- The source in a project that addresses with this scheme and bucket are from.
-- @query storage_of_bucket :one (project int4, scheme text, bucket text) -> (type)
SELECT s.type FROM storage s
WHERE s.project_id = $1 AND s.direction = 'import'
  AND (CASE s.type WHEN 's3' THEN 's3' WHEN 's3s' THEN 's3' WHEN 'gcs' THEN 'gs' WHEN 'azure' THEN 'azure-blob' END) = $2
  AND coalesce(s.settings ->> 'bucket', s.settings ->> 'container') = $3
ORDER BY s.id LIMIT 1;

-- @query storage_insert :one (project int4, direction text, type text, fields jsonb, settings jsonb, secrets jsonb) -> (id)
INSERT INTO storage (project_id, direction, type, settings, secrets, title, description, synchronizable, regex_filter, use_blob_urls, presign, presign_ttl,
                     recursive_scan, can_delete_objects)
SELECT $1, $2, $3, $5, $6, f.title, f.description, coalesce(f.synchronizable, true), f.regex_filter, coalesce(f.use_blob_urls, false), coalesce(f.presign, true),
       coalesce(f.presign_ttl, 1), coalesce(f.recursive_scan, false), f.can_delete_objects
FROM jsonb_populate_record(NULL::storage, $4) f
RETURNING id;

-- Its settings as they are, locked: connection and secrets are tried before they are kept.
-- @query storage_lock :one (organization int4, member int4, role text, direction text, type text, id int4) -> (id, project, settings, secrets, regex_filter, recursive_scan, synchronizable, status)
SELECT s.id, s.project_id AS project, s.settings, s.secrets, s.regex_filter, s.recursive_scan, s.synchronizable, s.status
FROM storage s JOIN visible_project($1, $2, $3) p ON p.id = s.project_id
WHERE s.direction = $4 AND s.type = $5 AND s.id = $6 FOR NO KEY UPDATE OF s;

-- @query storage_update :exec (id int4, fields jsonb, settings jsonb, secrets jsonb)
UPDATE storage s SET
    (title, description, synchronizable, regex_filter, use_blob_urls, presign, presign_ttl, recursive_scan, can_delete_objects, project_id) =
    (SELECT n.title, n.description, n.synchronizable, n.regex_filter, n.use_blob_urls, n.presign, n.presign_ttl, n.recursive_scan, n.can_delete_objects, n.project_id
     FROM jsonb_populate_record(s, $2) n),
    settings = s.settings || $3, secrets = s.secrets || $4
WHERE s.id = $1;

-- @query storage_delete :exec (id int4)
DELETE FROM storage WHERE id = $1;

-- The merged settings of a body with those of a storage.
-- @query storage_merged :one (settings jsonb, change jsonb) -> (settings)
SELECT $1 || $2 AS settings;

-- @query storage_queued :exec (id int4)
UPDATE storage SET status = 'queued', traceback = NULL,
    meta = jsonb_build_object('attempts', coalesce((meta ->> 'attempts')::int4, 0) + 1, 'time_queued', to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS.US') || '+00:00')
WHERE id = $1;

-- ---- the runs ----

-- @query storage_run :one (id int4) -> (id, project, organization, direction, type, settings, secrets, regex_filter, use_blob_urls, recursive_scan, can_delete_objects)
SELECT s.id, s.project_id AS project, p.organization_id AS organization, s.direction, s.type, s.settings, s.secrets, s.regex_filter, s.use_blob_urls, s.recursive_scan,
       coalesce(s.can_delete_objects, false) AS can_delete_objects 
FROM storage s JOIN project p ON p.id = s.project_id AND p.deleted_at IS NULL
WHERE s.id = $1;

-- A run that goes on after a crash keeps what it has counted.
-- @query storage_started :exec (id int4, again bool)
UPDATE storage SET status = 'in_progress', last_sync_count = CASE WHEN $2 THEN last_sync_count ELSE 0 END,
    meta = meta || jsonb_build_object('time_in_progress', to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS.US') || '+00:00',
                                      'time_last_ping', to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS.US') || '+00:00')
WHERE id = $1;

-- @query storage_counted :exec (id int4, n int4)
UPDATE storage SET last_sync_count = coalesce(last_sync_count, 0) + $2,
    meta = meta || jsonb_build_object('time_last_ping', to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS.US') || '+00:00')
WHERE id = $1;

-- figure: tasks_existed or total_annotations.
-- @query storage_ended :exec (id int4, status text, traceback text, figure text, n int8)
UPDATE storage SET status = $2, traceback = $3, last_sync = CASE WHEN $2 = 'failed' THEN last_sync ELSE clock_timestamp() END,
    meta = meta || jsonb_build_object('time_completed', to_char(clock_timestamp(), 'YYYY-MM-DD HH24:MI:SS.US') || '+00:00', $4::text, $5::int8,
        'duration', round(extract(epoch FROM clock_timestamp() - (meta ->> 'time_in_progress')::timestamptz), 6))
WHERE id = $1;

-- Steps of two runs of one storage follow each other, so that no object is taken by both.
-- @query storage_hold :exec (id int4)
SELECT FROM storage WHERE id = $1 FOR NO KEY UPDATE;

-- Which of these objects brought tasks already.
-- @query storage_known :many (storage int4, keys text[]) -> (key)
SELECT l.key FROM storage_link l JOIN task t ON t.id = l.task_id AND t.deleted_at IS NULL
WHERE l.storage_id = $1 AND l.key = ANY ($2) AND l.place = 0;

-- Tasks that came from this storage before.
-- @query storage_existed :one (storage int4) -> (n)
SELECT count(*) AS n FROM storage_link l JOIN task t ON t.id = l.task_id AND t.deleted_at IS NULL WHERE l.storage_id = $1;

-- One row for each task. A task that lies in the trash does not keep its object from being taken again.
-- @query storage_link :exec (storage int4, keys text[], places int4[], tasks int4[])
INSERT INTO storage_link (storage_id, key, place, task_id)
SELECT $1, k, p, t FROM unnest($2, $3, $4) AS u (k, p, t)
ON CONFLICT (storage_id, key, place) DO UPDATE SET task_id = excluded.task_id;

-- Tasks with annotations, as their files show them; in the order of inner_id.
-- @query storage_tasks :many (project int4, after int4, most int4) -> (id, inner_id, data, meta, created_at, updated_at, is_labeled, allow_skip, overlap, total_annotations,
--   cancelled_annotations, total_predictions, comment_count, unresolved_comment_count, last_comment_updated_at, updated_by, file_upload, project)
SELECT id, inner_id, data, meta, created_at, updated_at, is_labeled, allow_skip, overlap, total_annotations, cancelled_annotations, total_predictions, comment_count,
       unresolved_comment_count, last_comment_updated_at, updated_by, file_upload_id AS file_upload, project_id AS project
FROM task
WHERE project_id = $1 AND inner_id > $2 AND deleted_at IS NULL AND total_annotations + cancelled_annotations > 0
ORDER BY inner_id LIMIT $3;

-- The same of these annotations, as far as they are there.
-- @query storage_tasks_of :many (project int4, annotations int4[]) -> (id, inner_id, data, meta, created_at, updated_at, is_labeled, allow_skip, overlap, total_annotations,
--   cancelled_annotations, total_predictions, comment_count, unresolved_comment_count, last_comment_updated_at, updated_by, file_upload, project)
SELECT id, inner_id, data, meta, created_at, updated_at, is_labeled, allow_skip, overlap, total_annotations, cancelled_annotations, total_predictions, comment_count,
       unresolved_comment_count, last_comment_updated_at, updated_by, file_upload_id AS file_upload, project_id AS project
FROM task
WHERE project_id = $1 AND deleted_at IS NULL AND id IN (SELECT a.task_id FROM annotation a WHERE a.id = ANY ($2) AND a.deleted_at IS NULL)
ORDER BY inner_id;

-- annotations null: all of the tasks.
-- @query storage_annotations :many (tasks int4[], annotations int4[]) -> (id, task, result, username, created_at, completed_by, was_cancelled, ground_truth, updated_at, draft_created_at, lead_time,
--   unique_id, import_id, last_action, bulk_created, project, updated_by, parent_prediction, parent_annotation, last_created_by)
SELECT a.id, a.task_id AS task, a.result,
       CASE WHEN u.id IS NULL THEN '' ELSE concat(u.first_name, ' ', u.last_name, ' ', u.email, ', ', u.id) END AS username,
       a.created_at, a.completed_by, a.was_cancelled, a.ground_truth, a.updated_at, a.draft_created_at, a.lead_time, a.unique_id, a.import_id, a.last_action,
       a.bulk_created, a.project_id AS project, a.updated_by, a.parent_prediction, a.parent_annotation, a.last_created_by
FROM annotation a LEFT JOIN user_account u ON u.id = a.completed_by
WHERE a.task_id = ANY ($1) AND a.deleted_at IS NULL AND ($2::int4[] IS NULL OR a.id = ANY ($2))
ORDER BY array_position($1, a.task_id), a.id;

-- @query storage_exported :exec (storage int4, annotations int4[])
INSERT INTO storage_exported (storage_id, annotation_id) SELECT $1, unnest($2) ON CONFLICT DO NOTHING;

-- What an export storage has to hear of; nobody else takes it meanwhile.
-- @query storage_due :many (storage int4, most int4) -> (annotation)
DELETE FROM storage_due WHERE storage_id = $1 AND annotation_id IN (
    SELECT annotation_id FROM storage_due WHERE storage_id = $1 ORDER BY annotation_id LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING annotation_id AS annotation;

-- @query storage_wake_due :exec ()
SELECT storage_wake(storage_id) FROM (SELECT DISTINCT storage_id FROM storage_due) d;

-- Files whose annotations are gone.
-- @query storage_stale :many (storage int4, most int4) -> (annotation)
SELECT e.annotation_id AS annotation
FROM storage_exported e
WHERE e.storage_id = $1 AND NOT EXISTS (SELECT FROM annotation a JOIN task t ON t.id = a.task_id AND t.deleted_at IS NULL WHERE a.id = e.annotation_id AND a.deleted_at IS NULL)
LIMIT $2;

-- @query storage_forget :exec (storage int4, annotations int4[])
DELETE FROM storage_exported WHERE storage_id = $1 AND annotation_id = ANY ($2);

-- Does a local storage of a project that the caller sees (null: of any such) cover this directory or one above it?
-- @query storage_covers :one (organization int4, member int4, role text, path text, project int4) -> (covered)
SELECT true AS covered FROM storage s JOIN visible_project($1, $2, $3) p ON p.id = s.project_id
WHERE s.type = 'localfiles' AND s.direction = 'import' AND (starts_with($4, (s.settings ->> 'path') || '/')) AND ($5 IS NULL OR p.id = $5) LIMIT 1;
