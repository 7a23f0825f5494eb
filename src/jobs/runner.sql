-- The runner's side of the queue. `runner` names one run of one job: every later statement about it asks for that name, so
-- a runner that was given up for dead cannot touch the job any more.

-- @query job_claim :one (runner text, kinds text[]) -> (id, kind, organization_id, payload, checkpoint, attempts)
UPDATE job SET state = 'running', locked_by = $1, heartbeat_at = now(), started_at = coalesce(started_at, now()), attempts = attempts + 1
WHERE id = (SELECT id FROM job WHERE state = 'waiting' AND run_at <= now() AND kind = ANY ($2)
            ORDER BY priority DESC, run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, organization_id, payload, checkpoint, attempts;

-- A running job that nobody has heard of; a row locked by its runner's step is alive, however old its heartbeat.
-- @query job_take_over :one (runner text, kinds text[], silent_s float8) -> (id, kind, organization_id, payload, checkpoint, attempts)
UPDATE job SET locked_by = $1, heartbeat_at = now(), attempts = attempts + 1
WHERE id = (SELECT id FROM job WHERE state = 'running' AND heartbeat_at < now() - make_interval(secs => $3) AND kind = ANY ($2)
            ORDER BY heartbeat_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, kind, organization_id, payload, checkpoint, attempts;

-- @query job_beat :exec (id int8, runner text, checkpoint jsonb, progress jsonb)
UPDATE job SET heartbeat_at = clock_timestamp(), checkpoint = coalesce($3, checkpoint), progress = coalesce($4, progress)
WHERE id = $1 AND locked_by = $2 AND state = 'running';

-- @query job_owner :one (id int8, runner text) -> (ours)
SELECT EXISTS (SELECT FROM job WHERE id = $1 AND locked_by = $2 AND state = 'running') AS ours;

-- @query job_end :exec (id int8, runner text, state text, error text)
UPDATE job SET state = $3, error = $4, locked_by = NULL, finished_at = now()
WHERE id = $1 AND locked_by = $2 AND state = 'running';

-- Back to waiting: after a failure, or (attempt not counted) handed back. When a newer job with the same key already waits, that one
-- does the work.
-- @query job_put_back :exec (id int8, runner text, delay_s float8, error text, attempts int4, max_attempts int4)
UPDATE job j SET
    state = CASE WHEN s.superseded THEN 'cancelled' ELSE 'waiting' END,
    finished_at = CASE WHEN s.superseded THEN now() END,
    run_at = now() + make_interval(secs => $3), error = $4, attempts = $5, max_attempts = $6, locked_by = NULL
FROM (SELECT EXISTS (SELECT FROM job o JOIN job w ON w.kind = o.kind AND w.key = o.key AND w.state = 'waiting' WHERE o.id = $1) AS superseded) s
WHERE j.id = $1 AND j.locked_by = $2 AND j.state = 'running';

-- Keep one waiting of each periodic kind; runners race for it, the unique key lets one win.
-- @query job_schedule :exec (kind text, every_s float8)
INSERT INTO job (kind, key)
SELECT $1, 'periodic'
WHERE NOT EXISTS (SELECT FROM job WHERE kind = $1 AND key = 'periodic'
                  AND (state IN ('waiting', 'running') OR finished_at > now() - make_interval(secs => $2)))
ON CONFLICT (kind, key) WHERE state = 'waiting' AND key IS NOT NULL DO NOTHING;
