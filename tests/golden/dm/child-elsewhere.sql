WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((EXISTS (SELECT FROM annotation a WHERE a.task_id = t.id AND a.deleted_at IS NULL AND a.project_id = $2::int4 AND a.completed_by = $3::int8) AND (t.id < $4::int8)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = 7
-- $3 = 4
-- $4 = 4
