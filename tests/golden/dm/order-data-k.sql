WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL
ORDER BY (t.data ->> $2::text) COLLATE label_order, t.inner_id
-- $1 = 7
-- $2 = k
