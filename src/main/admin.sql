-- What labeld-admin shows.

-- @query admin_show_queue :many () -> (kind, state, jobs, oldest, attempts, last_error)
SELECT kind, state, count(*) AS jobs, date_trunc('second', now() - min(coalesce(finished_at, started_at, run_at))) AS oldest,
       max(attempts) AS attempts, left((array_agg(error ORDER BY id DESC) FILTER (WHERE error IS NOT NULL))[1], 100) AS last_error
FROM job GROUP BY kind, state ORDER BY array_position('{running,waiting,failed,done,cancelled}', state), kind;

-- @query admin_show_running :many () -> (id, kind, attempt, runner, silent, progress)
SELECT id, kind, attempts || '/' || max_attempts AS attempt, locked_by AS runner,
       date_trunc('second', now() - heartbeat_at) AS silent, progress
FROM job WHERE state = 'running' ORDER BY id;

-- Connections of this server's programs, whatever the host.
-- @query admin_show_workers :many () -> (program, pid, client, connected, state, since, query)
SELECT application_name AS program, pid, coalesce(host(client_addr), 'socket') AS client,
       date_trunc('second', now() - backend_start) AS connected, state,
       date_trunc('milliseconds', clock_timestamp() - state_change) AS since,
       left(regexp_replace(query, '\s+', ' ', 'g'), 80) AS query
FROM pg_stat_activity
WHERE application_name LIKE 'labeld-%' AND datname = current_database() AND pid <> pg_backend_pid()
ORDER BY application_name, backend_start;

-- @query admin_show_data_indexes :many () -> (index, project, key, kind, state, size, scans, used_at, error)
SELECT 'data_index_' || d.id AS index, d.project_id AS project, d.key, d.kind, d.state, pg_size_pretty(pg_relation_size(c.oid)) AS size,
       pg_stat_get_numscans(c.oid) AS scans, to_char(d.used_at, 'YYYY-MM-DD HH24:MI') AS used_at, left(d.error, 60) AS error
FROM data_index d
LEFT JOIN pg_class c ON c.relname = 'data_index_' || d.id AND c.relnamespace = current_schema()::regnamespace AND c.relkind = 'i'
ORDER BY d.project_id, d.id;
