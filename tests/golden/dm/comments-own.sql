WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND (EXISTS (SELECT FROM annotation a WHERE a.project_id = t.project_id AND a.completed_by = $2::int4 AND a.task_id = t.id AND a.deleted_at IS NULL) OR EXISTS (SELECT FROM draft d WHERE d.task_id = t.id AND d.user_id = $3::int4)) AND ((NOT EXISTS (SELECT FROM (SELECT x.text, x.created_by, x.id FROM annotation a JOIN comment x ON x.annotation_id = a.id WHERE a.task_id = t.id AND a.deleted_at IS NULL AND a.completed_by = $4::int4 UNION ALL SELECT x.text, x.created_by, x.id FROM draft d JOIN comment x ON x.draft_id = d.id WHERE d.task_id = t.id AND d.user_id = $5::int4) m WHERE t.comment_count > 0 AND lower(m.text::text COLLATE label_order) LIKE lower($6::text COLLATE label_order))) AND ((t.unresolved_comment_count > $7::int8)))
ORDER BY t.inner_id
-- $1 = 7
-- $2 = 3
-- $3 = 3
-- $4 = 3
-- $5 = 3
-- $6 = %x%
-- $7 = 0
