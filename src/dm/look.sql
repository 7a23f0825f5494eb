-- How people look at the tasks of a project.

-- @query look_get :one (project int4, member int4) -> (data)
SELECT data FROM task_look WHERE project_id = $1 AND user_id = $2;

-- What it says replaces what was said of the same.
-- @query look_set :exec (project int4, member int4, data jsonb)
INSERT INTO task_look AS l (project_id, user_id, data) VALUES ($1, $2, $3)
ON CONFLICT (project_id, user_id) DO UPDATE SET data = l.data || excluded.data, updated_at = now();

-- @query look_clear :exec (project int4, member int4)
DELETE FROM task_look WHERE project_id = $1 AND user_id = $2;
