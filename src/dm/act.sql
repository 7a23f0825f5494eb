-- What actions on many tasks need beside their own queries.

-- In the order that everybody takes; what waited for the lock is seen by the next statement only.
-- @query act_lock :exec (tasks int4[])
SELECT FROM task t JOIN unnest($1) AS x (id) ON t.id = x.id ORDER BY t.id FOR NO KEY UPDATE OF t;

-- The moment of the transaction.
-- @query act_moment :one () -> (moment)
SELECT now() AS moment;

-- @query act_planned :one (job int8) -> (n)
SELECT coalesce(max(place) + 1, 0) AS n FROM job_task WHERE job_id = $1;

-- @query act_plan :many (job int8, from_place int4, most int4) -> (task, other)
SELECT task_id AS task, other FROM job_task WHERE job_id = $1 AND place >= $2 AND place < $2 + $3 ORDER BY place;

-- @query act_forget :exec (job int8)
DELETE FROM job_task WHERE job_id = $1;
