WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL
ORDER BY (SELECT avg(q.score) FROM prediction q WHERE q.task_id = t.id AND q.model_version = $2::text), t.inner_id
-- $1 = 7
-- $2 is null
