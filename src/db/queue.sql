-- The job queue's entrance; the runner's own queries are in src/jobs/runner.sql.

-- A waiting job with the same key is locked, not left alone: a runner that skips locked rows then starts it only after this
-- transaction has ended, and sees what it did.
-- @query queue_add :one (kind text, organization int4, payload jsonb, key text, delay_s float8, priority int2) -> (id)
INSERT INTO job (kind, organization_id, payload, key, run_at, priority)
VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5), $6)
ON CONFLICT (kind, key) WHERE state = 'waiting' AND key IS NOT NULL DO UPDATE SET kind = job.kind
RETURNING id;
