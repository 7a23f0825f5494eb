WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((NOT EXISTS (SELECT FROM (SELECT g.user_id FROM task_assignment g WHERE g.task_id = t.id AND g.type = 'RE' UNION ALL SELECT v.created_by FROM annotation a JOIN annotation_review v ON v.annotation_id = a.id WHERE a.task_id = t.id AND a.deleted_at IS NULL) s WHERE s.user_id IS NOT NULL AND s.user_id = $2::int8)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = 5
