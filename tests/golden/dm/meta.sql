WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (((CASE WHEN lower(t.meta::text COLLATE ucs_basic) NOT LIKE $2::text COLLATE ucs_basic THEN NULL ELSE true END IS NOT NULL AND lower(t.meta::text COLLATE label_order) LIKE lower($3::text COLLATE label_order))))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = %x%
-- $3 = %x%
