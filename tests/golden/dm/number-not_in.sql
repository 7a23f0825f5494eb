WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((NOT (json_number((t.data -> $2::text)) >= $3::numeric AND json_number((t.data -> $4::text)) <= $5::numeric)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = k
-- $3 = 1
-- $4 = k
-- $5 = 2
