-- Is one object visible to the caller? $1…$3 are the arguments of visible_project(), $4 is the id.
-- Read where a permission is missing, to tell 403 (visible) from 404, and to find the project that an object is in (null: in none);
-- handlers have their own queries.

-- @query visible_role :one (project int4, member int4, role text) -> (role)
SELECT role_in_project($1, $2, $3) AS role;

-- @query visible_project_id :one (organization int4, member int4, role text, id int4) -> (project)
SELECT p.id AS project FROM visible_project($1, $2, $3) p WHERE p.id = $4;

-- @query visible_task :one (organization int4, member int4, role text, id int4) -> (project)
SELECT p.id AS project FROM task t JOIN visible_project($1, $2, $3) p ON p.id = t.project_id
WHERE t.id = $4 AND t.deleted_at IS NULL AND sees_task($2, role_in_project(p.id, $2, $3), p.label_stream_task_distribution, t.assignees);

-- Annotators see their own work only.
-- @query visible_annotation :one (organization int4, member int4, role text, id int4) -> (project)
SELECT p.id AS project FROM annotation a JOIN visible_project($1, $2, $3) p ON p.id = a.project_id
JOIN task t ON t.id = a.task_id AND t.deleted_at IS NULL
WHERE a.id = $4 AND a.deleted_at IS NULL AND (role_in_project(p.id, $2, $3) <> 'AN' OR a.completed_by = $2);

-- @query visible_history_row :one (organization int4, member int4, role text, id int4) -> (project)
SELECT v.project_id AS project FROM visible_history($1, $2, $3) v WHERE v.id = $4;

-- @query visible_draft :one (organization int4, member int4, role text, id int4) -> (project)
SELECT p.id AS project FROM draft d JOIN visible_project($1, $2, $3) p ON p.id = d.project_id
JOIN task t ON t.id = d.task_id AND t.deleted_at IS NULL
WHERE d.id = $4 AND (role_in_project(p.id, $2, $3) <> 'AN' OR d.user_id = $2);

-- @query visible_comment :one (organization int4, member int4, role text, id int4) -> (project)
SELECT v.project_id AS project FROM visible_comment($1, $2, $3) v WHERE v.id = $4;

-- @query visible_review :one (organization int4, member int4, role text, id int4) -> (project)
SELECT v.project_id AS project FROM visible_review($1, $2, $3) v WHERE v.id = $4;

-- @query visible_prediction :one (organization int4, member int4, role text, id int4) -> (project)
SELECT p.id AS project FROM prediction x JOIN visible_project($1, $2, $3) p ON p.id = x.project_id
JOIN task t ON t.id = x.task_id AND t.deleted_at IS NULL
WHERE x.id = $4 AND (role_in_project(p.id, $2, $3) <> 'AN' OR p.show_collab_predictions);

-- @query visible_upload :one (organization int4, member int4, role text, id int4) -> (project)
SELECT p.id AS project FROM file_upload f JOIN visible_project($1, $2, $3) p ON p.id = f.project_id
WHERE f.id = $4;

-- @query visible_view :one (organization int4, member int4, role text, id int4) -> (project)
SELECT p.id AS project FROM view v JOIN visible_project($1, $2, $3) p ON p.id = v.project_id
WHERE v.id = $4 AND (NOT v.is_private OR v.user_id = $2) AND v.deleted_at IS NULL;

-- @query visible_webhook :one (organization int4, member int4, role text, id int4) -> (visible)
SELECT true AS visible FROM webhook w
WHERE w.id = $4 AND w.organization_id = $1
  AND (w.project_id IN (SELECT p.id FROM visible_project($1, $2, $3) p) OR (w.project_id IS NULL AND $3 IN ('OW', 'AD')));

-- @query visible_user :one (organization int4, member int4, role text, id int4) -> (project)
SELECT NULL::int4 AS project FROM membership m
WHERE m.organization_id = $1 AND m.user_id = $4 AND (m.user_id = $2 OR $3 IN ('OW', 'AD', 'MA'));

-- @query visible_organization :one (organization int4, member int4, role text, id int4) -> (project)
SELECT NULL::int4 AS project FROM membership m
WHERE m.organization_id = $4 AND m.organization_id = $1 AND m.user_id = $2 AND m.role = $3 AND m.deleted_at IS NULL;

-- @query visible_workspace_id :one (organization int4, member int4, role text, id int4) -> (project)
SELECT NULL::int4 AS project FROM visible_workspace($1, $2, $3) w WHERE w.id = $4;

-- @query visible_label :one (organization int4, member int4, role text, id int4) -> (project)
SELECT NULL::int4 AS project FROM label l WHERE l.id = $4 AND l.organization_id = $1 AND $3 NOT IN ('NO', 'DI', '') AND $2 > 0;

-- @query visible_label_link :one (organization int4, member int4, role text, id int4) -> (project)
SELECT p.id AS project FROM label_link k JOIN visible_project($1, $2, $3) p ON p.id = k.project_id WHERE k.id = $4;

-- @query visible_role_row :one (organization int4, member int4, role text, id int4) -> (project)
SELECT p.id AS project FROM project_role r JOIN visible_project($1, $2, $3) p ON p.id = r.project_id WHERE r.id = $4;

-- @query visible_storage :one (organization int4, member int4, role text, id int4) -> (project)
SELECT p.id AS project FROM storage s JOIN visible_project($1, $2, $3) p ON p.id = s.project_id WHERE s.id = $4;

-- In the trash, and of the caller's to bring back.
-- @query visible_trashed :one (organization int4, member int4, role text, id int4) -> (project)
SELECT NULL::int4 AS project FROM trashed_project($1, $2, $3) p WHERE p.id = $4;

-- @query visible_ml_backend :one (organization int4, member int4, role text, id int4) -> (project)
SELECT p.id AS project FROM ml_backend b JOIN visible_project($1, $2, $3) p ON p.id = b.project_id WHERE b.id = $4;

-- @query visible_template :one (organization int4, member int4, role text, id int4) -> (project)
SELECT NULL::int4 AS project FROM project_template t WHERE t.id = $4 AND t.organization_id = $1 AND $3 IN ('OW', 'AD', 'MA') AND $2 > 0;
