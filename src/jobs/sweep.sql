-- What time makes worthless, some rows at a time: $N "most" is the last parameter of each. Rows that are locked belong to somebody who
-- is renewing them; they wait for the next round.

-- Sessions past every limit that may apply to them: the server's and their organization's, whichever is longer, since limits can change.
-- @query sweep_sessions :exec (age_min int4, idle_min int4, most int8)
DELETE FROM user_session WHERE token_hash IN (
    SELECT s.token_hash
    FROM user_session s JOIN user_account u ON u.id = s.user_id LEFT JOIN organization o ON o.id = u.active_organization
    WHERE s.created_at < now() - greatest(o.max_session_age_min, $1) * interval '1 minute'
       OR s.last_seen_at < now() - greatest(o.max_session_idle_min, $2) * interval '1 minute'
    LIMIT $3 FOR UPDATE OF s SKIP LOCKED);

-- @query sweep_locks :exec (most int8)
DELETE FROM task_lock WHERE (task_id, user_id) IN (
    SELECT task_id, user_id FROM task_lock WHERE expires_at < now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED);

-- @query sweep_throttle :exec (window_s float8, most int8)
DELETE FROM login_throttle WHERE key IN (
    SELECT key FROM login_throttle WHERE window_start < now() - make_interval(secs => 2 * $1) LIMIT $2 FOR UPDATE SKIP LOCKED);

-- Ended jobs stay for a while, for people who look; failed ones longer.
-- @query sweep_jobs :exec (done_s float8, failed_s float8, most int8)
DELETE FROM job WHERE id IN (
    SELECT id FROM job
    WHERE state IN ('done', 'cancelled', 'failed')
      AND finished_at < now() - make_interval(secs => CASE WHEN state = 'failed' THEN $2 ELSE $1 END)
    LIMIT $3 FOR UPDATE SKIP LOCKED);

-- Remembered imports: their keys are good for a month.
-- @query sweep_imports :exec (most int8)
DELETE FROM project_import WHERE id IN (
    SELECT i.id FROM project_import i LEFT JOIN job j ON j.id = i.job
    WHERE i.created_at < now() - interval '30 days' AND coalesce(j.state, 'done') NOT IN ('waiting', 'running')
    LIMIT $1 FOR UPDATE OF i SKIP LOCKED);
