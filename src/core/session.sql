-- Sessions of log-ins; reading them is auth_session in auth.sql.

-- @query session_insert :exec (token_hash bytea, user_id int4, persistent bool, user_agent text, remote_addr text)
INSERT INTO user_session (token_hash, user_id, persistent, user_agent, remote_addr) VALUES ($1, $2, $3, $4, $5);

-- Sessions past both limits of the server, however the organization's limits change, are of no use to anybody.
-- @query session_sweep :exec (user_id int4, age_min int4)
DELETE FROM user_session s USING user_account u LEFT JOIN organization o ON o.id = u.active_organization
WHERE s.user_id = $1 AND u.id = s.user_id
  AND s.created_at < now() - greatest(o.max_session_age_min, $2) * interval '1 minute';

-- @query session_delete :exec (token_hash bytea)
DELETE FROM user_session WHERE token_hash = $1;

-- @query session_delete_all :exec (user_id int4, keep bytea)
DELETE FROM user_session WHERE user_id = $1 AND token_hash IS DISTINCT FROM $2;
