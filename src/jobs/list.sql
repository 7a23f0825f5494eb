-- Jobs of a project. How far a job got is in its progress (a total of -1: nobody knows it), its checkpoint, or (overlaps) in the change that it works on.

-- job: one of them, null all; ended: with those that are over.
-- @query job_list :many (project int4, job int8, ended bool) -> (id, kind, action, state, created_at, started_at, finished_at, created_by, done, total, rate, result, detail, error, moment)
SELECT j.id, j.kind, j.payload ->> 'action' AS action, j.state, j.created_at, j.started_at, j.finished_at,
       (j.payload ->> 'by')::int4 AS created_by, d.done, nullif(d.total, -1) AS total,
       CASE WHEN d.done > 0 AND d.seconds > 0 THEN d.done / d.seconds END AS rate, j.progress -> 'result' AS result,
       j.progress #>> '{result,detail}' AS detail, j.error, j.payload ->> 'moment' AS moment
FROM job j
LEFT JOIN overlap_change o ON o.project_id = j.project_id AND j.kind = 'overlap'
LEFT JOIN project_sequence q ON q.project_id = j.project_id
CROSS JOIN LATERAL (
    SELECT coalesce((j.progress -> 'done')::int8, (j.checkpoint -> 'after')::int8, o.reached) AS done,
           coalesce((j.progress -> 'total')::int8, (j.payload -> 'upto')::int8, o.drawn_to, q.next_inner_id - 1) AS total,
           extract(epoch FROM coalesce(j.finished_at, clock_timestamp()) - j.started_at)::float8 AS seconds) d
WHERE j.project_id = $1 AND ($2::int8 IS NULL OR j.id = $2) AND ($3 OR j.state IN ('waiting', 'running'))
ORDER BY j.state NOT IN ('waiting', 'running'), j.id
LIMIT 1000;

-- Waits for the step at work.
-- @query job_cancel :exec (project int4, job int8, kinds text[])
UPDATE job SET state = 'cancelled', finished_at = now(), locked_by = NULL
WHERE id = $2 AND project_id = $1 AND kind = ANY ($3) AND state IN ('waiting', 'running');

-- @query job_outcome :one (job int8) -> (state, result, error)
SELECT state, progress -> 'result' AS result, error FROM job WHERE id = $1;
