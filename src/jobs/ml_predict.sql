-- @query ml_predict_batch :many (project int4, after int4, most int4) -> (id, inner_id)
SELECT id, inner_id FROM task WHERE project_id = $1 AND inner_id > $2 AND deleted_at IS NULL ORDER BY inner_id LIMIT $3;
