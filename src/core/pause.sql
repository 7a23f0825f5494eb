-- Pauses: annotators and reviewers who are kept from working in a project. Ended ones stay as a record.

-- Why the member may not work here now; no row: they may.
-- @query pause_active :one (project int4, member int4) -> (verbose_reason)
SELECT coalesce(verbose_reason, '') AS verbose_reason FROM project_pause
WHERE project_id = $1 AND user_id = $2 AND deleted_at IS NULL ORDER BY id DESC LIMIT 1;

-- @query pause_of_task :one (task int4, member int4) -> (verbose_reason)
SELECT coalesce(x.verbose_reason, '') AS verbose_reason FROM task t JOIN project_pause x ON x.project_id = t.project_id
WHERE t.id = $1 AND x.user_id = $2 AND x.deleted_at IS NULL ORDER BY x.id DESC LIMIT 1;

-- A member whom the caller can see in a project that they can see.
-- @query pause_member :one (organization int4, member int4, role text, project int4, user_id int4) -> (role)
SELECT m.role FROM visible_project($1, $2, $3) p JOIN membership m ON m.organization_id = p.organization_id AND m.user_id = $5 AND m.deleted_at IS NULL
WHERE p.id = $4 AND (m.user_id = $2 OR $3 IN ('OW', 'AD', 'MA'));

-- @query pause_list :many (project int4, user_id int4, ended bool, newest bool, pause int4) -> (id, project, user_id, reason, verbose_reason, paused_by,
--   created_at, updated_at, deleted_at, deleted_by)
SELECT x.id, x.project_id AS project, x.user_id, x.reason, x.verbose_reason,
       CASE WHEN u.id IS NOT NULL THEN json_build_object('id', u.id, 'first_name', u.first_name, 'last_name', u.last_name, 'email', u.email,
            'avatar', u.avatar) END AS paused_by,
       x.created_at, x.updated_at, x.deleted_at, x.deleted_by
FROM project_pause x LEFT JOIN user_account u ON u.id = x.paused_by
WHERE x.project_id = $1 AND x.user_id = $2 AND ($3 OR x.deleted_at IS NULL) AND ($5::int4 IS NULL OR x.id = $5)
ORDER BY CASE WHEN $4 THEN -x.id ELSE x.id END;

-- @query pause_add :one (project int4, user_id int4, reason text, verbose_reason text, by_user int4) -> (id)
INSERT INTO project_pause (project_id, user_id, reason, verbose_reason, paused_by) VALUES ($1, $2, $3, $4, $5) RETURNING id;

-- reason null: it stays; has_text: the text is replaced.
-- @query pause_change :exec (pause int4, reason text, has_text bool, verbose_reason text)
UPDATE project_pause SET reason = coalesce($2, reason), verbose_reason = CASE WHEN $3 THEN $4 ELSE verbose_reason END, updated_at = now()
WHERE id = $1;

-- @query pause_end :exec (pause int4, by_user int4)
UPDATE project_pause SET deleted_at = now(), updated_at = now(), deleted_by = $2 WHERE id = $1 AND deleted_at IS NULL;
