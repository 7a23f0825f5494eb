WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((NOT (NOT EXISTS (SELECT FROM prediction q WHERE q.task_id = t.id) OR EXISTS (SELECT FROM prediction q WHERE q.task_id = t.id AND (q.result IS NULL OR q.result = '[]')))))
ORDER BY t.inner_id
-- $1 = 7
