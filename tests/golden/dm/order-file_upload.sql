WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL
ORDER BY (SELECT f.file COLLATE label_order FROM file_upload f WHERE f.id = t.file_upload_id), t.inner_id
-- $1 = 7
