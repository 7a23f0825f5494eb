WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (((t.created_at >= $2::timestamptz AND t.created_at <= $3::timestamptz)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = 2026-01-01T00:00:00.000Z
-- $3 = 2026-02-01
