-- Snapshots of projects and their conversions. Files are written by jobs; what the job says is the state of what it makes.

-- @query snapshot_list :many (organization int4, member int4, role text, project int4, id int4, most int8)
-- -> (id, project, title, created_by, created_at, finished_at, status, md5, tasks, size_bytes, converted_formats, task_filter_options,
--     annotation_filter_options, serialization_options, file, progress, error)
SELECT e.id, e.project_id AS project, e.title,
       CASE WHEN u.id IS NOT NULL THEN json_build_object('id', u.id, 'first_name', u.first_name, 'last_name', u.last_name,
            'email', u.email, 'avatar', u.avatar, 'username', u.username) END AS created_by,
       e.created_at, e.finished_at, job_status(e.finished_at, j.state) AS status, e.md5, e.tasks, e.size_bytes,
       coalesce((SELECT json_agg(json_build_object('id', c.id, 'status', job_status(c.finished_at, cj.state), 'export_type', c.export_type,
                                                   'traceback', cj.error) ORDER BY c.id)
                 FROM converted_export c LEFT JOIN job cj ON cj.id = c.job WHERE c.export_id = e.id), '[]') AS converted_formats,
       e.task_filter_options, e.annotation_filter_options, e.serialization_options, e.file, j.progress, j.error
FROM project_export e
JOIN visible_project($1, $2, $3) p ON p.id = e.project_id
LEFT JOIN user_account u ON u.id = e.created_by
LEFT JOIN job j ON j.id = e.job
WHERE e.project_id = $4 AND ($5::int4 IS NULL OR e.id = $5)
ORDER BY e.created_at DESC, e.id DESC LIMIT $6;

-- @query snapshot_insert :one (organization int4, member int4, role text, project int4, title text, tasks jsonb, annotations jsonb,
--   serialization jsonb, query jsonb) -> (id)
INSERT INTO project_export (project_id, created_by, title, task_filter_options, annotation_filter_options, serialization_options, query)
SELECT p.id, $2, coalesce(nullif($5, ''), replace(coalesce(p.title, ''), ' ', '-') || '-at-' || to_char(now(), 'YYYY-MM-DD-HH24-MI')),
       $6, $7, $8, $9
FROM visible_project($1, $2, $3) p WHERE p.id = $4
RETURNING id;

-- @query snapshot_job :exec (id int4, job int8)
UPDATE project_export SET job = $2 WHERE id = $1;

-- Its files and those made of it; jobs that are at it find out at their next step.
-- @query snapshot_delete :many (organization int4, member int4, role text, project int4, id int4) -> (file)
WITH gone AS (
    DELETE FROM project_export e USING visible_project($1, $2, $3) p
    WHERE p.id = e.project_id AND e.project_id = $4 AND e.id = $5 RETURNING e.id, e.file, e.job),
made AS (SELECT c.file, c.job FROM converted_export c JOIN gone g ON g.id = c.export_id),
ended AS (
    UPDATE job SET state = 'cancelled', finished_at = now(), locked_by = NULL
    WHERE id IN (SELECT job FROM gone UNION ALL SELECT job FROM made) AND state IN ('waiting', 'running'))
SELECT file FROM gone UNION ALL SELECT file FROM made WHERE file IS NOT NULL;

-- Whoever asks first makes it; one whose job has failed may be asked for again.
-- @query snapshot_convert :one (export int4, export_type text) -> (id)
INSERT INTO converted_export AS c (export_id, export_type) VALUES ($1, $2)
ON CONFLICT (export_id, export_type) DO UPDATE SET created_at = now(), job = NULL
WHERE c.finished_at IS NULL AND NOT EXISTS (SELECT FROM job j WHERE j.id = c.job AND j.state IN ('waiting', 'running'))
RETURNING id;

-- @query snapshot_convert_job :exec (id int4, job int8)
UPDATE converted_export SET job = $2 WHERE id = $1;

-- @query snapshot_converted :one (export int4, export_type text) -> (file)
SELECT file FROM converted_export WHERE export_id = $1 AND export_type = $2 AND finished_at IS NOT NULL;

-- @query snapshot_to_write :one (id int4) -> (project, organization, created_by, task_filter_options, annotation_filter_options,
--   serialization_options, query, finished, total)
SELECT e.project_id AS project, p.organization_id AS organization, e.created_by, e.task_filter_options, e.annotation_filter_options,
       e.serialization_options, e.query, e.finished_at IS NOT NULL AS finished,
       (SELECT coalesce(sum(task_number), 0)::int8 FROM project_counter c WHERE c.project_id = e.project_id) AS total
FROM project_export e JOIN project p ON p.id = e.project_id WHERE e.id = $1;

-- @query snapshot_written :exec (id int4, file text, size_bytes int8, md5 text, tasks int8)
UPDATE project_export SET file = $2, size_bytes = $3, md5 = $4, tasks = $5, finished_at = now() WHERE id = $1 AND finished_at IS NULL;

-- @query snapshot_to_convert :one (id int4) -> (project, organization, created_by, export_type, file, finished)
SELECT e.project_id AS project, p.organization_id AS organization, e.created_by, c.export_type, e.file, c.finished_at IS NOT NULL AS finished
FROM converted_export c JOIN project_export e ON e.id = c.export_id JOIN project p ON p.id = e.project_id WHERE c.id = $1;

-- @query snapshot_was_converted :exec (id int4, file text, size_bytes int8)
UPDATE converted_export SET file = $2, size_bytes = $3, finished_at = now() WHERE id = $1 AND finished_at IS NULL;

-- @query snapshot_unknown_files :many (files text[]) -> (file)
SELECT f.file FROM unnest($1) f (file)
WHERE NOT EXISTS (SELECT FROM project_export e WHERE e.file = f.file) AND NOT EXISTS (SELECT FROM converted_export c WHERE c.file = f.file);
