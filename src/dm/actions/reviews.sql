-- Reviews of many tasks.

-- Who reviewed in a project.
-- @query action_reviewers :many (project int4) -> (user_id, label)
SELECT u.id AS user_id, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), nullif(u.username, ''), u.email) AS label
FROM project_people($1) m JOIN user_account u ON u.id = m.user_id
WHERE EXISTS (SELECT FROM annotation_review v WHERE v.project_id = $1 AND v.created_by = u.id) ORDER BY u.id;
