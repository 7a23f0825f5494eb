WHERE t.project_id = $1::int4 AND t.deleted_at IS NULL AND ((((t.total_annotations > 0 AND t.reviewed_annotations >= t.total_annotations) = $2::bool)) AND ((t.reviews_rejected > $3::int8)))
ORDER BY t.reviews_accepted DESC NULLS LAST, t.inner_id
-- $1 = 7
-- $2 = true
-- $3 = 0
