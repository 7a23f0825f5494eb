WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (((t.id = $2::int8) AND ((t.data -> $3::text) = $4::jsonb)) OR ((t.id = $5::int8)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = 1
-- $3 = k
-- $4 = "x"
-- $5 = 2
