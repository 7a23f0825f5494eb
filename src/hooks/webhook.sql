-- Webhooks and the log of their deliveries. One of all projects is for those who see all of them.

-- @query webhook_list :many (organization int4, member int4, role text, project int4, without_project bool, id int4)
-- -> (id, organization, project, url, send_payload, send_for_all_actions, headers, is_active, actions, created_at, updated_at, failures,
--     has_secret, waiting)
SELECT w.id, w.organization_id AS organization, w.project_id AS project, w.url, w.send_payload, w.send_for_all_actions, w.headers, w.is_active,
       to_json(w.actions) AS actions, w.created_at, w.updated_at, w.failures, w.secret IS NOT NULL AS has_secret,
       (SELECT count(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'waiting') AS waiting
FROM webhook w
WHERE w.organization_id = $1
  AND (w.project_id IN (SELECT p.id FROM visible_project($1, $2, $3) p) OR (w.project_id IS NULL AND $3 IN ('OW', 'AD')))
  AND ($4::int4 IS NULL OR w.project_id = $4) AND (NOT $5 OR w.project_id IS NULL) AND ($6::int4 IS NULL OR w.id = $6)
ORDER BY w.id;

-- @query webhook_insert :one (organization int4, member int4, project int4, url text, send_payload bool, send_for_all bool, headers jsonb,
--   is_active bool, actions text[], secret text) -> (id)
INSERT INTO webhook (organization_id, created_by, project_id, url, send_payload, send_for_all_actions, headers, is_active, actions, secret)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, ARRAY(SELECT DISTINCT a FROM unnest($9) a ORDER BY a), nullif($10, ''))
RETURNING id;

-- Null leaves a field as it is, but for the secret, which an empty text removes. Whatever changes, what waits may be tried at once.
-- @query webhook_update :exec (id int4, url text, send_payload bool, send_for_all bool, headers jsonb, is_active bool, actions text[], secret text)
UPDATE webhook SET url = coalesce($2, url), send_payload = coalesce($3, send_payload), send_for_all_actions = coalesce($4, send_for_all_actions),
    headers = coalesce($5, headers), is_active = coalesce($6, is_active), actions = ARRAY(SELECT DISTINCT a FROM unnest($7) a ORDER BY a),
    secret = CASE WHEN $8::text IS NULL THEN secret ELSE nullif($8, '') END, updated_at = now(), next_at = '-infinity'
WHERE id = $1;

-- @query webhook_delete :exec (id int4)
WITH d AS (DELETE FROM webhook_delivery WHERE webhook_id = $1)
DELETE FROM webhook WHERE id = $1;

-- @query webhook_deliveries :many (webhook int4, before int8, most int8) -> (id, event, action, state, attempts, status, error, duration_ms,
--   created_at, finished_at)
SELECT d.id, d.event_id AS event, e.action, d.state, d.attempts, d.status, d.error, d.duration_ms, d.created_at, d.finished_at
FROM webhook_delivery d JOIN webhook_event e ON e.id = d.event_id
WHERE d.webhook_id = $1 AND ($2::int8 IS NULL OR d.id < $2)
ORDER BY d.id DESC LIMIT $3;

-- Something to deliver though nothing happened, to this one alone.
-- @query webhook_test :exec (webhook int4, project int4)
WITH e AS (
    INSERT INTO webhook_event (project_id, action, object) VALUES ($2, 'WEBHOOK_TEST', json_build_object('webhook', json_build_object('id', $1)))
    RETURNING id)
INSERT INTO webhook_delivery (webhook_id, event_id) SELECT $1, e.id FROM e;

-- Once more, behind all that waits.
-- @query webhook_redeliver :one (webhook int4, delivery int8) -> (id)
INSERT INTO webhook_delivery (webhook_id, event_id)
SELECT webhook_id, event_id FROM webhook_delivery WHERE webhook_id = $1 AND id = $2
RETURNING id;
