-- Workspaces, who is in them and which projects. Every query goes through visible_workspace (organization, user, role).

-- everybody: the sandboxes of others too, for owner and administrators.
-- @query workspace_list :many (organization int4, member int4, role text, id int4, archived bool, personal bool, ordering text, everybody bool)
-- -> (id, title, description, color, is_personal, is_archived, created_by, created_by_user, projects_count, membership, created_at, updated_at)
SELECT w.id, w.title, w.description, w.color, w.is_personal, w.is_archived, w.created_by,
       CASE WHEN u.id IS NOT NULL THEN json_build_object('id', u.id, 'first_name', u.first_name, 'last_name', u.last_name,
            'email', u.email, 'avatar', u.avatar, 'username', u.username) END AS created_by_user,
       (SELECT count(*) FROM visible_project($1, $2, $3) p WHERE p.workspace_id = w.id) AS projects_count,
       (SELECT json_build_object('user', m.user_id, 'workspace', m.workspace_id) FROM workspace_member m
        WHERE m.workspace_id = w.id AND m.user_id = $2) AS membership,
       w.created_at, w.updated_at
FROM (SELECT * FROM visible_workspace($1, $2, $3)
      UNION
      SELECT * FROM workspace x WHERE $8 AND $3 IN ('OW', 'AD') AND x.organization_id = $1 AND x.deleted_at IS NULL) w
LEFT JOIN user_account u ON u.id = w.created_by
WHERE ($4 IS NULL OR w.id = $4) AND ($5 IS NULL OR w.is_archived = $5) AND ($6 IS NULL OR w.is_personal = $6)
ORDER BY CASE WHEN $7 = 'title' THEN w.title END COLLATE label_order, CASE WHEN $7 = '-title' THEN w.title END COLLATE label_order DESC,
         CASE WHEN $7 = '-id' THEN w.id END DESC, CASE WHEN $7 = 'created_at' THEN w.created_at END,
         CASE WHEN $7 = '-created_at' THEN w.created_at END DESC, w.id;

-- @query workspace_get :one (organization int4, member int4, role text, id int4) -> (id, is_personal)
SELECT w.id, w.is_personal FROM visible_workspace($1, $2, $3) w WHERE w.id = $4;

-- Exists at all in the organization, whoever sees it?
-- @query workspace_known :one (organization int4, id int4) -> (known)
SELECT EXISTS (SELECT FROM workspace w WHERE w.organization_id = $1 AND w.id = $2 AND w.deleted_at IS NULL AND NOT w.is_personal) AS known;

-- Whoever makes a workspace is in it. There is one sandbox for each: asked for again, it is the same.
-- @query workspace_insert :one (organization int4, member int4, title text, description text, color text, personal bool, archived bool) -> (id)
WITH w AS (
    INSERT INTO workspace AS o (organization_id, title, description, color, is_personal, is_archived, created_by)
    VALUES ($1, $3, coalesce($4, ''), coalesce($5, '#FFFFFF'), coalesce($6, false), coalesce($7, false), $2)
    ON CONFLICT (organization_id, created_by) WHERE is_personal AND deleted_at IS NULL DO UPDATE SET updated_at = o.updated_at
    RETURNING o.id, o.is_personal),
m AS (INSERT INTO workspace_member (workspace_id, user_id) SELECT id, $2 FROM w WHERE NOT is_personal)
SELECT id FROM w;

-- A null leaves the column as it is.
-- @query workspace_update :exec (id int4, title text, description text, color text, archived bool)
UPDATE workspace SET title = coalesce($2, title), description = coalesce($3, description), color = coalesce($4, color),
    is_archived = coalesce($5, is_archived), updated_at = now()
WHERE id = $1;

-- Refused while a project is in it. The row is locked against projects that come in at this moment.
-- @query workspace_lock :one (id int4) -> (projects)
SELECT (SELECT count(*) FROM project p WHERE p.workspace_id = w.id AND p.deleted_at IS NULL) AS projects
FROM workspace w WHERE w.id = $1 FOR UPDATE;

-- @query workspace_trash :exec (id int4)
WITH m AS (DELETE FROM workspace_member WHERE workspace_id = $1)
UPDATE workspace SET deleted_at = now(), updated_at = now() WHERE id = $1 AND deleted_at IS NULL;

-- ---- members

-- ids null: all.
-- @query workspace_members :many (organization int4, workspace int4, search text, ids int4[], skip int8, most int8) -> (user_id, total)
SELECT m.user_id, count(*) OVER () AS total
FROM workspace_member m JOIN member_search($1, $3, NULL, NULL, NULL) o ON o.user_id = m.user_id AND o.deleted_at IS NULL
WHERE m.workspace_id = $2 AND ($4 IS NULL OR m.user_id = ANY ($4))
ORDER BY m.user_id OFFSET $5 LIMIT $6;

-- everybody: all members of the organization but the excluded; else the included.
-- @query workspace_join :one (organization int4, workspace int4, everybody bool, included int4[], excluded int4[], search text) -> (n)
WITH added AS (
    INSERT INTO workspace_member (workspace_id, user_id)
    SELECT $2, o.user_id FROM member_search($1, $6, NULL, NULL, NULL) o
    WHERE o.deleted_at IS NULL AND o.role <> 'DI'
      AND CASE WHEN $3 THEN o.user_id <> ALL (coalesce($5, '{}')) ELSE o.user_id = ANY (coalesce($4, '{}')) END
    ORDER BY o.user_id
    ON CONFLICT DO NOTHING RETURNING 1)
SELECT count(*) AS n FROM added;

-- Who leaves holds no task of its projects any more.
-- @query workspace_leave :one (organization int4, workspace int4, everybody bool, included int4[], excluded int4[], search text) -> (n)
WITH gone AS (
    DELETE FROM workspace_member m USING member_search($1, $6, NULL, NULL, NULL) o
    WHERE m.workspace_id = $2 AND o.user_id = m.user_id
      AND CASE WHEN $3 THEN m.user_id <> ALL (coalesce($5, '{}')) ELSE m.user_id = ANY (coalesce($4, '{}')) END
    RETURNING m.user_id),
locks AS (
    DELETE FROM task_lock l USING project p, gone g
    WHERE p.workspace_id = $2 AND l.project_id = p.id AND l.user_id = g.user_id)
SELECT count(*) AS n FROM gone;

-- ---- projects

-- @query workspace_projects :many (organization int4, member int4, role text, workspace int4) -> (id)
SELECT p.id FROM visible_project($1, $2, $3) p WHERE p.workspace_id = $4 ORDER BY p.created_at DESC, p.id DESC;

-- In a sandbox nothing is published. `from` null: wherever it is.
-- @query workspace_put_project :exec (organization int4, member int4, role text, project int4, workspace int4, from_workspace int4)
UPDATE project o SET workspace_id = $5, updated_at = now(), version = o.version + 1,
    is_published = o.is_published AND NOT EXISTS (SELECT FROM workspace w WHERE w.id = $5 AND w.is_personal)
WHERE o.id = $4 AND ($6 IS NULL OR o.workspace_id = $6) AND EXISTS (SELECT FROM visible_project($1, $2, $3) p WHERE p.id = o.id);

-- ---- as pages show them

-- One's own sandbox first, archived ones last.
-- @query workspace_lines :many (organization int4, member int4, role text, id int4, skip int8, most int8)
-- -> (id, title, description, color, is_personal, is_archived, people, projects, total)
SELECT w.id, w.title, w.description, w.color, w.is_personal, w.is_archived,
       (SELECT count(*) FROM workspace_member m JOIN membership o ON o.user_id = m.user_id AND o.organization_id = $1 AND o.deleted_at IS NULL
        WHERE m.workspace_id = w.id) AS people,
       (SELECT count(*) FROM visible_project($1, $2, $3) p WHERE p.workspace_id = w.id) AS projects, w.total
FROM (SELECT v.*, count(*) OVER () AS total FROM visible_workspace($1, $2, $3) v WHERE $4 IS NULL OR v.id = $4
      ORDER BY v.is_archived, v.is_personal DESC, v.title COLLATE label_order, v.id OFFSET $5 LIMIT $6) w
ORDER BY w.is_archived, w.is_personal DESC, w.title COLLATE label_order, w.id;

-- Those who are in, or who could come in.
-- @query workspace_people_lines :many (organization int4, workspace int4, inside bool, search text, skip int8, most int8)
-- -> (id, first_name, last_name, username, email, avatar, role, total)
SELECT u.id, u.first_name, u.last_name, u.username, u.email, u.avatar, o.role, count(*) OVER () AS total
FROM member_search($1, $4, NULL, NULL, NULL) o JOIN user_account u ON u.id = o.user_id
WHERE o.deleted_at IS NULL AND ($3 OR o.role NOT IN ('NO', 'DI'))
  AND $3 = EXISTS (SELECT FROM workspace_member m WHERE m.workspace_id = $2 AND m.user_id = o.user_id)
ORDER BY nullif(concat_ws(' ', nullif(u.first_name, ''), nullif(u.last_name, '')), '') COLLATE label_order NULLS LAST,
         u.email COLLATE label_order, u.id
OFFSET $5 LIMIT $6;

-- Projects that are in, or elsewhere.
-- @query workspace_project_lines :many (organization int4, member int4, role text, workspace int4, inside bool, search text, skip int8, most int8)
-- -> (id, title, tasks, elsewhere, total)
SELECT p.id, p.title, c.tasks, (SELECT w.title FROM workspace w WHERE w.id = p.workspace_id AND NOT $5) AS elsewhere, p.total
FROM (SELECT v.*, count(*) OVER () AS total FROM visible_project($1, $2, $3) v
      WHERE $5 = (v.workspace_id IS NOT DISTINCT FROM $4) AND ($6 IS NULL OR strpos(lower(v.title), lower($6)) > 0)
      ORDER BY v.title COLLATE label_order, v.id OFFSET $7 LIMIT $8) p
CROSS JOIN LATERAL (SELECT coalesce(sum(n.task_number), 0)::int8 AS tasks FROM project_counter n WHERE n.project_id = p.id) c
ORDER BY p.title COLLATE label_order, p.id;

-- @query workspace_put_projects :one (organization int4, member int4, role text, projects int4[], workspace int4, from_workspace int4) -> (n)
WITH moved AS (
    UPDATE project o SET workspace_id = $5, updated_at = now(), version = o.version + 1,
        is_published = o.is_published AND NOT EXISTS (SELECT FROM workspace w WHERE w.id = $5 AND w.is_personal)
    WHERE o.id = ANY ($4) AND ($6 IS NULL OR o.workspace_id = $6) AND EXISTS (SELECT FROM visible_project($1, $2, $3) p WHERE p.id = o.id)
    RETURNING 1)
SELECT count(*) AS n FROM moved;
