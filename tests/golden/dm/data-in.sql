WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (((CASE jsonb_typeof((t.data -> $2::text)) WHEN 'string' THEN (t.data ->> $3::text) COLLATE label_order >= $4::text WHEN 'null' THEN false ELSE CASE WHEN (t.data -> $5::text) IS NOT NULL THEN true END END AND CASE jsonb_typeof((t.data -> $6::text)) WHEN 'string' THEN (t.data ->> $7::text) COLLATE label_order <= $8::text WHEN 'null' THEN true ELSE CASE WHEN (t.data -> $9::text) IS NOT NULL THEN false END END)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = k
-- $3 = k
-- $4 = a
-- $5 = k
-- $6 = k
-- $7 = k
-- $8 = b
-- $9 = k
