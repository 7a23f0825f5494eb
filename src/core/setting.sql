-- Who changed which part of the settings last, of a project and of the organization.

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

-- ---- of the organization

-- @query setting_note_organization :exec (organization int4, part text, member int4)
INSERT INTO organization_change (organization_id, part, changed_by) VALUES ($1, $2, $3)
ON CONFLICT (organization_id, part) DO UPDATE SET changed_by = excluded.changed_by, changed_at = now();

-- @query setting_last_organization :one (organization int4, part text) -> (changed_at, author)
SELECT coalesce(c.changed_at, o.created_at) AS changed_at,
       coalesce(nullif(concat_ws(' ', nullif(u.first_name, ''), nullif(u.last_name, '')), ''), u.email) AS author
FROM organization o
LEFT JOIN organization_change c ON c.organization_id = o.id AND c.part = $2
LEFT JOIN user_account u ON u.id = CASE WHEN c.organization_id IS NULL THEN o.created_by ELSE c.changed_by END
WHERE o.id = $1;
