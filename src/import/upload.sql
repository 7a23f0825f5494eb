-- Uploaded files: rows here, bytes below the data directory.

-- @query upload_insert :one (project int4, member int4, file text, size int8) -> (id)
INSERT INTO file_upload (project_id, user_id, file, size_bytes) VALUES ($1, $2, $3, $4) RETURNING id;

-- @query upload_ids :many (n int4) -> (id)
SELECT nextval(pg_get_serial_sequence('file_upload', 'id'))::int4 AS id FROM generate_series(1, $1);

-- @query upload_insert_some :exec (project int4, member int4, ids int4[], files text[], sizes int8[])
INSERT INTO file_upload (id, project_id, user_id, file, size_bytes)
SELECT x.id, $1, $2, x.file, x.size FROM unnest($3, $4, $5) AS x (id, file, size);

-- ids null: only the files of a project that is being set up, or all of them.
-- @query upload_list :many (organization int4, member int4, role text, project int4, ids int4[], all_files bool) -> (id, file, size)
SELECT f.id, f.file, f.size_bytes AS size
FROM file_upload f JOIN visible_project($1, $2, $3) p ON p.id = f.project_id
WHERE f.project_id = $4 AND f.user_id = $2 AND (f.id = ANY ($5) OR ($5::int4[] IS NULL AND ($6 OR p.is_draft)))
ORDER BY f.id;

-- Locked, so that nobody removes them while they are read.
-- @query upload_open :many (organization int4, member int4, role text, project int4, ids int4[]) -> (id, file)
SELECT f.id, f.file
FROM file_upload f JOIN visible_project($1, $2, $3) p ON p.id = f.project_id
WHERE f.project_id = $4 AND f.id = ANY ($5) ORDER BY f.id FOR SHARE OF f;

-- @query upload_by_id :one (organization int4, member int4, role text, upload int4) -> (id, file, size, project)
SELECT f.id, f.file, f.size_bytes AS size, f.project_id AS project
FROM file_upload f JOIN visible_project($1, $2, $3) p ON p.id = f.project_id
WHERE f.id = $4;

-- @query upload_change :exec (upload int4, file text, size int8)
UPDATE file_upload SET file = $2, size_bytes = $3 WHERE id = $1;

-- @query upload_delete :exec (upload int4)
DELETE FROM file_upload WHERE id = $1;

-- @query upload_delete_own :many (project int4, member int4, ids int4[]) -> (file)
DELETE FROM file_upload WHERE project_id = $1 AND user_id = $2 AND ($3::int4[] IS NULL OR id = ANY ($3)) RETURNING file;

-- @query upload_tasks_trash :exec (project int4, ids int4[], by_user int4)
UPDATE task SET deleted_at = now(), updated_at = now(), updated_by = $3
WHERE project_id = $1 AND file_upload_id = ANY ($2) AND deleted_at IS NULL;

-- @query upload_locks_clear :exec (project int4, ids int4[])
DELETE FROM task_lock l USING task t WHERE t.id = l.task_id AND t.project_id = $1 AND t.file_upload_id = ANY ($2);

-- @query upload_find :one (organization int4, member int4, role text, project int4, file text) -> (id, size)
SELECT f.id, f.size_bytes AS size
FROM file_upload f JOIN visible_project($1, $2, $3) p ON p.id = f.project_id
WHERE f.project_id = $4 AND f.file = $5 LIMIT 1;

-- @query upload_some :many (project int4, after int4, most int4) -> (id, file)
SELECT f.id, f.file FROM file_upload f WHERE f.project_id = $1 AND f.id > $2 ORDER BY f.id LIMIT $3;

-- @query upload_copy :exec (from_project int4, to_project int4, ids int4[])
INSERT INTO file_upload (project_id, user_id, file, size_bytes, created_at)
SELECT $2, f.user_id, replace(f.file, format('upload/%s/', $1), format('upload/%s/', $2)), f.size_bytes, f.created_at
FROM file_upload f WHERE f.id = ANY ($3) ORDER BY f.id
ON CONFLICT (file) DO NOTHING;
