WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (((CASE jsonb_typeof((t.data -> $2::text)) WHEN 'string' THEN (t.data ->> $3::text) COLLATE label_order >= $4::text WHEN 'null' THEN false ELSE CASE WHEN (t.data -> $5::text) IS NOT NULL THEN true END END)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = k
-- $3 = k
-- $4 = m
-- $5 = k
