-- Indexes on keys of the task data.

-- What a query could use: noted once a minute, so that no row is hot; what is missing is wished for where that would have helped.
-- @query data_index_use :one (project int4, keys text[], kinds text[], slow bool) -> (wished)
WITH u AS (SELECT DISTINCT key, kind FROM unnest($2, $3) AS x (key, kind)),
     touched AS (UPDATE data_index i SET used_at = now() FROM u
                 WHERE i.project_id = $1 AND i.key = u.key AND i.kind = u.kind AND i.used_at < now() - interval '1 minute'),
     wished AS (INSERT INTO data_index (project_id, key, kind) SELECT $1, key, kind FROM u WHERE $4
                ON CONFLICT (project_id, key, kind) DO NOTHING RETURNING id)
SELECT count(*) AS wished FROM wished;

-- Their names are unique in the schema; another schema may have the same.
-- @query data_index_list :many (project int4, id int4) -> (id, project, key, kind, state, error, is_pinned, size_bytes, scans, created_by,
--   created_at, ready_at, used_at)
SELECT d.id, d.project_id AS project, d.key, d.kind, d.state, d.error, d.is_pinned, coalesce(pg_relation_size(c.oid), 0) AS size_bytes,
       coalesce(pg_stat_get_numscans(c.oid), 0) AS scans, d.created_by, d.created_at, d.ready_at, d.used_at
FROM data_index d
LEFT JOIN pg_class c ON c.relname = 'data_index_' || d.id AND c.relnamespace = current_schema()::regnamespace AND c.relkind = 'i'
WHERE d.project_id = $1 AND ($2::int4 IS NULL OR d.id = $2)
ORDER BY d.id;

-- @query data_index_trigrams :one () -> (available)
SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') AS available;

-- @query data_index_standing :one (project int4, key text, kind text) -> (tasks, state)
SELECT coalesce(sum(c.task_number), 0)::int8 AS tasks,
       coalesce((SELECT d.state FROM data_index d WHERE d.project_id = $1 AND d.key = $2 AND d.kind = $3), '') AS state
FROM project_counter c WHERE c.project_id = $1;

-- @query data_index_want :one (project int4, key text, kind text, member int4) -> (id)
INSERT INTO data_index (project_id, key, kind, is_pinned, created_by) VALUES ($1, $2, $3, true, $4)
ON CONFLICT (project_id, key, kind) DO UPDATE SET is_pinned = true, used_at = now(), error = NULL,
    state = CASE WHEN data_index.state IN ('failed', 'off') THEN 'wanted' ELSE data_index.state END
RETURNING id;

-- @query data_index_forget :exec (project int4, id int4)
DELETE FROM data_index WHERE project_id = $1 AND id = $2 AND state = 'off';

-- @query data_index_turn_off :exec (project int4, id int4)
UPDATE data_index SET state = 'off', is_pinned = false, error = NULL WHERE project_id = $1 AND id = $2;
