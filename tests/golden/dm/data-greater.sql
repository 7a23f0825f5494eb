WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((((t.data -> $2::text) > $3::jsonb)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = k
-- $3 = 5
