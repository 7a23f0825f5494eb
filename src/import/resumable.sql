-- Files that arrive in pieces.

-- None when the caller has announced a file with this key.
-- @query resumable_insert :one (project int4, member int4, key text, name text, file text, size int8) -> (id)
INSERT INTO resumable_upload (project_id, user_id, key, name, file, size_bytes) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (project_id, user_id, key) WHERE key IS NOT NULL AND finished_at IS NULL DO NOTHING
RETURNING id;

-- @query resumable_by_key :one (project int4, member int4, key text) -> (id, name, size)
SELECT id, name, size_bytes AS size FROM resumable_upload WHERE project_id = $1 AND user_id = $2 AND key = $3 AND finished_at IS NULL;

-- Announcements of one organization come one after the other, so that what is on its way can be counted.
-- @query resumable_gate :exec (organization int4)
SELECT FROM organization WHERE id = $1 FOR NO KEY UPDATE;

-- @query resumable_pending :one (organization int4, member int4) -> (own, bytes)
SELECT count(*) FILTER (WHERE u.user_id = $2) AS own, coalesce(sum(u.size_bytes), 0)::int8 AS bytes
FROM resumable_upload u JOIN project p ON p.id = u.project_id WHERE p.organization_id = $1 AND u.finished_at IS NULL;

-- @query resumable_list :many (project int4, member int4) -> (id, name, size, offset, created_at, updated_at)
SELECT id, name, size_bytes AS size, offset_bytes AS offset, created_at, updated_at FROM resumable_upload
WHERE project_id = $1 AND user_id = $2 AND finished_at IS NULL ORDER BY id;

-- @query resumable_get :one (project int4, member int4, id int4) -> (id, name, size, offset, created_at, updated_at)
SELECT id, name, size_bytes AS size, offset_bytes AS offset, created_at, updated_at FROM resumable_upload
WHERE project_id = $1 AND user_id = $2 AND id = $3 AND finished_at IS NULL;

-- @query resumable_file :one (project int4, member int4, id int4) -> (file)
SELECT file FROM resumable_upload WHERE project_id = $1 AND user_id = $2 AND id = $3 AND finished_at IS NULL;

-- @query resumable_place :one (id int4) -> (size, offset)
SELECT size_bytes AS size, offset_bytes AS offset FROM resumable_upload WHERE id = $1 AND finished_at IS NULL;

-- noted: what the row said when the piece was begun.
-- @query resumable_advance :exec (id int4, reached int8, noted int8)
UPDATE resumable_upload SET offset_bytes = $2, updated_at = now() WHERE id = $1 AND offset_bytes = $3 AND finished_at IS NULL;

-- @query resumable_delete :one (project int4, member int4, id int4) -> (file)
DELETE FROM resumable_upload WHERE project_id = $1 AND user_id = $2 AND id = $3 AND finished_at IS NULL RETURNING file;

-- @query resumable_sources :many (project int4, member int4, ids int4[]) -> (id, name, file, size, offset)
SELECT u.id, u.name, u.file, u.size_bytes AS size, u.offset_bytes AS offset
FROM unnest($3) WITH ORDINALITY AS x (id, place) JOIN resumable_upload u ON u.id = x.id AND u.project_id = $1 AND u.user_id = $2
ORDER BY x.place;

-- @query resumable_hold :many (project int4, member int4, ids int4[]) -> (file, taken)
SELECT file, finished_at IS NOT NULL AS taken FROM resumable_upload
WHERE project_id = $1 AND user_id = $2 AND id = ANY ($3) ORDER BY id FOR UPDATE;

-- @query resumable_take :exec (project int4, member int4, ids int4[])
UPDATE resumable_upload SET finished_at = now(), updated_at = now()
WHERE project_id = $1 AND user_id = $2 AND id = ANY ($3);

-- Given up, and those whose import nobody asks about any more (as long as imports are remembered). The files follow.
-- @query resumable_sweep :exec (keep_s float8, most int8)
DELETE FROM resumable_upload WHERE id IN (
    SELECT id FROM resumable_upload
    WHERE updated_at < now() - CASE WHEN finished_at IS NULL THEN make_interval(secs => $1) ELSE interval '30 days' END
    LIMIT $2 FOR UPDATE SKIP LOCKED);

-- @query resumable_unknown_files :many (files text[]) -> (file)
SELECT f.file FROM unnest($1) f (file) WHERE NOT EXISTS (SELECT FROM resumable_upload u WHERE u.file = f.file AND u.finished_at IS NULL);
