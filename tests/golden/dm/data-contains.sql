WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (((CASE WHEN lower((t.data ->> $2::text) COLLATE ucs_basic) NOT LIKE $3::text COLLATE ucs_basic THEN NULL ELSE true END IS NOT NULL AND lower((t.data ->> $4::text) COLLATE label_order) LIKE lower($5::text COLLATE label_order))))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = k
-- $3 = %50\%\_\\%
-- $4 = k
-- $5 = %50\%\_\\%
