WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((NOT ((t.reviews_accepted > 0) = $2::bool)))
ORDER BY (t.reviews_accepted > 0), t.inner_id
-- $1 = 7
-- $2 = true
