WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (((CASE WHEN lower(t.data::text COLLATE ucs_basic) NOT LIKE $2::text COLLATE ucs_basic THEN NULL ELSE true END IS NOT NULL AND CASE WHEN strpos(jsonb_path_query_array(t.data, 'strict $.*', '{}', true)::text, chr(92)) = 0 THEN lower(jsonb_path_query_array(t.data, 'strict $.*', '{}', true)::text COLLATE label_order) ELSE lower(data_values(t.data) COLLATE label_order) END LIKE lower($3::text COLLATE label_order))))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = %50\% off%
-- $3 = %50\% off%
