WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL
ORDER BY (SELECT avg(q.score) FROM prediction q WHERE q.task_id = t.id), t.inner_id
-- $1 = 7
