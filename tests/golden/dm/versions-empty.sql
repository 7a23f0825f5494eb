WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((NOT EXISTS (SELECT FROM prediction q WHERE q.task_id = t.id AND q.model_version IS NOT NULL AND q.model_version <> '')))
ORDER BY t.inner_id
-- $1 = 7
