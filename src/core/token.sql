-- Legacy tokens, personal access tokens and the key that signs them.

-- @query token_secret_get :one () -> (value)
SELECT value FROM server_setting WHERE key = 'secret_key';

-- @query token_secret_add :exec (value text)
INSERT INTO server_setting (key, value) VALUES ('secret_key', $1) ON CONFLICT (key) DO NOTHING;

-- @query token_legacy_get :one (user_id int4) -> (token)
SELECT token FROM legacy_token WHERE user_id = $1;

-- @query token_legacy_info :one (user_id int4) -> (token, created_at, last_used_at)
SELECT token, created_at, last_used_at FROM legacy_token WHERE user_id = $1;

-- @query token_legacy_add :exec (user_id int4, token text)
INSERT INTO legacy_token (user_id, token) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING;

-- @query token_legacy_put :exec (user_id int4, token text)
INSERT INTO legacy_token (user_id, token) VALUES ($1, $2)
ON CONFLICT (user_id) DO UPDATE SET token = excluded.token, created_at = now(), last_used_at = NULL;

-- Two requests of one user at once: the row lock on the account makes the second see the first one's token.
-- @query token_lock_user :one (user_id int4, organization int4) -> (ttl_days)
SELECT coalesce((SELECT api_token_ttl_days FROM organization WHERE id = $2), 73000) AS ttl_days
FROM user_account WHERE id = $1 FOR NO KEY UPDATE;

-- @query token_refresh_alive :one (user_id int4) -> (alive)
SELECT true AS alive FROM refresh_token WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now() LIMIT 1;

-- @query token_refresh_add :one (jti text, user_id int4, head text, issued_s int8, expires_s int8) -> (created_at, expires_at)
INSERT INTO refresh_token (jti, user_id, head, created_at, expires_at)
VALUES ($1, $2, $3, to_timestamp($4), to_timestamp($5))
RETURNING created_at, expires_at;

-- @query token_refresh_list :many (user_id int4) -> (jti, head, created_at, expires_at, last_used_at)
SELECT jti, head, created_at, expires_at, last_used_at FROM refresh_token
WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now() ORDER BY created_at, jti;

-- @query token_refresh_use :one (jti text, user_id int4) -> (revoked, active)
UPDATE refresh_token t SET last_used_at = now()
FROM user_account u
LEFT JOIN membership m ON m.user_id = u.id AND m.organization_id = u.active_organization AND m.deleted_at IS NULL
WHERE t.jti = $1 AND t.user_id = $2 AND u.id = t.user_id
RETURNING t.revoked_at IS NOT NULL AS revoked,
          u.is_active AND u.deleted_at IS NULL AND m.role IS DISTINCT FROM 'DI' AS active;

-- @query token_refresh_revoke :exec (jti text, head text)
UPDATE refresh_token SET revoked_at = now() WHERE jti = $1 AND head = $2 AND revoked_at IS NULL;

-- @query token_refresh_revoke_own :exec (jti text, user_id int4)
UPDATE refresh_token SET revoked_at = now() WHERE jti = $1 AND user_id = $2 AND revoked_at IS NULL;

-- @query token_revoke_all :exec (user_id int4)
WITH personal AS (UPDATE refresh_token SET revoked_at = now() WHERE user_id = $1 AND revoked_at IS NULL)
DELETE FROM legacy_token WHERE user_id = $1;
