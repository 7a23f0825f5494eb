-- Sending: one webhook at a time is leased, its oldest waiting delivery is built and sent, and how it went is noted.

-- @query deliver_lease :one (lease_s float8) -> (id)
UPDATE webhook SET lease_until = now() + make_interval(secs => $1)
WHERE id = (SELECT w.id FROM webhook w
            WHERE w.is_active AND w.next_at <= now() AND w.lease_until <= now()
              AND EXISTS (SELECT FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'waiting')
            ORDER BY w.lease_until LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id;

-- @query deliver_release :exec (webhook int4)
UPDATE webhook SET lease_until = now() WHERE id = $1;

-- What is told is put together here: for a project that is gone nothing is left to tell. Tasks are those that still are.
-- @query deliver_next :one (webhook int4) -> (id, attempts, action, url, headers, secret, body)
SELECT d.id, d.attempts, e.action, w.url, w.headers, w.secret,
       CASE WHEN w.send_payload THEN
           '{"action":' || to_json(e.action) ||
           coalesce(',' || nullif(substr(btrim(e.object::text), 2, length(btrim(e.object::text)) - 2), ''), '') ||
           CASE WHEN e.tasks IS NOT NULL THEN ',"tasks":' || coalesce((SELECT json_agg(t.told ORDER BY t.id) FROM (
               SELECT x.id, webhook_task(x.id) AS told FROM unnest(e.tasks) AS x (id)) t WHERE t.told IS NOT NULL)::text, '[]') ELSE '' END ||
           CASE WHEN e.action LIKE 'PROJECT%' THEN '' ELSE coalesce(',"project":' || webhook_project(e.project_id)::text, '') END || '}'
       ELSE '{"action":' || to_json(e.action) || '}' END AS body
FROM webhook_delivery d JOIN webhook_event e ON e.id = d.event_id JOIN webhook w ON w.id = d.webhook_id
WHERE d.webhook_id = $1 AND d.state = 'waiting' AND w.is_active
ORDER BY d.id LIMIT 1;

-- @query deliver_done :exec (webhook int4, delivery int8, status int4, duration_ms int4)
WITH w AS (UPDATE webhook SET failures = 0, next_at = '-infinity' WHERE id = $1 AND failures > 0)
UPDATE webhook_delivery SET state = 'delivered', attempts = attempts + 1, status = $3, error = NULL, duration_ms = $4, finished_at = now()
WHERE id = $2;

-- Later ones wait behind it, until it has failed for good.
-- @query deliver_failed :exec (webhook int4, delivery int8, status int4, duration_ms int4, error text, delay_s float8, final bool)
WITH w AS (UPDATE webhook SET failures = failures + 1, next_at = CASE WHEN $7 THEN '-infinity' ELSE now() + make_interval(secs => $6) END WHERE id = $1)
UPDATE webhook_delivery SET state = CASE WHEN $7 THEN 'failed' ELSE 'waiting' END, attempts = attempts + 1, status = $3, error = $5,
    duration_ms = $4, finished_at = CASE WHEN $7 THEN now() END
WHERE id = $2;

-- @query deliver_sweep_events :exec (most int8)
DELETE FROM webhook_event WHERE id IN (
    SELECT e.id FROM webhook_event e WHERE e.created_at < now() - interval '30 days'
       OR (e.created_at < now() - interval '1 hour' AND NOT EXISTS (SELECT FROM webhook_delivery d WHERE d.event_id = e.id))
    LIMIT $1 FOR UPDATE SKIP LOCKED);

-- @query deliver_sweep :exec (most int8)
DELETE FROM webhook_delivery WHERE id IN (
    SELECT d.id FROM webhook_delivery d WHERE d.created_at < now() - interval '30 days' OR NOT EXISTS (SELECT FROM webhook w WHERE w.id = d.webhook_id)
    LIMIT $1 FOR UPDATE SKIP LOCKED);
