-- Uploaded files: rows here, bytes below the data directory.

-- @query upload_insert :one (project int4, member int4, file text, size int8) -> (id)
INSERT INTO file_upload (project_id, user_id, file, size_bytes) VALUES ($1, $2, $3, $4) RETURNING id;

-- ids null: the caller's own files only when all_files is not set.
-- @query upload_list :many (organization int4, member int4, role text, project int4, ids int4[], all_files bool) -> (id, file, size)
SELECT f.id, f.file, f.size_bytes AS size
FROM file_upload f JOIN visible_project($1, $2, $3) p ON p.id = f.project_id
WHERE f.project_id = $4 AND (f.id = ANY ($5) OR ($6 AND ($5::int4[] IS NULL)) OR ($5::int4[] IS NULL AND p.is_draft AND f.user_id = $2))
ORDER BY f.id;

-- @query upload_find :one (organization int4, member int4, role text, project int4, file text) -> (id, size)
SELECT f.id, f.size_bytes AS size
FROM file_upload f JOIN visible_project($1, $2, $3) p ON p.id = f.project_id
WHERE f.project_id = $4 AND f.file = $5 LIMIT 1;
