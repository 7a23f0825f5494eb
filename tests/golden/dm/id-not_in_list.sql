WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((NOT (t.id = ANY ($2::float8[]))))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = {"1","2.5"}
