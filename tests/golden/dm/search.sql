WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (((CASE WHEN lower(t.data::text COLLATE "C") NOT LIKE $2::text COLLATE "C" THEN false ELSE true END AND lower((SELECT string_agg(v.value, chr(10)) FROM jsonb_each_text(CASE jsonb_typeof(t.data) WHEN 'object' THEN t.data ELSE '{}' END) v)::text COLLATE label_order) LIKE lower($3::text COLLATE label_order))))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = %50\% off%
-- $3 = %50\% off%
