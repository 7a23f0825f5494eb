-- Imports: ids are reserved in blocks, rows go in by COPY, counters follow once per batch.

-- The project's numbering stays locked until the import commits, so that ids and inner ids rise together.
-- @query import_lock :one (project int4) -> (next_inner_id)
SELECT next_inner_id FROM project_sequence WHERE project_id = $1 FOR UPDATE;

-- @query import_numbered :exec (project int4, next int4)
UPDATE project_sequence SET next_inner_id = $2 WHERE project_id = $1;

-- @query import_task_ids :many (n int4) -> (id)
SELECT nextval(pg_get_serial_sequence('task', 'id'))::int4 AS id FROM generate_series(1, $1);

-- @query import_recount :exec (tasks int4[])
SELECT task_recount($1, NULL);

-- The tasks are new: all their annotations were imported.
-- @query import_history :exec (tasks int4[], by_user int4)
INSERT INTO annotation_history (project_id, task_id, annotation_id, action, created_by)
SELECT a.project_id, a.task_id, a.id, 'imported', $2
FROM unnest($1) AS x (id) CROSS JOIN LATERAL (SELECT * FROM annotation n WHERE n.task_id = x.id OFFSET 0) a;

-- The first version that is imported becomes the one that annotators see.
-- @query import_model_version :exec (project int4, version text)
UPDATE project SET model_version = $2, version = version + 1 WHERE id = $1 AND coalesce(model_version, '') = '';

-- @query import_member_by_id :one (organization int4, member int4) -> (id)
SELECT user_id AS id FROM membership WHERE organization_id = $1 AND user_id = $2;

-- @query import_member_by_email :one (organization int4, email text) -> (id)
SELECT m.user_id AS id FROM membership m JOIN user_account u ON u.id = m.user_id
WHERE m.organization_id = $1 AND lower(u.email) = lower($2) AND u.email <> '';

-- @query import_known_tasks :many (project int4, tasks int4[]) -> (id)
SELECT id FROM task WHERE project_id = $1 AND id = ANY ($2) AND deleted_at IS NULL ORDER BY id;

-- @query import_project_title :one (project int4) -> (title)
SELECT coalesce(title, '') AS title FROM project WHERE id = $1;
