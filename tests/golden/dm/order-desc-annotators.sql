WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL
ORDER BY CASE WHEN t.annotators = '{}' THEN '{NULL}' ELSE t.annotators END DESC NULLS LAST, t.inner_id
-- $1 = 7
