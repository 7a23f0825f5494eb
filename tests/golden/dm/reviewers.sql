WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((t.id IN (SELECT g.task_id FROM task_assignment g WHERE g.type = 'RE' AND g.project_id = $2::int4 AND g.user_id = $3::int8)))
ORDER BY (SELECT coalesce(array_agg(DISTINCT s.user_id), '{NULL}') FROM (SELECT g.user_id FROM task_assignment g WHERE g.task_id = t.id AND g.type = 'RE') s WHERE s.user_id IS NOT NULL), t.inner_id
-- $1 = 7
-- $2 = 7
-- $3 = 5
