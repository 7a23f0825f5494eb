-- Imports that are remembered.

-- None when the key was used before; another transaction that uses it is waited for.
-- @query import_record_insert :one (project int4, member int4, kind text, key text, digest bytea, request jsonb, files text[]) -> (id)
INSERT INTO project_import (project_id, created_by, kind, key, digest, request, files) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (project_id, created_by, kind, key) WHERE key IS NOT NULL DO NOTHING
RETURNING id;

-- A job that failed without a word to the import (its runner died each time) leaves the key to whoever tries again. While such a runner
-- is at work after all, it holds the row.
-- @query import_record_free :exec (project int4, member int4, kind text, key text)
UPDATE project_import i SET key = NULL, files = '{}', updated_at = now()
WHERE i.project_id = $1 AND i.created_by = $2 AND i.kind = $3 AND i.key = $4 AND i.finished_at IS NULL AND i.job IS NOT NULL
  AND NOT EXISTS (SELECT FROM job j WHERE j.id = i.job AND j.state IN ('waiting', 'running'));

-- @query import_record_by_key :one (project int4, member int4, kind text, key text) -> (id, digest, answer)
SELECT id, digest, answer FROM project_import WHERE project_id = $1 AND created_by = $2 AND kind = $3 AND key = $4;

-- @query import_record_answer :exec (id int4, answer text)
UPDATE project_import SET answer = $2, error = NULL, files = '{}', finished_at = now(), updated_at = now() WHERE id = $1;

-- @query import_record_job :exec (id int4, job int8)
UPDATE project_import SET job = $2 WHERE id = $1;

-- Whoever does it holds the row: a second runner that took the first for dead waits, and finds it done.
-- @query import_record_lock :one (id int4) -> (finished)
SELECT finished_at IS NOT NULL AS finished FROM project_import WHERE id = $1 FOR NO KEY UPDATE;

-- What no repetition mends ends it: its files are of no use any more, and its key may be used again. Unless another runner has done it.
-- @query import_record_error :exec (id int4, error text)
UPDATE project_import SET error = $2, key = NULL, files = '{}', updated_at = now() WHERE id = $1 AND finished_at IS NULL;

-- kinds: reimports have an address of their own.
-- @query import_record_get :one (organization int4, member int4, role text, project int4, id int4, reimport bool)
-- -> (id, project, kind, status, request, answer, error, progress, created_at, updated_at, finished_at)
SELECT i.id, i.project_id AS project, i.kind, job_status(i.finished_at, j.state) AS status, i.request, i.answer,
       coalesce(i.error, j.error) AS error, j.progress, i.created_at, i.updated_at, i.finished_at
FROM project_import i JOIN visible_project($1, $2, $3) p ON p.id = i.project_id LEFT JOIN job j ON j.id = i.job
WHERE i.project_id = $4 AND i.id = $5 AND (i.kind = 'reimport') = $6;

-- @query import_record_work :one (id int4) -> (project, organization, created_by, kind, request, files, finished)
SELECT i.project_id AS project, p.organization_id AS organization, i.created_by, i.kind, i.request, to_json(i.files) AS files, i.finished_at IS NOT NULL AS finished
FROM project_import i JOIN project p ON p.id = i.project_id AND p.deleted_at IS NULL WHERE i.id = $1;

-- @query import_record_unknown_files :many (files text[]) -> (file)
SELECT f.file FROM unnest($1) f (file)
WHERE NOT EXISTS (SELECT FROM project_import i WHERE f.file = ANY (i.files) AND i.project_id = split_part(f.file, '/', 2)::int4);
