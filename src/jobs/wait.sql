-- A job that is no more was ended and swept. later: it failed, and is tried again after a pause.
-- @query job_ended :one (id int8) -> (ended, later)
SELECT count(*) = 0 AS ended, coalesce(bool_or(state = 'waiting' AND error IS NOT NULL), false) AS later
FROM job WHERE id = $1 AND state IN ('waiting', 'running');
