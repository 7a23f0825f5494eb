-- Members of projects and the roles that count there. The caller sees the project: core/member.c asks first.

-- Filters as of member lists everywhere (member_search); ids null: all; implicit null: both kinds.
-- @query member_list :many (organization int4, project int4, search text, roles text[], since timestamptz, until timestamptz, tags text[],
--     ids int4[], implicit bool, no_annotators bool, with_deleted bool, ordering text, skip int8, most int8)
-- -> (user_id, implicit, role, project_role, project_role_source, tags, pause, total)
SELECT x.user_id, x.implicit, x.role, r.role AS project_role, r.role_source AS project_role_source,
       (SELECT '[' || coalesce(string_agg(format('{"id":%s,"label":%s}', g.id, to_json(g.label)), ',' ORDER BY g.id), '') || ']'
        FROM member_tag_assignment a JOIN member_tag g ON g.id = a.tag_id WHERE a.membership_id = o.id) AS tags,
       (SELECT json_build_object('id', z.id, 'reason', z.reason, 'verbose_reason', z.verbose_reason)
        FROM project_pause z WHERE z.project_id = $2 AND z.user_id = x.user_id AND z.deleted_at IS NULL ORDER BY z.id DESC LIMIT 1) AS pause,
       count(*) OVER () AS total
FROM (SELECT p.user_id, p.implicit, p.role FROM project_people($2) p
      UNION ALL
      SELECT e.user_id, false, m.role
      FROM project_member e JOIN membership m ON m.organization_id = $1 AND m.user_id = e.user_id AND m.deleted_at IS NOT NULL
      WHERE $11 AND e.project_id = $2) x
JOIN member_search($1, $3, $5, $6, $7) o ON o.user_id = x.user_id
JOIN user_account u ON u.id = x.user_id
LEFT JOIN project_role r ON r.project_id = $2 AND r.user_id = x.user_id
WHERE ($4 IS NULL OR x.role = ANY ($4)) AND ($8 IS NULL OR x.user_id = ANY ($8)) AND ($9 IS NULL OR x.implicit = $9)
  AND NOT ($10 AND x.role = 'AN')
ORDER BY CASE WHEN $12 = 'role' THEN x.role END, CASE WHEN $12 = '-role' THEN x.role END DESC,
         CASE WHEN $12 IN ('email', 'user__email') THEN u.email END COLLATE label_order,
         CASE WHEN $12 IN ('-email', '-user__email') THEN u.email END COLLATE label_order DESC,
         CASE WHEN $12 IN ('first_name', 'user__first_name') THEN u.first_name END COLLATE label_order,
         CASE WHEN $12 IN ('-first_name', '-user__first_name') THEN u.first_name END COLLATE label_order DESC,
         CASE WHEN $12 IN ('last_activity', 'user__last_activity') THEN u.last_activity END,
         CASE WHEN $12 IN ('-last_activity', '-user__last_activity') THEN u.last_activity END DESC,
         CASE WHEN $12 = '-id' THEN x.user_id END DESC, x.user_id
OFFSET $13 LIMIT $14;

-- Everybody whom the filters let through but the excluded, or the included. skipped: named, but nobody who can be a member.
-- @query member_join :one (organization int4, project int4, everybody bool, included int4[], excluded int4[], search text, roles text[],
--     since timestamptz, until timestamptz, tags text[]) -> (n, skipped)
WITH wanted AS (
    SELECT o.user_id FROM member_search($1, $6, $8, $9, $10) o
    WHERE o.deleted_at IS NULL AND o.role <> 'DI' AND ($7 IS NULL OR o.role = ANY ($7))
      AND CASE WHEN $3 THEN o.user_id <> ALL (coalesce($5, '{}')) ELSE o.user_id = ANY (coalesce($4, '{}')) END),
added AS (
    INSERT INTO project_member (project_id, user_id) SELECT $2, user_id FROM wanted ORDER BY user_id ON CONFLICT DO NOTHING RETURNING 1)
SELECT (SELECT count(*) FROM added) AS n,
       (SELECT '[' || coalesce(string_agg(i::text, ',' ORDER BY i), '') || ']' FROM unnest($4) i
        WHERE NOT $3 AND i NOT IN (SELECT user_id FROM wanted)) AS skipped;

-- Who is left in no other way holds no task any more; nor does who stays by the workspace, until the stream is asked again.
-- @query member_leave :one (organization int4, project int4, everybody bool, included int4[], excluded int4[], search text, roles text[],
--     since timestamptz, until timestamptz, tags text[]) -> (n)
WITH gone AS (
    DELETE FROM project_member e USING member_search($1, $6, $8, $9, $10) o
    WHERE e.project_id = $2 AND o.user_id = e.user_id AND ($7 IS NULL OR o.role = ANY ($7))
      AND CASE WHEN $3 THEN e.user_id <> ALL (coalesce($5, '{}')) ELSE e.user_id = ANY (coalesce($4, '{}')) END
    RETURNING e.user_id),
locks AS (DELETE FROM task_lock l USING gone g WHERE l.project_id = $2 AND l.user_id = g.user_id)
SELECT count(*) AS n FROM gone;

-- @query member_state :one (project int4, user_id int4) -> (implicit)
SELECT implicit FROM project_people($1) WHERE user_id = $2;

-- @query member_people :many (project int4, most int8) -> (id, first_name, last_name, email, avatar, username, total)
SELECT u.id, u.first_name, u.last_name, u.email, u.avatar, u.username, count(*) OVER () AS total
FROM project_people($1) x JOIN user_account u ON u.id = x.user_id
ORDER BY x.implicit, u.id LIMIT $2;

-- ---- roles

-- member_user null: of everybody; projects null: all.
-- @query member_roles :many (organization int4, member int4, role text, projects int4[], member_user int4) -> (id, project, user_id, role, role_source)
SELECT r.id, r.project_id AS project, r.user_id, r.role, r.role_source
FROM project_role r JOIN visible_project($1, $2, $3) p ON p.id = r.project_id
WHERE ($4 IS NULL OR r.project_id = ANY ($4)) AND ($5 IS NULL OR r.user_id = $5)
ORDER BY r.id;

-- Only annotators and reviewers of the organization can have another role in a project.
-- @query member_role_set :many (organization int4, project int4, users int4[], roles text[]) -> (id, project, user_id, role, role_source)
INSERT INTO project_role AS o (project_id, user_id, role)
SELECT $2, w.user_id, w.role
FROM unnest($3, $4) AS w (user_id, role)
JOIN membership m ON m.organization_id = $1 AND m.user_id = w.user_id AND m.deleted_at IS NULL AND m.role IN ('AN', 'RE')
ORDER BY w.user_id
ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role, role_source = 'manual'
RETURNING o.id, o.project_id AS project, o.user_id, o.role, o.role_source;

-- @query member_role_end :exec (organization int4, member int4, role text, id int4)
DELETE FROM project_role r USING visible_project($1, $2, $3) p WHERE r.id = $4 AND p.id = r.project_id;

-- @query member_role_clear :exec (project int4, user_id int4)
DELETE FROM project_role WHERE project_id = $1 AND user_id = $2;
