WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((NOT EXISTS (SELECT FROM annotation a WHERE a.task_id = t.id AND a.deleted_at IS NULL AND a.result = $2::jsonb)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = []
