-- Uploaded files without a row.

-- Directories of projects that the database does not know stay as they are: somebody may be about to restore it.
-- @query sweep_files_project :one (project int4) -> (known)
SELECT EXISTS (SELECT FROM project WHERE id = $1) AS known;

-- Transactions that run may still commit rows of files that they have put there.
-- @query sweep_files_oldest :one () -> (age_s)
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::int8 AS age_s FROM pg_stat_activity
WHERE datname = current_database();

-- @query sweep_files_unknown :many (files text[]) -> (file)
SELECT f.file FROM unnest($1) f (file) WHERE NOT EXISTS (SELECT FROM file_upload u WHERE u.file = f.file);
