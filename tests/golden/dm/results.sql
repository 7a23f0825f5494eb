WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((EXISTS (SELECT FROM annotation a WHERE a.task_id = t.id AND a.deleted_at IS NULL AND strpos(a.result::text, $2::text) > 0)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = "A"
