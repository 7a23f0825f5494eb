WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (((coalesce((t.data ->> $2::text), '') = '')))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = k
