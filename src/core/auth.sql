-- One query per kind of credential: the user, the active organization, the role there and the versions that key caches.
-- Every column list is the same, so that one function reads all three. `stale`: the use was last noted over a minute ago.
-- project_roles: another role counts in some project.
-- Without an active organization its columns are null: such users get empty lists and 404.

-- @query auth_token :one (token text)
-- -> (user_id, active, is_superuser, email, username, first_name, last_name, organization_id, organization_title, role,
--     organization_version, overrides, legacy_tokens, api_tokens, project_roles, hooks, stale)
SELECT u.id AS user_id, u.is_active AND u.deleted_at IS NULL AND m.role IS DISTINCT FROM 'DI' AS active, u.is_superuser,
       u.email, u.username, u.first_name, u.last_name,
       o.id AS organization_id, o.title AS organization_title, m.role, o.version AS organization_version,
       o.permission_overrides::text AS overrides,
       coalesce(o.legacy_api_tokens_enabled, true) AS legacy_tokens, coalesce(o.api_tokens_enabled, true) AS api_tokens,
       CASE WHEN m.role IN ('AN', 'RE') THEN EXISTS (SELECT FROM project_role r WHERE r.user_id = u.id) ELSE false END AS project_roles,
       coalesce(o.webhooks, 0) > 0 AS hooks, t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute' AS stale
FROM legacy_token t
JOIN user_account u ON u.id = t.user_id
LEFT JOIN membership m ON m.user_id = u.id AND m.organization_id = u.active_organization AND m.deleted_at IS NULL
LEFT JOIN organization o ON o.id = m.organization_id
WHERE t.token = $1;

-- @query auth_access :one (jti text, user_id int4)
-- -> (user_id, active, is_superuser, email, username, first_name, last_name, organization_id, organization_title, role,
--     organization_version, overrides, legacy_tokens, api_tokens, project_roles, hooks, stale)
SELECT u.id AS user_id, u.is_active AND u.deleted_at IS NULL AND m.role IS DISTINCT FROM 'DI' AS active, u.is_superuser,
       u.email, u.username, u.first_name, u.last_name,
       o.id AS organization_id, o.title AS organization_title, m.role, o.version AS organization_version,
       o.permission_overrides::text AS overrides,
       coalesce(o.legacy_api_tokens_enabled, true) AS legacy_tokens, coalesce(o.api_tokens_enabled, true) AS api_tokens,
       CASE WHEN m.role IN ('AN', 'RE') THEN EXISTS (SELECT FROM project_role r WHERE r.user_id = u.id) ELSE false END AS project_roles,
       coalesce(o.webhooks, 0) > 0 AS hooks, t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute' AS stale
FROM refresh_token t
JOIN user_account u ON u.id = t.user_id
LEFT JOIN membership m ON m.user_id = u.id AND m.organization_id = u.active_organization AND m.deleted_at IS NULL
LEFT JOIN organization o ON o.id = m.organization_id
WHERE t.jti = $1 AND t.user_id = $2 AND t.revoked_at IS NULL AND t.expires_at > now();

-- The limits of the organization apply to sessions that exist already.
-- @query auth_session :one (token_hash bytea, age_min int4, idle_min int4)
-- -> (user_id, active, is_superuser, email, username, first_name, last_name, organization_id, organization_title, role,
--     organization_version, overrides, legacy_tokens, api_tokens, project_roles, hooks, stale)
SELECT u.id AS user_id, u.is_active AND u.deleted_at IS NULL AND m.role IS DISTINCT FROM 'DI' AS active, u.is_superuser,
       u.email, u.username, u.first_name, u.last_name,
       o.id AS organization_id, o.title AS organization_title, m.role, o.version AS organization_version,
       o.permission_overrides::text AS overrides,
       coalesce(o.legacy_api_tokens_enabled, true) AS legacy_tokens, coalesce(o.api_tokens_enabled, true) AS api_tokens,
       CASE WHEN m.role IN ('AN', 'RE') THEN EXISTS (SELECT FROM project_role r WHERE r.user_id = u.id) ELSE false END AS project_roles,
       coalesce(o.webhooks, 0) > 0 AS hooks, t.last_seen_at < now() - interval '1 minute' AS stale
FROM user_session t
JOIN user_account u ON u.id = t.user_id
LEFT JOIN membership m ON m.user_id = u.id AND m.organization_id = u.active_organization AND m.deleted_at IS NULL
LEFT JOIN organization o ON o.id = m.organization_id
WHERE t.token_hash = $1
  AND t.created_at > now() - coalesce(o.max_session_age_min, $2) * interval '1 minute'
  AND t.last_seen_at > now() - coalesce(o.max_session_idle_min, $3) * interval '1 minute';

-- @query auth_user :one (id int4)
-- -> (user_id, active, is_superuser, email, username, first_name, last_name, organization_id, organization_title, role,
--     organization_version, overrides, legacy_tokens, api_tokens, project_roles, hooks, stale)
SELECT u.id AS user_id, u.is_active AND u.deleted_at IS NULL AND m.role IS DISTINCT FROM 'DI' AS active, u.is_superuser,
       u.email, u.username, u.first_name, u.last_name,
       o.id AS organization_id, o.title AS organization_title, m.role, o.version AS organization_version,
       o.permission_overrides::text AS overrides,
       coalesce(o.legacy_api_tokens_enabled, true) AS legacy_tokens, coalesce(o.api_tokens_enabled, true) AS api_tokens,
       CASE WHEN m.role IN ('AN', 'RE') THEN EXISTS (SELECT FROM project_role r WHERE r.user_id = u.id) ELSE false END AS project_roles,
       coalesce(o.webhooks, 0) > 0 AS hooks, false AS stale
FROM user_account u
LEFT JOIN membership m ON m.user_id = u.id AND m.organization_id = u.active_organization AND m.deleted_at IS NULL
LEFT JOIN organization o ON o.id = m.organization_id
WHERE u.id = $1;

-- @query auth_member :one (organization int4, member int4) -> (role, organization_title, overrides, hooks)
SELECT m.role, o.title AS organization_title, o.permission_overrides::text AS overrides, o.webhooks > 0 AS hooks
FROM membership m JOIN organization o ON o.id = m.organization_id
WHERE m.organization_id = $1 AND m.user_id = $2 AND m.deleted_at IS NULL AND m.role <> 'DI';

-- Noting the use: rows that changed meanwhile are left alone, so requests of one user never wait for each other long.
-- @query auth_touch_token :exec (user_id int4)
WITH t AS (UPDATE legacy_token SET last_used_at = now() WHERE user_id = $1)
UPDATE user_account SET last_activity = now() WHERE id = $1 AND last_activity < now() - interval '1 minute';

-- @query auth_touch_access :exec (user_id int4, jti text)
WITH t AS (UPDATE refresh_token SET last_used_at = now() WHERE jti = $2)
UPDATE user_account SET last_activity = now() WHERE id = $1 AND last_activity < now() - interval '1 minute';

-- @query auth_touch_session :exec (user_id int4, token_hash bytea)
WITH t AS (UPDATE user_session SET last_seen_at = now() WHERE token_hash = $2)
UPDATE user_account SET last_activity = now() WHERE id = $1 AND last_activity < now() - interval '1 minute';
