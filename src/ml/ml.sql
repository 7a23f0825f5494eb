-- ML backends of projects.

-- project, interactive, id: null = any.
-- @query ml_rows :many (organization int4, member int4, role text, project int4, interactive bool, id int4) -> (id, state, is_interactive, url, error_message, title, auth_method,
--   basic_auth_user, password_set, description, extra_params, model_version, timeout_s, created_at, updated_at, auto_update, project)
SELECT b.id, b.state, b.is_interactive, b.url, b.error_message, b.title, b.auth_method, b.basic_auth_user, coalesce(b.basic_auth_pass, '') <> '' AS password_set,
       b.description, b.extra_params, b.model_version, b.timeout_s, b.created_at, b.updated_at, b.auto_update, b.project_id AS project
FROM ml_backend b JOIN visible_project($1, $2, $3) p ON p.id = b.project_id
WHERE ($4::int4 IS NULL OR b.project_id = $4) AND ($5::bool IS NULL OR b.is_interactive = $5) AND ($6::int4 IS NULL OR b.id = $6)
ORDER BY b.id;

-- What is needed to talk to one. The backend reads task data with the token of who connected it: that of the project's author, which the
-- reference server gives away, would let a manager act as an owner.
-- @query ml_connection :one (organization int4, member int4, role text, id int4) -> (id, project, created, url, title, user_name, password, model_version, extra_params,
--   label_config, data_login, data_password, token, timeout_s, is_interactive, auto_update)
SELECT b.id, p.id AS project, floor(extract(epoch FROM p.created_at))::int8 AS created, b.url, b.title,
       CASE b.auth_method WHEN 'BASIC_AUTH' THEN b.basic_auth_user END AS user_name, b.basic_auth_pass AS password, b.model_version, b.extra_params,
       p.label_config, p.task_data_login AS data_login, p.task_data_password AS data_password,
       coalesce((SELECT l.token FROM legacy_token l WHERE l.user_id = b.connected_by), '') AS token, b.timeout_s, b.is_interactive, b.auto_update
FROM ml_backend b JOIN visible_project($1, $2, $3) v ON v.id = b.project_id JOIN project p ON p.id = b.project_id
WHERE b.id = $4;

-- The same of a project that is to be connected.
-- @query ml_project :one (organization int4, member int4, role text, project int4) -> (created, label_config, token)
SELECT floor(extract(epoch FROM p.created_at))::int8 AS created, p.label_config,
       coalesce((SELECT l.token FROM legacy_token l WHERE l.user_id = $2), '') AS token
FROM project p JOIN visible_project($1, $2, $3) v ON v.id = p.id
WHERE p.id = $4;

-- @query ml_insert :one (project int4, fields jsonb, model_version text, by_user int4) -> (id)
INSERT INTO ml_backend (project_id, connected_by, state, is_interactive, url, title, auth_method, basic_auth_user, basic_auth_pass, description, extra_params, model_version, timeout_s, auto_update)
SELECT $1, $4, 'CO', coalesce(f.is_interactive, false), f.url, coalesce(f.title, 'default'), coalesce(f.auth_method, 'NONE'), coalesce(f.basic_auth_user, ''),
       coalesce(f.basic_auth_pass, ''), coalesce(f.description, ''), f.extra_params, coalesce(f.model_version, $3), coalesce(f.timeout_s, 100), coalesce(f.auto_update, true)
FROM jsonb_populate_record(NULL::ml_backend, $2) f
RETURNING id;

-- The first backend of a project is what annotators see, unless something else was chosen.
-- @query ml_shown_first :exec (project int4, id int4)
UPDATE project p SET model_version = b.title, version = p.version + 1 FROM ml_backend b
WHERE p.id = $1 AND b.id = $2 AND coalesce(p.model_version, '') = '';

-- @query ml_update :exec (id int4, fields jsonb, model_version text, by_user int4)
UPDATE ml_backend b SET connected_by = $4,
    (state, error_message, retry_at, is_interactive, url, title, auth_method, basic_auth_user, basic_auth_pass, description, extra_params, model_version, timeout_s, auto_update,
     project_id, updated_at) =
    (SELECT 'CO', NULL::text, NULL::timestamptz, n.is_interactive, n.url, n.title, n.auth_method, n.basic_auth_user, n.basic_auth_pass, n.description, n.extra_params,
            CASE WHEN n.auto_update AND NOT $2 ? 'model_version' THEN coalesce($3, n.model_version) ELSE n.model_version END, n.timeout_s, n.auto_update, n.project_id, now()
     FROM jsonb_populate_record(b, $2) n)
WHERE b.id = $1;

-- What annotators see follows the name.
-- @query ml_renamed :exec (project int4, old text, title text)
UPDATE project SET model_version = $3, version = version + 1 WHERE id = $1 AND model_version = $2 AND $2 IS DISTINCT FROM $3;

-- @query ml_delete :exec (id int4)
DELETE FROM ml_backend WHERE id = $1;

-- retry_s null: it is well.
-- @query ml_state :exec (id int4, state text, error text, model_version text, retry_s int4)
UPDATE ml_backend SET state = $2, error_message = $3, model_version = CASE WHEN auto_update THEN coalesce($4, model_version) ELSE model_version END,
    retry_at = now() + make_interval(secs => $5), updated_at = now()
WHERE id = $1;

-- The backend whose predictions annotators of this project see, unless it failed a moment ago.
-- @query ml_shown :one (project int4) -> (id)
SELECT b.id FROM ml_backend b JOIN project p ON p.id = b.project_id AND p.model_version = b.title
WHERE b.project_id = $1 AND (b.retry_at IS NULL OR b.retry_at < now()) ORDER BY b.id LIMIT 1;

-- The same on reading a task, where the project asks for it.
-- @query ml_evaluates :one (project int4) -> (id)
SELECT b.id FROM ml_backend b JOIN project p ON p.id = b.project_id AND p.evaluate_predictions_automatically
WHERE b.project_id = $1 AND (b.retry_at IS NULL OR b.retry_at < now()) ORDER BY b.id DESC LIMIT 1;

-- Which of these tasks have no prediction of the version yet, as a backend is told of them.
-- @query ml_tasks :many (project int4, tasks int4[], version text, fresh bool) -> (id, inner_id, data, meta, created_at, updated_at, is_labeled, overlap, total_annotations,
--   cancelled_annotations, total_predictions, comment_count, unresolved_comment_count, last_comment_updated_at, updated_by, file_upload, project)
SELECT t.id, t.inner_id, task_data(t.data, p.first_data_key) AS data, t.meta, t.created_at, t.updated_at, t.is_labeled, t.overlap, t.total_annotations, t.cancelled_annotations,
       t.total_predictions, t.comment_count, t.unresolved_comment_count, t.last_comment_updated_at, t.updated_by,
       (SELECT regexp_replace(f.file, '^.*/', '') FROM file_upload f WHERE f.id = t.file_upload_id) AS file_upload, t.project_id AS project
FROM task t JOIN project p ON p.id = t.project_id
WHERE t.project_id = $1 AND t.id = ANY ($2) AND t.deleted_at IS NULL
  AND ($4 OR NOT EXISTS (SELECT FROM prediction q WHERE q.task_id = t.id AND q.model_version = $3))
ORDER BY t.id;

-- Any one of a project, to try a backend with.
-- @query ml_any_task :one (project int4) -> (id)
SELECT id FROM task WHERE project_id = $1 AND deleted_at IS NULL ORDER BY inner_id DESC LIMIT 1;

-- Locked against recounts by others; those that went meanwhile are left out.
-- @query ml_tasks_lock :many (tasks int4[]) -> (id)
SELECT id FROM task WHERE id = ANY ($1) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE;

-- predictions: [{"task", "result", "score", "model_version"}]
-- @query ml_store :exec (project int4, predictions jsonb, tasks int4[])
INSERT INTO prediction (task_id, project_id, result, score, model_version, cluster, neighbors, mislabeling)
SELECT (x ->> 'task')::int4, $1, x -> 'result', json_number(x -> 'score'), coalesce(x ->> 'model_version', ''), NULL, NULL, 0
FROM jsonb_array_elements($2) x WHERE (x ->> 'task')::int4 = ANY ($3);

-- @query ml_recount :exec (tasks int4[])
SELECT task_recount($1, NULL);
