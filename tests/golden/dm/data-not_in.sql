WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((NOT ((t.data -> $2::text) >= $3::jsonb AND (t.data -> $4::text) <= $5::jsonb)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = k
-- $3 = 1
-- $4 = k
-- $5 = 2
