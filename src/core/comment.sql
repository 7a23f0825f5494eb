-- Comments on annotations and drafts. Whoever writes one locks its task first; task_feedback_recount() then brings the task up to date.

-- @query comment_row :one (organization int4, member int4, role text, comment int4) -> (id, annotation, draft, task, project, text, region_ref,
--   classifications, is_resolved, resolved_at, created_by, created_at, updated_at, first_name, last_name, username, email, avatar)
SELECT c.id, c.annotation_id AS annotation, c.draft_id AS draft, c.task_id AS task, c.project_id AS project, c.text, c.region_ref,
       c.classifications, c.is_resolved, c.resolved_at, c.created_by, c.created_at, c.updated_at, u.first_name, u.last_name, u.username, u.email, u.avatar
FROM visible_comment($1, $2, $3) c LEFT JOIN user_account u ON u.id = c.created_by WHERE c.id = $4;

-- Of an annotation, of a draft, or of both together. by_change: in the order of their last change instead of that of their making.
-- @query comment_of_target :many (organization int4, member int4, role text, annotation int4, draft int4, projects int4[], annotators int4[],
--     by_change bool, descending bool) -> (id, annotation, draft, task, project, text, region_ref,
--   classifications, is_resolved, resolved_at, created_by, created_at, updated_at, first_name, last_name, username, email, avatar)
SELECT c.id, c.annotation_id AS annotation, c.draft_id AS draft, c.task_id AS task, c.project_id AS project, c.text, c.region_ref,
       c.classifications, c.is_resolved, c.resolved_at, c.created_by, c.created_at, c.updated_at, u.first_name, u.last_name, u.username, u.email, u.avatar
FROM (SELECT id FROM comment WHERE annotation_id = $4 UNION ALL SELECT id FROM comment WHERE draft_id = $5) x
CROSS JOIN LATERAL (SELECT * FROM visible_comment($1, $2, $3) v WHERE v.id = x.id) c
LEFT JOIN user_account u ON u.id = c.created_by
WHERE ($6::int4[] IS NULL OR c.project_id = ANY ($6)) AND ($7::int4[] IS NULL OR c.author = ANY ($7))
ORDER BY CASE WHEN $8 THEN extract(epoch FROM c.updated_at) ELSE c.id END * CASE WHEN $9 THEN -1 ELSE 1 END, c.id;

-- Of projects (null: of all that the caller sees), on work of these people (null: of anybody).
-- @query comment_of_projects :many (organization int4, member int4, role text, annotation int4, draft int4, projects int4[], annotators int4[],
--     by_change bool, descending bool) -> (id, annotation, draft, task, project, text, region_ref,
--   classifications, is_resolved, resolved_at, created_by, created_at, updated_at, first_name, last_name, username, email, avatar)
SELECT c.id, c.annotation_id AS annotation, c.draft_id AS draft, c.task_id AS task, c.project_id AS project, c.text, c.region_ref,
       c.classifications, c.is_resolved, c.resolved_at, c.created_by, c.created_at, c.updated_at, u.first_name, u.last_name, u.username, u.email, u.avatar
FROM visible_comment($1, $2, $3) c LEFT JOIN user_account u ON u.id = c.created_by
WHERE ($4::int4 IS NULL OR c.annotation_id = $4) AND ($5::int4 IS NULL OR c.draft_id = $5)
  AND ($6::int4[] IS NULL OR c.project_id = ANY ($6)) AND ($7::int4[] IS NULL OR c.author = ANY ($7))
ORDER BY CASE WHEN $8 THEN extract(epoch FROM c.updated_at) ELSE c.id END * CASE WHEN $9 THEN -1 ELSE 1 END, c.id;

-- @query comment_zone_known :one (zone text) -> (known)
SELECT EXISTS (SELECT FROM pg_timezone_names WHERE name = $1) AS known;

-- A table of them, times by the clock of a place.
-- @query comment_table :many (organization int4, member int4, role text, annotation int4, draft int4, projects int4[], annotators int4[], zone text)
--   -> (id, project, task, annotation, draft, text, region_ref, classifications, is_resolved, resolved_at, created_by, created_at, updated_at)
SELECT c.id, c.project_id AS project, c.task_id AS task, c.annotation_id AS annotation, c.draft_id AS draft, c.text, c.region_ref, c.classifications,
       c.is_resolved::text AS is_resolved, to_char(c.resolved_at AT TIME ZONE $8, 'YYYY-MM-DD HH24:MI:SS') AS resolved_at, u.email AS created_by,
       to_char(c.created_at AT TIME ZONE $8, 'YYYY-MM-DD HH24:MI:SS') AS created_at,
       to_char(c.updated_at AT TIME ZONE $8, 'YYYY-MM-DD HH24:MI:SS') AS updated_at
FROM visible_comment($1, $2, $3) c LEFT JOIN user_account u ON u.id = c.created_by
WHERE ($4::int4 IS NULL OR c.annotation_id = $4) AND ($5::int4 IS NULL OR c.draft_id = $5)
  AND ($6::int4[] IS NULL OR c.project_id = ANY ($6)) AND ($7::int4[] IS NULL OR c.author = ANY ($7))
ORDER BY c.id;

-- The task of an annotation or a draft that the caller may say something about, locked.
-- @query comment_target :one (organization int4, member int4, role text, annotation int4, draft int4) -> (task, project)
SELECT t.id AS task, p.id AS project
FROM (SELECT a.task_id, a.completed_by AS author FROM annotation a WHERE a.id = $4 AND a.deleted_at IS NULL
      UNION ALL
      SELECT d.task_id, d.user_id FROM draft d WHERE d.id = $5) x
JOIN task t ON t.id = x.task_id AND t.deleted_at IS NULL
JOIN visible_project($1, $2, $3) p ON p.id = t.project_id
WHERE role_in_project(p.id, $2, $3) <> 'AN' OR x.author = $2
FOR NO KEY UPDATE OF t;

-- Under the lock the target is looked for once more: a draft may have been submitted meanwhile. No row: it is gone.
-- @query comment_insert :one (project int4, annotation int4, draft int4, text text, region_ref jsonb, classifications jsonb, resolved bool, member int4) -> (id)
WITH c AS (
    INSERT INTO comment (project_id, annotation_id, draft_id, text, region_ref, classifications, is_resolved, resolved_at, created_by)
    SELECT $1, $2, $3, $4, $5, $6, $7, CASE WHEN $7 THEN now() END, $8
    WHERE EXISTS (SELECT FROM annotation a WHERE a.id = $2 AND a.deleted_at IS NULL) OR EXISTS (SELECT FROM draft d WHERE d.id = $3)
    RETURNING id),
     d AS (UPDATE draft SET has_comments = true WHERE id = $3 AND NOT has_comments),
     p AS (UPDATE project SET has_comments = true WHERE id = $1 AND NOT has_comments)
SELECT id FROM c;

-- @query comment_task_lock :exec (task int4)
SELECT FROM task WHERE id = $1 FOR NO KEY UPDATE;

-- What is null or not given stays.
-- @query comment_update :exec (comment int4, text text, has_region bool, region_ref jsonb, has_classes bool, classifications jsonb, resolved bool)
UPDATE comment SET text = coalesce($2, text), region_ref = CASE WHEN $3 THEN $4 ELSE region_ref END,
    classifications = CASE WHEN $5 THEN $6 ELSE classifications END, is_resolved = coalesce($7, is_resolved),
    resolved_at = CASE WHEN coalesce($7, is_resolved) THEN coalesce(resolved_at, now()) END, updated_at = now()
WHERE id = $1;

-- @query comment_delete :exec (comment int4)
DELETE FROM comment WHERE id = $1;

-- An annotation that becomes a draft again takes what was said about it along.
-- @query comment_to_draft :exec (annotation int4, draft int4)
WITH c AS (UPDATE comment SET draft_id = $2, annotation_id = NULL WHERE annotation_id = $1 RETURNING id)
UPDATE draft SET has_comments = true WHERE id = $2 AND EXISTS (SELECT FROM c);

-- Did this person say something about the annotation, or a draft of it, since its last change, or about the draft?
-- @query comment_said :one (member int4, annotation int4, draft int4) -> (said)
SELECT EXISTS (SELECT FROM comment c JOIN annotation a ON a.id = c.annotation_id WHERE c.annotation_id = $2 AND c.created_by = $1 AND c.created_at >= a.updated_at)
       OR EXISTS (SELECT FROM draft d JOIN comment c ON c.draft_id = d.id WHERE d.annotation_id = $2 AND c.created_by = $1)
       OR EXISTS (SELECT FROM comment c WHERE c.draft_id = $3 AND c.created_by = $1) AS said;
