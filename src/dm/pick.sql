-- Picked tasks, for those who picked them.

-- @query pick_keep :one (project int4, member int4, is_all bool, tasks int4[]) -> (id)
INSERT INTO task_pick (project_id, user_id, is_all, tasks) VALUES ($1, $2, $3, $4) RETURNING id;

-- All but the latest.
-- @query pick_tidy :exec (project int4, member int4, most int8)
DELETE FROM task_pick WHERE id IN (SELECT id FROM task_pick WHERE project_id = $1 AND user_id = $2 ORDER BY id DESC OFFSET $3);

-- A row for each task.
-- @query pick_get :many (project int4, member int4, id int8) -> (is_all, task)
SELECT p.is_all, t.task FROM task_pick p CROSS JOIN LATERAL unnest(p.tasks) AS t (task) WHERE p.id = $3 AND p.project_id = $1 AND p.user_id = $2;

-- @query pick_sweep :exec (most int8)
DELETE FROM task_pick WHERE id IN (SELECT id FROM task_pick WHERE created_at < now() - interval '30 days' LIMIT $1 FOR UPDATE SKIP LOCKED);
