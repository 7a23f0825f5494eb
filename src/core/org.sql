-- Organizations, memberships and the organization's settings.

-- @query org_first :one () -> (id, title)
SELECT id, title FROM organization ORDER BY id LIMIT 1;

-- @query org_lock :exec ()
LOCK TABLE organization IN SHARE ROW EXCLUSIVE MODE;

-- @query org_by_token :one (token text) -> (id, title)
SELECT id, title FROM organization WHERE token = $1;

-- @query org_insert :one (title text, token text, owner int4, legacy_tokens bool) -> (id)
INSERT INTO organization (title, token, created_by, legacy_api_tokens_enabled) VALUES ($1, $2, $3, $4) RETURNING id;

-- @query org_own :exec (organization int4, owner int4)
WITH m AS (INSERT INTO membership (organization_id, user_id, role) VALUES ($1, $2, 'OW'))
UPDATE user_account SET active_organization = $1 WHERE id = $2 AND active_organization IS NULL;

-- @query org_join :exec (organization int4, user_id int4, role text)
INSERT INTO membership (organization_id, user_id, role)
SELECT id, $2, coalesce($3, default_role) FROM organization WHERE id = $1
ON CONFLICT (organization_id, user_id) DO UPDATE SET deleted_at = NULL, role = excluded.role, updated_at = now();

-- @query org_list :many (user_id int4) -> (id, title, contact_info, created_at)
SELECT o.id, o.title, o.contact_info, o.created_at FROM membership m JOIN organization o ON o.id = m.organization_id
WHERE m.user_id = $1 AND m.deleted_at IS NULL AND m.role <> 'DI' ORDER BY o.id;

-- @query org_get :one (id int4)
-- -> (id, title, token, created_at, updated_at, contact_info, created_by, default_role, custom_scripts_enabled, users)
SELECT o.id, o.title, o.token, o.created_at, o.updated_at, o.contact_info, o.created_by, o.default_role, o.custom_scripts_enabled,
       (SELECT '[' || coalesce(string_agg(m.user_id::text, ',' ORDER BY m.id DESC), '') || ']'
        FROM membership m WHERE m.organization_id = o.id) AS users
FROM organization o WHERE o.id = $1;

-- A null leaves the column as it is; contact_info may be set to null.
-- @query org_update :exec (id int4, title text, has_contact bool, contact_info text, custom_scripts bool)
UPDATE organization SET title = coalesce($2, title), contact_info = CASE WHEN $3 THEN $4 ELSE contact_info END,
    custom_scripts_enabled = coalesce($5, custom_scripts_enabled), updated_at = now(), version = version + 1
WHERE id = $1;

-- @query org_update_defaults :exec (id int4, default_role text, custom_scripts bool)
UPDATE organization SET default_role = coalesce($2, default_role), custom_scripts_enabled = coalesce($3, custom_scripts_enabled),
    updated_at = now(), version = version + 1
WHERE id = $1;

-- @query org_token_get :one (id int4) -> (token)
SELECT token FROM organization WHERE id = $1;

-- @query org_token_set :exec (id int4, token text)
UPDATE organization SET token = $2, updated_at = now() WHERE id = $1;

-- @query org_settings :one (id int4)
-- -> (title, token, default_role, api_tokens_enabled, legacy_api_tokens_enabled, api_token_ttl_days, max_session_age_min,
--     max_session_idle_min, created_at, updated_at)
SELECT title, token, default_role, api_tokens_enabled, legacy_api_tokens_enabled, api_token_ttl_days, max_session_age_min, max_session_idle_min, created_at, updated_at
FROM organization WHERE id = $1;

-- @query org_set_tokens :exec (id int4, api_tokens bool, legacy_tokens bool, ttl_days int4)
UPDATE organization SET api_tokens_enabled = coalesce($2, api_tokens_enabled),
    legacy_api_tokens_enabled = coalesce($3, legacy_api_tokens_enabled), api_token_ttl_days = coalesce($4, api_token_ttl_days),
    updated_at = now(), version = version + 1
WHERE id = $1;

-- @query org_set_rules :exec (id int4, title text, default_role text, api_tokens bool, legacy_tokens bool)
UPDATE organization SET title = $2, default_role = $3, api_tokens_enabled = $4, legacy_api_tokens_enabled = $5,
    updated_at = now(), version = version + 1
WHERE id = $1;

-- @query org_set_session :exec (id int4, age_min int4, idle_min int4)
UPDATE organization SET max_session_age_min = coalesce($2, max_session_age_min),
    max_session_idle_min = coalesce($3, max_session_idle_min), updated_at = now(), version = version + 1
WHERE id = $1;

-- Projects are listed as far as the caller sees them ($2, $3).
-- @query org_members :many (organization int4, caller int4, caller_role text, search text, roles text[], deleted bool,
--     active_only bool, with_projects bool, skip int8, most int8)
-- -> (id, organization_id, user_id, role, role_source, created_at, created_projects, contributed_to_projects)
SELECT m.id, m.organization_id, m.user_id, m.role, m.role_source, m.created_at,
       CASE WHEN $8 THEN
           (SELECT '[' || coalesce(string_agg(format('{"id":%s,"title":%s}', p.id, to_json(p.title)), ',' ORDER BY p.id), '') || ']'
            FROM visible_project($1, $2, $3) p WHERE p.created_by = m.user_id)
       END AS created_projects,
       CASE WHEN $8 THEN
           (SELECT '[' || coalesce(string_agg(format('{"id":%s,"title":%s}', p.id, to_json(p.title)), ',' ORDER BY p.id), '') || ']'
            FROM visible_project($1, $2, $3) p
            WHERE EXISTS (SELECT FROM annotation a WHERE a.project_id = p.id AND a.completed_by = m.user_id AND a.deleted_at IS NULL))
       END AS contributed_to_projects
FROM membership m JOIN user_account u ON u.id = m.user_id
WHERE m.organization_id = $1 AND (m.deleted_at IS NOT NULL) = $6
  AND ($5 IS NULL OR m.role = ANY ($5)) AND NOT ($7 AND m.role IN ('NO', 'DI'))
  AND ($4 IS NULL OR strpos(lower(concat_ws(' ', u.first_name, u.last_name, u.username, u.email)), lower($4)) > 0)
ORDER BY m.user_id OFFSET $9 LIMIT $10;

-- @query org_member_count :one (organization int4, search text, roles text[], deleted bool, active_only bool) -> (n)
SELECT count(*) AS n
FROM membership m JOIN user_account u ON u.id = m.user_id
WHERE m.organization_id = $1 AND (m.deleted_at IS NOT NULL) = $4
  AND ($3 IS NULL OR m.role = ANY ($3)) AND NOT ($5 AND m.role IN ('NO', 'DI'))
  AND ($2 IS NULL OR strpos(lower(concat_ws(' ', u.first_name, u.last_name, u.username, u.email)), lower($2)) > 0);

-- @query org_member_figures :one (organization int4, user_id int4)
-- -> (user_id, role, role_source, created_at, contributed_projects, annotations)
SELECT m.user_id, m.role, m.role_source, m.created_at, count(DISTINCT a.project_id) AS contributed_projects, count(a.id) AS annotations
FROM membership m
LEFT JOIN (annotation a JOIN project p ON p.id = a.project_id AND p.deleted_at IS NULL)
       ON a.completed_by = m.user_id AND p.organization_id = m.organization_id AND a.deleted_at IS NULL
WHERE m.organization_id = $1 AND m.user_id = $2 GROUP BY m.id;

-- @query org_member_role :one (organization int4, user_id int4) -> (role)
SELECT role FROM membership WHERE organization_id = $1 AND user_id = $2 AND deleted_at IS NULL FOR NO KEY UPDATE;

-- @query org_member_set_role :exec (organization int4, user_id int4, role text)
UPDATE membership SET role = $3, role_source = 'manual', updated_at = now() WHERE organization_id = $1 AND user_id = $2 AND deleted_at IS NULL;

-- @query org_member_end :exec (organization int4, user_id int4)
WITH left_now AS (UPDATE membership SET deleted_at = now(), updated_at = now() WHERE organization_id = $1 AND user_id = $2 AND deleted_at IS NULL),
     locks AS (DELETE FROM task_lock l USING project p WHERE l.user_id = $2 AND p.id = l.project_id AND p.organization_id = $1)
UPDATE user_account SET active_organization = NULL WHERE id = $2 AND active_organization = $1;

-- Who belongs nowhere any more has no use for credentials.
-- @query org_member_lock_out :exec (user_id int4)
WITH gone AS (SELECT $1 AS id WHERE NOT EXISTS (SELECT FROM membership m WHERE m.user_id = $1 AND m.deleted_at IS NULL)),
     sessions AS (DELETE FROM user_session s USING gone g WHERE s.user_id = g.id),
     personal AS (UPDATE refresh_token t SET revoked_at = now() FROM gone g WHERE t.user_id = g.id AND t.revoked_at IS NULL)
DELETE FROM legacy_token t USING gone g WHERE t.user_id = g.id;

-- @query org_member_lines :many (organization int4, skip int8, most int8, search text)
-- -> (id, first_name, last_name, username, email, last_activity, role, annotated_tasks)
SELECT u.id, u.first_name, u.last_name, u.username, u.email, u.last_activity, m.role,
       coalesce((SELECT sum(c.done_tasks) FROM project p JOIN project_user_counter c ON c.project_id = p.id AND c.user_id = u.id
                 WHERE p.organization_id = m.organization_id AND p.deleted_at IS NULL), 0)::int8 AS annotated_tasks
FROM membership m JOIN user_account u ON u.id = m.user_id
WHERE m.organization_id = $1 AND m.deleted_at IS NULL
  AND ($4 IS NULL OR strpos(lower(concat_ws(' ', u.first_name, u.last_name, u.username, u.email)), lower($4)) > 0)
ORDER BY nullif(concat_ws(' ', nullif(u.first_name, ''), nullif(u.last_name, '')), '') COLLATE label_order NULLS LAST,
         u.email COLLATE label_order, u.id
OFFSET $2 LIMIT $3;
