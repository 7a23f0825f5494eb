-- Making and dropping indexes on task data. One job of the kind works at a time: the oldest that runs.

-- @query data_index_alone :one (job int8) -> (alone)
SELECT NOT EXISTS (SELECT FROM job WHERE kind = 'data_index' AND state = 'running' AND id < $1) AS alone;

-- What a runner left that died; what lost its index; what needs pg_trgm, which is gone.
-- @query data_index_settle :exec ()
UPDATE data_index d SET state = 'wanted', ready_at = NULL
WHERE d.state = 'building'
   OR d.state = 'ready' AND NOT EXISTS (SELECT FROM pg_class c JOIN pg_index x ON x.indexrelid = c.oid
                                        WHERE c.relname = 'data_index_' || d.id AND c.relnamespace = current_schema()::regnamespace AND x.indisvalid);

-- @query data_index_of_trash :exec ()
DELETE FROM data_index d USING project p WHERE p.id = d.project_id AND p.deleted_at IS NOT NULL;

-- Which ones there are, as they would be made today.
-- @query data_index_made :many () -> (id, project, key, kind, definition, undefined_key, trigrams)
SELECT d.id, d.project_id AS project, d.key, d.kind, d.definition, undefined_key(p.id, p.first_data_key) AS undefined_key,
       (SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm') AS trigrams
FROM data_index d JOIN project p ON p.id = d.project_id WHERE d.state = 'ready' ORDER BY d.id;

-- @query data_index_renew :exec (id int4)
UPDATE data_index SET state = 'wanted', ready_at = NULL WHERE id = $1 AND state = 'ready';

-- Indexes that no row speaks of any more, and those that were not finished.
-- @query data_index_orphans :many () -> (name)
SELECT c.relname AS name
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
LEFT JOIN data_index d ON c.relname = 'data_index_' || d.id
WHERE x.indrelid = 'task'::regclass AND c.relname ~ '^data_index_[0-9]+$' AND (d.id IS NULL OR d.state <> 'ready' OR NOT x.indisvalid)
ORDER BY 1;

-- @query data_index_taken :one () -> (n, bytes)
SELECT count(*) AS n, coalesce(sum(pg_relation_size(c.oid)), 0)::int8 AS bytes
FROM data_index d JOIN pg_class c ON c.relname = 'data_index_' || d.id AND c.relnamespace = current_schema()::regnamespace
WHERE d.state = 'ready';

-- The least recently used that nobody asked for, if it was not used for an hour.
-- @query data_index_yield :exec ()
DELETE FROM data_index WHERE id = (SELECT id FROM data_index WHERE state = 'ready' AND NOT is_pinned AND used_at < now() - interval '1 hour'
                                   ORDER BY used_at LIMIT 1);

-- What to make next: what people asked for, then what was wished for last. Texts are searched with pg_trgm only.
-- @query data_index_next :one () -> (id, project, key, kind, undefined_key, trigrams)
SELECT d.id, d.project_id AS project, d.key, d.kind, undefined_key(p.id, p.first_data_key) AS undefined_key, x.schema AS trigrams
FROM data_index d JOIN project p ON p.id = d.project_id
LEFT JOIN (SELECT quote_ident(n.nspname) AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm') x ON true
WHERE d.state = 'wanted' AND (d.kind <> 'contains' OR x.schema IS NOT NULL)
ORDER BY d.is_pinned DESC, d.used_at DESC, d.id LIMIT 1;

-- @query data_index_begin :exec (id int4, definition text)
UPDATE data_index SET state = 'building', definition = $2, error = NULL WHERE id = $1 AND state = 'wanted';

-- Turned off meanwhile: none is changed, and the index goes.
-- @query data_index_end :exec (id int4, error text)
UPDATE data_index SET state = CASE WHEN $2::text IS NULL THEN 'ready' ELSE 'failed' END, error = $2, ready_at = CASE WHEN $2::text IS NULL THEN now() END,
       used_at = now()
WHERE id = $1 AND state = 'building';
