-- Who changed which part of a project's settings last.

-- Parts in order, so that two who change several do not wait for each other in a ring.
-- @query setting_note :exec (project int4, parts text[], member int4)
INSERT INTO setting_change (project_id, part, changed_by)
SELECT $1, p, $3 FROM (SELECT DISTINCT unnest($2) AS p ORDER BY 1) x
ON CONFLICT (project_id, part) DO UPDATE SET changed_by = excluded.changed_by, changed_at = now();

-- A part that nobody has changed is as it was when the project was made.
-- @query setting_last :one (project int4, part text) -> (changed_at, author)
SELECT coalesce(c.changed_at, p.created_at) AS changed_at,
       coalesce(nullif(concat_ws(' ', nullif(u.first_name, ''), nullif(u.last_name, '')), ''), u.email) AS author
FROM project p
LEFT JOIN setting_change c ON c.project_id = p.id AND c.part = $2
LEFT JOIN user_account u ON u.id = CASE WHEN c.project_id IS NULL THEN p.created_by ELSE c.changed_by END
WHERE p.id = $1;
