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
-- -> (id, title, token, created_at, updated_at, contact_info, created_by, default_role, custom_scripts_enabled,
--     email_notification_settings, external_id, users)
SELECT o.id, o.title, o.token, o.created_at, o.updated_at, o.contact_info, o.created_by, o.default_role, o.custom_scripts_enabled,
       o.email_notification_settings, o.external_id,
       (SELECT '[' || coalesce(string_agg(m.user_id::text, ',' ORDER BY m.id DESC), '') || ']'
        FROM membership m WHERE m.organization_id = o.id) AS users
FROM organization o WHERE o.id = $1;

-- A null leaves the column as it is; contact_info may be set to null.
-- @query org_update :exec (id int4, title text, has_contact bool, contact_info text, custom_scripts bool,
--     notifications jsonb)
UPDATE organization SET title = coalesce($2, title), contact_info = CASE WHEN $3 THEN $4 ELSE contact_info END,
    custom_scripts_enabled = coalesce($5, custom_scripts_enabled), email_notification_settings = coalesce($6, email_notification_settings),
    updated_at = now(), version = version + 1
WHERE id = $1;

-- Is a member also active in another organization? Scripts of projects act in the name of those who open them.
-- @query org_shared_people :one (id int4) -> (emails)
SELECT string_agg(x.email, ', ') AS emails
FROM (SELECT u.email FROM membership m JOIN user_account u ON u.id = m.user_id
      WHERE m.organization_id = $1 AND m.deleted_at IS NULL AND m.role <> 'DI'
        AND EXISTS (SELECT FROM membership o WHERE o.user_id = m.user_id AND o.organization_id <> m.organization_id
                    AND o.deleted_at IS NULL AND o.role <> 'DI')
      ORDER BY u.email LIMIT 20) x;

-- The same of one who is about to come in: neither here nor where they are already may scripts be on.
-- @query org_takes :one (id int4, user_id int4) -> (takes)
SELECT NOT EXISTS (SELECT FROM membership m JOIN organization x ON x.id = m.organization_id
                   WHERE m.user_id = $2 AND m.organization_id <> $1 AND m.deleted_at IS NULL AND m.role <> 'DI'
                     AND (x.custom_scripts_enabled OR o.custom_scripts_enabled)) AS takes
FROM organization o WHERE o.id = $1;

-- Who comes in shares these rows, who turns scripts on takes the one alone, and each looks only then: one of them sees the other.
-- @query org_takes_lock :exec (id int4, user_id int4)
SELECT FROM organization o
WHERE o.id = $1 OR o.id IN (SELECT m.organization_id FROM membership m WHERE m.user_id = $2 AND m.deleted_at IS NULL)
ORDER BY o.id FOR SHARE;

-- @query org_scripts_lock :exec (id int4)
SELECT FROM organization o WHERE o.id = $1 FOR NO KEY UPDATE;

-- @query org_set_scripts :exec (id int4, enabled bool, hosts text)
UPDATE organization SET custom_scripts_enabled = $2, custom_script_hosts = $3, updated_at = now(), version = version + 1 WHERE id = $1;

-- @query org_update_defaults :exec (id int4, default_role text, custom_scripts bool, notifications jsonb, external_id text)
UPDATE organization SET default_role = coalesce($2, default_role), custom_scripts_enabled = coalesce($3, custom_scripts_enabled),
    email_notification_settings = coalesce($4, email_notification_settings), external_id = coalesce($5, external_id),
    updated_at = now(), version = version + 1
WHERE id = $1;

-- @query org_token_get :one (id int4) -> (token)
SELECT token FROM organization WHERE id = $1;

-- @query org_token_set :exec (id int4, token text)
UPDATE organization SET token = $2, updated_at = now() WHERE id = $1;

-- @query org_settings :one (id int4)
-- -> (title, token, default_role, api_tokens_enabled, legacy_api_tokens_enabled, api_token_ttl_days, max_session_age_min,
--     max_session_idle_min, created_at, updated_at, custom_scripts_enabled, custom_script_hosts)
SELECT title, token, default_role, api_tokens_enabled, legacy_api_tokens_enabled, api_token_ttl_days, max_session_age_min, max_session_idle_min, created_at, updated_at,
       custom_scripts_enabled, custom_script_hosts
FROM organization WHERE id = $1;

-- @query org_set_tokens :exec (id int4, api_tokens bool, legacy_tokens bool, ttl_days int4)
UPDATE organization SET api_tokens_enabled = coalesce($2, api_tokens_enabled),
    legacy_api_tokens_enabled = coalesce($3, legacy_api_tokens_enabled), api_token_ttl_days = coalesce($4, api_token_ttl_days),
    updated_at = now(), version = version + 1
WHERE id = $1;

-- @query org_set_rules :exec (id int4, title text, default_role text)
UPDATE organization SET title = $2, default_role = $3, updated_at = now(), version = version + 1 WHERE id = $1;

-- @query org_set_session :exec (id int4, age_min int4, idle_min int4)
UPDATE organization SET max_session_age_min = coalesce($2, max_session_age_min),
    max_session_idle_min = coalesce($3, max_session_idle_min), updated_at = now(), version = version + 1
WHERE id = $1;

-- Projects are listed as far as the caller sees them ($2, $3). Filters as of member_search; the excluded are explicit members.
-- @query org_members :many (organization int4, caller int4, caller_role text, search text, roles text[], deleted bool,
--     active_only bool, with_projects bool, since timestamptz, until timestamptz, tags text[], not_in_project int4,
--     not_in_workspace int4, ordering text, skip int8, most int8, user_id int4)
-- -> (id, organization_id, user_id, role, role_source, tags, created_at, created_projects, contributed_to_projects)
SELECT m.id, m.organization_id, m.user_id, m.role, m.role_source,
       (SELECT '[' || coalesce(string_agg(format('{"id":%s,"label":%s}', g.id, to_json(g.label)), ',' ORDER BY g.id), '') || ']'
        FROM member_tag_assignment a JOIN member_tag g ON g.id = a.tag_id WHERE a.membership_id = m.id) AS tags, m.created_at,
       CASE WHEN $8 THEN
           (SELECT '[' || coalesce(string_agg(format('{"id":%s,"title":%s}', p.id, to_json(p.title)), ',' ORDER BY p.id), '') || ']'
            FROM visible_project($1, $2, $3) p WHERE p.created_by = m.user_id)
       END AS created_projects,
       CASE WHEN $8 THEN
           (SELECT '[' || coalesce(string_agg(format('{"id":%s,"title":%s}', p.id, to_json(p.title)), ',' ORDER BY p.id), '') || ']'
            FROM visible_project($1, $2, $3) p
            WHERE EXISTS (SELECT FROM annotation a WHERE a.project_id = p.id AND a.completed_by = m.user_id AND a.deleted_at IS NULL))
       END AS contributed_to_projects
FROM member_search($1, $4, $9, $10, $11) m JOIN user_account u ON u.id = m.user_id
WHERE (m.deleted_at IS NOT NULL) = $6 AND ($17 IS NULL OR m.user_id = $17)
  AND ($5 IS NULL OR m.role = ANY ($5)) AND NOT ($7 AND m.role IN ('NO', 'DI'))
  AND ($12 IS NULL OR NOT EXISTS (SELECT FROM project_member e WHERE e.project_id = $12 AND e.user_id = m.user_id))
  AND ($13 IS NULL OR NOT EXISTS (SELECT FROM workspace_member e WHERE e.workspace_id = $13 AND e.user_id = m.user_id))
ORDER BY CASE WHEN $14 = 'role' THEN m.role END, CASE WHEN $14 = '-role' THEN m.role END DESC,
         CASE WHEN $14 IN ('email', 'user__email') THEN u.email END COLLATE label_order,
         CASE WHEN $14 IN ('-email', '-user__email') THEN u.email END COLLATE label_order DESC,
         CASE WHEN $14 IN ('first_name', 'user__first_name') THEN u.first_name END COLLATE label_order,
         CASE WHEN $14 IN ('-first_name', '-user__first_name') THEN u.first_name END COLLATE label_order DESC,
         CASE WHEN $14 = 'user__last_activity' THEN u.last_activity END, CASE WHEN $14 = '-user__last_activity' THEN u.last_activity END DESC,
         CASE WHEN $14 IN ('-id', '-user__id') THEN m.user_id END DESC, m.user_id
OFFSET $15 LIMIT $16;

-- @query org_member_count :one (organization int4, search text, roles text[], deleted bool, active_only bool, since timestamptz,
--     until timestamptz, tags text[], not_in_project int4, not_in_workspace int4) -> (n)
SELECT count(*) AS n
FROM member_search($1, $2, $6, $7, $8) m
WHERE (m.deleted_at IS NOT NULL) = $4
  AND ($3 IS NULL OR m.role = ANY ($3)) AND NOT ($5 AND m.role IN ('NO', 'DI'))
  AND ($9 IS NULL OR NOT EXISTS (SELECT FROM project_member e WHERE e.project_id = $9 AND e.user_id = m.user_id))
  AND ($10 IS NULL OR NOT EXISTS (SELECT FROM workspace_member e WHERE e.workspace_id = $10 AND e.user_id = m.user_id));

-- Workspaces and their projects, as a choice for filters.
-- @query org_places :many (organization int4, member int4, role text, search text) -> (id, title, projects)
SELECT w.id, w.title,
       (SELECT '[' || coalesce(string_agg(format('{"id":%s,"kind":"project","label":%s}', p.id, to_json(p.title)), ',' ORDER BY p.id), '') || ']'
        FROM visible_project($1, $2, $3) p WHERE p.workspace_id = w.id) AS projects
FROM visible_workspace($1, $2, $3) w
WHERE $4 IS NULL OR strpos(lower(w.title), lower($4)) > 0
   OR EXISTS (SELECT FROM visible_project($1, $2, $3) p WHERE p.workspace_id = w.id AND strpos(lower(p.title), lower($4)) > 0)
ORDER BY w.title COLLATE label_order, w.id;

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
-- -> (id, first_name, last_name, username, email, avatar, last_activity, role, annotated_tasks, tags)
SELECT u.id, u.first_name, u.last_name, u.username, u.email, u.avatar, u.last_activity, m.role,
       coalesce((SELECT sum(c.done_tasks) FROM project p JOIN project_user_counter c ON c.project_id = p.id AND c.user_id = u.id
                 WHERE p.organization_id = m.organization_id AND p.deleted_at IS NULL), 0)::int8 AS annotated_tasks,
       (SELECT json_agg(g.label ORDER BY g.label COLLATE label_order) FROM member_tag_assignment a JOIN member_tag g ON g.id = a.tag_id
        WHERE a.membership_id = m.id) AS tags
FROM membership m JOIN user_account u ON u.id = m.user_id
WHERE m.organization_id = $1 AND m.deleted_at IS NULL
  AND ($4 IS NULL OR strpos(lower(concat_ws(' ', u.first_name, u.last_name, u.username, u.email)), lower($4)) > 0)
ORDER BY nullif(concat_ws(' ', nullif(u.first_name, ''), nullif(u.last_name, '')), '') COLLATE label_order NULLS LAST,
         u.email COLLATE label_order, u.id
OFFSET $2 LIMIT $3;

-- @query org_member_by_email :one (organization int4, email text) -> (id)
SELECT u.id FROM user_account u JOIN membership m ON m.user_id = u.id
WHERE lower(u.email) = lower($2) AND u.email <> '' AND m.organization_id = $1 AND m.deleted_at IS NULL;

-- ---- permission overrides

-- @query org_overrides :one (id int4) -> (overrides)
SELECT permission_overrides AS overrides FROM organization WHERE id = $1;

-- roles null: back to the default.
-- @query org_override_set :exec (id int4, permission text, roles text[])
UPDATE organization SET permission_overrides = CASE WHEN $3 IS NULL THEN permission_overrides - $2
        ELSE jsonb_set(permission_overrides, ARRAY[$2], to_jsonb($3)) END,
    updated_at = now(), version = version + 1
WHERE id = $1;
