WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL
ORDER BY left((t.data ->> $2::text), 200) COLLATE label_order DESC NULLS LAST, t.inner_id
-- $1 = 7
-- $2 = k
