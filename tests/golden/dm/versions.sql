WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((EXISTS (SELECT FROM prediction q WHERE q.task_id = t.id AND q.model_version LIKE ANY ($2::text[]))))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = {"%v1%","%50\\%%"}
