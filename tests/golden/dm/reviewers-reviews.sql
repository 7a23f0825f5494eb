WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((NOT t.id IN (SELECT g.task_id FROM task_assignment g WHERE g.type = 'RE' AND g.project_id = $2::int4 AND g.user_id = $3::int8 UNION ALL SELECT a.task_id FROM annotation_review v JOIN annotation a ON a.id = v.annotation_id WHERE v.project_id = $4::int4 AND a.deleted_at IS NULL AND v.created_by = $5::int8)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = 7
-- $3 = 5
-- $4 = 7
-- $5 = 5
