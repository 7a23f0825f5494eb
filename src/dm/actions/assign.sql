-- Assignments: whom tasks can be given to.

-- @query action_people :many (project int4) -> (user_id, label)
SELECT u.id AS user_id, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), nullif(u.username, ''), u.email) AS label
FROM project_people($1) m JOIN user_account u ON u.id = m.user_id
WHERE m.role <> 'VO'
ORDER BY 2, 1 LIMIT 1000;
