WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (((coalesce(t.data -> $2::text, t.data #> ARRAY[$3::text, $4::text, $5::text]) = $6::jsonb)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = o.k__x
-- $3 = o
-- $4 = k
-- $5 = x
-- $6 = "z"
