WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((((SELECT avg(q.score) FROM prediction q WHERE q.task_id = t.id AND q.model_version = $2::text) > $3::float8)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = v1
-- $3 = 0.1
