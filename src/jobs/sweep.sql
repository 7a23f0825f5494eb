-- What time makes worthless.

-- Sessions past every limit that may apply to them: the server's and their organization's, whichever is longer, since limits can change.
-- @query sweep_sessions :exec (age_min int4, idle_min int4)
DELETE FROM user_session s USING user_account u LEFT JOIN organization o ON o.id = u.active_organization
WHERE u.id = s.user_id
  AND (s.created_at < now() - greatest(o.max_session_age_min, $1) * interval '1 minute'
       OR s.last_seen_at < now() - greatest(o.max_session_idle_min, $2) * interval '1 minute');

-- Locked rows belong to somebody who is renewing them.
-- @query sweep_locks :exec ()
DELETE FROM task_lock WHERE (task_id, user_id) IN (
    SELECT task_id, user_id FROM task_lock WHERE expires_at < now() ORDER BY expires_at LIMIT 10000 FOR UPDATE SKIP LOCKED);

-- @query sweep_throttle :exec (window_s float8)
DELETE FROM login_throttle WHERE window_start < now() - make_interval(secs => 2 * $1);

-- Ended jobs stay for a while, for people who look; failed ones longer.
-- @query sweep_jobs :exec (done_s float8, failed_s float8)
DELETE FROM job WHERE state IN ('done', 'cancelled', 'failed')
  AND finished_at < now() - make_interval(secs => CASE WHEN state = 'failed' THEN $2 ELSE $1 END);
