WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (((lower((t.data ->> $2::text) COLLATE label_order) LIKE lower($3::text COLLATE label_order))))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = k
-- $3 = %5%
