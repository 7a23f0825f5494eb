-- Log-in: who has the e-mail, failed attempts, the organization to start in.

-- Deactivated everywhere: such an account cannot log in at all.
-- @query login_account :one (email text) -> (id, password_hash, allowed)
SELECT u.id, u.password_hash,
       u.is_active AND u.deleted_at IS NULL
       AND NOT coalesce((SELECT bool_and(m.role = 'DI') FROM membership m WHERE m.user_id = u.id AND m.deleted_at IS NULL), false)
       AS allowed
FROM user_account u WHERE lower(u.email) = lower($1) AND u.email <> '';

-- The active organization if they are still in it, else their first one.
-- @query login_organization :exec (user_id int4)
UPDATE user_account u SET last_activity = now(), active_organization =
    (SELECT m.organization_id FROM membership m
     WHERE m.user_id = u.id AND m.deleted_at IS NULL AND m.role <> 'DI'
     ORDER BY m.organization_id IS NOT DISTINCT FROM u.active_organization DESC, m.organization_id LIMIT 1)
WHERE u.id = $1;

-- @query login_rehash :exec (user_id int4, password_hash text)
UPDATE user_account SET password_hash = $2 WHERE id = $1;

-- @query login_failures :many (keys text[], window_s int4) -> (key, failures, wait_s)
SELECT key, failures, ceil(extract(epoch FROM window_start + $2 * interval '1 second' - now()))::int4 AS wait_s
FROM login_throttle WHERE key = ANY ($1) AND window_start > now() - $2 * interval '1 second';

-- @query login_failed :exec (keys text[], window_s int4)
INSERT INTO login_throttle AS t (key, failures, window_start) SELECT k, 1, now() FROM unnest($1) k ORDER BY k
ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN t.window_start > now() - $2 * interval '1 second' THEN t.failures + 1 ELSE 1 END,
    window_start = CASE WHEN t.window_start > now() - $2 * interval '1 second' THEN t.window_start ELSE now() END;

-- @query login_forget :exec (key text, window_s int4)
DELETE FROM login_throttle WHERE key = $1 OR window_start < now() - $2 * interval '1 second';
