-- What the Data Manager's composed statements need around them.

-- @query dm_project :one (organization int4, member int4, role text, project int4) -> (model_version, hide_predictions, assigned_only, has_assignments,
--   undefined_key, has_reviews, one_accepts, anonymous, review_queue)
SELECT shown_version(p.id, p.model_version) AS model_version, NOT p.show_collab_predictions AS hide_predictions,
       p.label_stream_task_distribution = 'assigned_only' AS assigned_only,
       EXISTS (SELECT FROM task_assignment a WHERE a.project_id = p.id) AS has_assignments,
       undefined_key(p.id, p.first_data_key) AS undefined_key, p.has_reviews,
       coalesce(p.review_settings ->> 'review_criteria' = 'one', false) AS one_accepts,
       coalesce(p.review_settings ->> 'anonymize_annotations' = 'true', false) AS anonymous,
       p.has_review_queue AS review_queue
FROM visible_project($1, $2, $3) p WHERE p.id = $4;

-- Which columns are offered; anonymous: reviewers are not to know who annotated.
-- @query dm_uses :one (project int4) -> (reviews, comments, anonymous)
SELECT has_reviews AS reviews, has_comments AS comments, coalesce(review_settings ->> 'anonymize_annotations' = 'true', false) AS anonymous
FROM project WHERE id = $1;

-- How many tasks the project has, and which version of them; how long ago this list was kept, and what it says.
-- @query dm_list_find :one (project int4, key bytea) -> (version, project_tasks, id, kept_version, age_ms, cost_ms, kept, tasks, annotations, predictions)
SELECT c.version, c.project_tasks, l.id, l.version AS kept_version,
       (extract(epoch FROM clock_timestamp() - l.made_at) * 1000)::int8 AS age_ms, l.cost_ms, l.kept, l.tasks, l.annotations, l.predictions
FROM (SELECT coalesce(sum(version), 0)::int8 AS version, coalesce(sum(task_number), 0)::int8 AS project_tasks
      FROM project_counter WHERE project_id = $1) c
LEFT JOIN task_list l ON l.key = $2;

-- This one is made anew; of the others those go that are old, and all but the latest twenty.
-- @query dm_list_clear :exec (project int4, key bytea)
DELETE FROM task_list WHERE id = ANY (ARRAY(
    SELECT id FROM (SELECT id, key, made_at, row_number() OVER (ORDER BY made_at DESC) AS place FROM task_list WHERE project_id = $1) l
    WHERE key = $2 OR made_at < now() - interval '10 minutes' OR place > 20));

-- None when somebody else has just kept the same list.
-- @query dm_list_add :one (project int4, key bytea, version int8) -> (id)
INSERT INTO task_list (project_id, key, version) VALUES ($1, $2, $3)
ON CONFLICT (key) DO NOTHING RETURNING id;

-- The ids of an order from its start, and the sums over them: query is a composed statement over the values.
-- @query dm_list_fill :one (list int8, query text, vals text[]) -> (kept, tasks, annotations, predictions)
SELECT kept, tasks, annotations, predictions FROM task_list_fill($1, $2, $3);

-- @query dm_list_note :exec (list int8, cost_ms int4, kept int8, tasks int8, annotations int8, predictions int8)
UPDATE task_list SET cost_ms = $2, kept = $3, tasks = $4, annotations = $5, predictions = $6 WHERE id = $1;

-- @query dm_list_pages :many (list int8, first int4, last int4) -> (page, id)
SELECT p.page, x.id FROM task_list_page p CROSS JOIN LATERAL unnest(p.ids) WITH ORDINALITY AS x (id, place)
WHERE p.list = $1 AND p.page BETWEEN $2 AND $3
ORDER BY p.page, x.place;

-- Keys of the task data, as jsonb orders them.
-- @query dm_data_keys :many (project int4) -> (key)
SELECT name AS key FROM project_summary_count WHERE project_id = $1 AND kind = 'column'
GROUP BY name HAVING sum(n) > 0 ORDER BY octet_length(name), name COLLATE "C";

-- Whom a filter by people may name: the members; annotators see themselves only.
-- @query dm_people :many (organization int4, member int4, role text) -> (user_id)
SELECT user_id FROM membership
WHERE organization_id = $1 AND deleted_at IS NULL AND role NOT IN ('NO', 'DI') AND ($3 <> 'AN' OR user_id = $2)
ORDER BY user_id;

-- The same people by their names, for those who choose.
-- @query dm_people_named :many (organization int4, member int4, role text, most int8) -> (user_id, label)
SELECT m.user_id, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), nullif(u.username, ''), u.email) COLLATE label_order AS label
FROM membership m JOIN user_account u ON u.id = m.user_id
WHERE m.organization_id = $1 AND m.deleted_at IS NULL AND m.role NOT IN ('NO', 'DI') AND ($3 <> 'AN' OR m.user_id = $2)
ORDER BY label, m.user_id LIMIT $4;

-- Is it a pattern at all? PostgreSQL judges.
-- @query dm_pattern :one (pattern text) -> (matches)
SELECT '' ~ $1 AS matches;

-- Who is meant by an e-mail, among those whom the caller may name.
-- @query dm_person :one (organization int4, member int4, role text, email text) -> (user_id)
SELECT max(m.user_id) AS user_id FROM membership m JOIN user_account u ON u.id = m.user_id
WHERE m.organization_id = $1 AND m.deleted_at IS NULL AND ($3 <> 'AN' OR m.user_id = $2) AND lower(u.email) = lower($4);

-- @query dm_person_called :one (organization int4, member int4, role text, person int4) -> (label, email)
SELECT coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), nullif(u.username, ''), u.email) AS label, u.email
FROM membership m JOIN user_account u ON u.id = m.user_id
WHERE m.organization_id = $1 AND m.user_id = $4 AND ($3 <> 'AN' OR m.user_id = $2);

-- From one version to the next by the index: a project has millions of predictions, but few versions.
-- @query dm_versions :many (project int4) -> (version)
WITH RECURSIVE v AS (
    (SELECT model_version FROM prediction WHERE project_id = $1 AND model_version IS NOT NULL ORDER BY model_version LIMIT 1)
    UNION ALL
    SELECT (SELECT q.model_version FROM prediction q WHERE q.project_id = $1 AND q.model_version > v.model_version
            ORDER BY q.model_version LIMIT 1)
    FROM v WHERE v.model_version IS NOT NULL)
SELECT model_version AS version FROM v WHERE model_version IS NOT NULL;

-- How the stream of a view chooses, and what clients call that.
-- @query dm_sampling :one (project int4) -> (sampling, queue)
SELECT coalesce(sampling, 'Sequential sampling') AS sampling,
       CASE sampling WHEN 'Uniform sampling' THEN 'Uniform random queue' WHEN 'Uncertainty sampling' THEN 'Active learning or random queue'
       ELSE 'Sequence queue' END AS queue
FROM project WHERE id = $1;

-- @query dm_ids_down :many (project int4, from_inner_id int4, most int8) -> (id)
SELECT id FROM task WHERE project_id = $1 AND inner_id <= $2 AND deleted_at IS NULL ORDER BY inner_id DESC LIMIT $3;
