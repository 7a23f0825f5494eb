-- A job that is no more was ended and swept.
-- @query job_ended :one (id int8) -> (ended)
SELECT NOT EXISTS (SELECT FROM job WHERE id = $1 AND state IN ('waiting', 'running')) AS ended;
