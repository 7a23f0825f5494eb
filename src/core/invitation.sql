-- Invitations by e-mail: open until accepted, revoked (deleted) or expired.

-- Who is in the organization already is not invited. One row for each address that was invited, with the new token.
-- @query invitation_send :many (organization int4, member int4, role text, emails text[], tokens text[], new_role text, workspaces int4[],
--     projects int4[], days int4) -> (email, token, expires_at)
INSERT INTO invitation AS i (organization_id, invited_by, email, token, role, workspaces, projects, expires_at)
SELECT $1, $2, w.email, w.token, $6,
       ARRAY(SELECT v.id FROM visible_workspace($1, $2, $3) v WHERE v.id = ANY ($7) AND NOT v.is_personal),
       ARRAY(SELECT p.id FROM visible_project($1, $2, $3) p WHERE p.id = ANY ($8)),
       now() + $9 * interval '1 day'
FROM (SELECT DISTINCT ON (lower(email)) email, token FROM unnest($4, $5) AS x (email, token) ORDER BY lower(email)) w
WHERE NOT EXISTS (SELECT FROM membership m JOIN user_account u ON u.id = m.user_id
                  WHERE m.organization_id = $1 AND m.deleted_at IS NULL AND lower(u.email) = lower(w.email))
ON CONFLICT (organization_id, lower(email)) WHERE accepted_at IS NULL DO UPDATE SET
    token = excluded.token, role = excluded.role, workspaces = excluded.workspaces, projects = excluded.projects,
    invited_by = excluded.invited_by, created_at = now(), expires_at = excluded.expires_at
RETURNING i.email, i.token, i.expires_at;

-- Does the caller see all these places?
-- @query invitation_places :one (organization int4, member int4, role text, workspaces int4[], projects int4[]) -> (workspaces, projects)
SELECT NOT EXISTS (SELECT FROM unnest($4) x WHERE x NOT IN (SELECT v.id FROM visible_workspace($1, $2, $3) v WHERE NOT v.is_personal)) AS workspaces,
       NOT EXISTS (SELECT FROM unnest($5) x WHERE x NOT IN (SELECT p.id FROM visible_project($1, $2, $3) p)) AS projects;

-- @query invitation_list :many (organization int4) -> (id, email, role, workspaces, projects, token, invited_by, created_at, expires_at, expired)
SELECT id, email, role, to_json(workspaces) AS workspaces, to_json(projects) AS projects, token, invited_by, created_at, expires_at,
       expires_at < now() AS expired
FROM invitation WHERE organization_id = $1 AND accepted_at IS NULL ORDER BY created_at DESC, id DESC;

-- @query invitation_revoke :exec (organization int4, email text)
DELETE FROM invitation WHERE organization_id = $1 AND lower(email) = lower($2) AND accepted_at IS NULL;

-- @query invitation_by_token :one (token text) -> (organization, title, email)
SELECT o.id AS organization, o.title, i.email
FROM invitation i JOIN organization o ON o.id = i.organization_id
WHERE i.token = $1 AND i.accepted_at IS NULL AND i.expires_at > now();

-- Join with everything that was promised, as far as it still exists. Somebody who left comes back.
-- @query invitation_accept :one (token text, member int4) -> (organization)
WITH i AS (
    UPDATE invitation SET accepted_at = now(), accepted_by = $2
    WHERE token = $1 AND accepted_at IS NULL AND expires_at > now() RETURNING *),
m AS (
    INSERT INTO membership AS o (organization_id, user_id, role)
    SELECT i.organization_id, $2, coalesce(i.role, g.default_role) FROM i JOIN organization g ON g.id = i.organization_id
    ON CONFLICT (organization_id, user_id) DO UPDATE SET deleted_at = NULL, updated_at = now(), role = excluded.role
    WHERE o.deleted_at IS NOT NULL),
w AS (
    INSERT INTO workspace_member (workspace_id, user_id)
    SELECT w.id, $2 FROM i JOIN workspace w ON w.id = ANY (i.workspaces) AND w.organization_id = i.organization_id AND w.deleted_at IS NULL
    ON CONFLICT DO NOTHING),
p AS (
    INSERT INTO project_member (project_id, user_id)
    SELECT p.id, $2 FROM i JOIN project p ON p.id = ANY (i.projects) AND p.organization_id = i.organization_id
    ON CONFLICT DO NOTHING)
SELECT organization_id AS organization FROM i;
