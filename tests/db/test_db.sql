-- Queries of test_db.c, test_tx.c and test_ahead.c.

-- @query t_echo :one (i int8, f float8, b bool, t text, j jsonb, y bytea, ids int8[], names text[])
-- -> (i, f, b, t, j, y, ids, names)
SELECT $1 AS i, $2 AS f, $3 AS b, $4 AS t, $5::text AS j, $6 AS y, $7 AS ids, $8 AS names;

-- @query t_count :many (n int4) -> (i)
SELECT i FROM generate_series(1, $1) AS i;

-- @query t_some :one (id int4) -> (id, name)
SELECT id, name FROM thing WHERE id = $1;

-- @query t_add :exec (id int4, name text)
INSERT INTO thing (id, name) VALUES ($1, $2);

-- @query t_name :exec (id int4, name text)
UPDATE thing SET name = name || $2 WHERE id = $1;

-- @query t_json :exec (id int4, j jsonb)
INSERT INTO thing (id, data) VALUES ($1, $2);

-- @query t_sleep :exec (s float8)
SELECT pg_sleep($1);

-- @query t_pid :one () -> (pid)
SELECT pg_backend_pid() AS pid;

-- @query t_inverse :one (i int4) -> (i)
SELECT 1 / $1 AS i;
