WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (EXISTS (SELECT FROM annotation a WHERE a.project_id = t.project_id AND a.completed_by = $2::int4 AND a.task_id = t.id AND a.deleted_at IS NULL) OR EXISTS (SELECT FROM draft d WHERE d.task_id = t.id AND d.user_id = $3::int4)) AND ((EXISTS (SELECT FROM prediction q WHERE q.task_id = t.id AND false AND strpos(q.result::text, $4::text) > 0)) AND (((SELECT avg(q.score) FROM prediction q WHERE q.task_id = t.id AND q.model_version = $5::text AND false) < $6::float8)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = 5
-- $3 = 5
-- $4 = A
-- $5 = v1
-- $6 = 0.5
