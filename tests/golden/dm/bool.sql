WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((NOT (t.is_labeled = $2::bool)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = true
