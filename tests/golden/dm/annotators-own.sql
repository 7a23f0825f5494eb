WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (EXISTS (SELECT FROM annotation a WHERE a.project_id = t.project_id AND a.completed_by = $2::int4 AND a.task_id = t.id AND a.deleted_at IS NULL) OR EXISTS (SELECT FROM draft d WHERE d.task_id = t.id AND d.user_id = $3::int4)) AND ((EXISTS (SELECT FROM annotation a WHERE a.task_id = t.id AND a.deleted_at IS NULL AND a.completed_by = $4::int4 AND a.project_id = $5::int4 AND a.completed_by = $6::int8)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = 5
-- $3 = 5
-- $4 = 5
-- $5 = 7
-- $6 = 4
