WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (((CASE WHEN lower(t.meta::text COLLATE "C") NOT LIKE $2::text COLLATE "C" THEN false ELSE true END AND lower(t.meta::text COLLATE label_order) LIKE lower($3::text COLLATE label_order))))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = %x%
-- $3 = %x%
