WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((($2::int8 <> ALL (t.annotators))))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = 4
