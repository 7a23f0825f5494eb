-- Duplicates of projects. Settings are copied column by column, so that a new setting is copied too; what belongs to the work, to people
-- or to predictions that are not copied begins anew.

-- @query duplicate_project :one (organization int4, member int4, role text, project int4, title text, description text, workspace int4,
--     with_data bool) -> (id, upto)
WITH o AS (
    SELECT p.*, nextval(pg_get_serial_sequence('project', 'id')) AS new_id FROM visible_project($1, $2, $3) p WHERE p.id = $4),
p AS (
    INSERT INTO project SELECT n.* FROM o CROSS JOIN LATERAL jsonb_populate_record(NULL::project, to_jsonb(o) || jsonb_build_object(
        'id', o.new_id, 'title', $5, 'description', coalesce($6, o.description), 'workspace_id', $7, 'created_by', $2,
        'created_at', now(), 'updated_at', now(), 'deleted_at', NULL, 'deleted_by', NULL, 'pinned_at', NULL, 'version', 1,
        'is_published', false, 'is_draft', false, 'has_reviews', false, 'has_comments', false, 'has_review_queue', false, 'model_version', '',
        'duplication_status', CASE WHEN $8 THEN 'in_progress' ELSE 'completed' END)) n
    RETURNING id),
s AS (INSERT INTO project_sequence (project_id) SELECT id FROM p),
g AS (INSERT INTO stream_gate (project_id) SELECT id FROM p)
SELECT p.id, (SELECT coalesce(max(t.inner_id), 0) FROM task t WHERE t.project_id = $4) AS upto FROM p;

-- @query duplicate_members :exec (from_project int4, to_project int4)
WITH m AS (INSERT INTO project_member (project_id, user_id) SELECT $2, user_id FROM project_member WHERE project_id = $1)
INSERT INTO project_role (project_id, user_id, role, role_source) SELECT $2, user_id, role, role_source FROM project_role WHERE project_id = $1;

-- The next tasks by inner_id. The row of the sequence is locked as by everybody who adds tasks, so ids and inner ids rise together. Uploaded
-- files are named by the project that they are in.
-- @query duplicate_tasks :one (from_project int4, to_project int4, after int4, upto int4, most int4) -> (n, reached)
WITH src AS MATERIALIZED (
    SELECT t.inner_id, t.data, t.meta, t.overlap, t.allow_skip, f.id AS file, row_number() OVER (ORDER BY t.inner_id) AS place
    FROM task t
    LEFT JOIN file_upload u ON u.id = t.file_upload_id
    LEFT JOIN file_upload f ON f.project_id = $2 AND f.file = replace(u.file, format('upload/%s/', $1), format('upload/%s/', $2))
    WHERE t.project_id = $1 AND t.inner_id > $3 AND t.inner_id <= $4 AND t.deleted_at IS NULL
    ORDER BY t.inner_id LIMIT $5),
seq AS (
    UPDATE project_sequence SET next_inner_id = next_inner_id + (SELECT count(*) FROM src)::int4 WHERE project_id = $2
    RETURNING next_inner_id - (SELECT count(*) FROM src) AS first),
added AS (
    INSERT INTO task (project_id, inner_id, data, meta, overlap, allow_skip, file_upload_id)
    SELECT $2, seq.first + src.place - 1,
           replace(src.data::text, format('"/data/upload/%s/', $1), format('"/data/upload/%s/', $2))::jsonb,
           src.meta, src.overlap, src.allow_skip, src.file
    FROM src CROSS JOIN seq ORDER BY src.place
    RETURNING 1)
SELECT (SELECT count(*) FROM added) AS n, (SELECT coalesce(max(inner_id), $4) FROM src) AS reached;

-- @query duplicate_done :exec (project int4)
UPDATE project SET duplication_status = 'completed', updated_at = now() WHERE id = $1;
