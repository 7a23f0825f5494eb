WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL
ORDER BY (SELECT coalesce(array_agg(DISTINCT a.completed_by), '{NULL}') FROM annotation a WHERE a.task_id = t.id AND a.deleted_at IS NULL AND a.completed_by IS NOT NULL) DESC NULLS LAST, t.inner_id
-- $1 = 7
