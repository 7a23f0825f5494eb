-- Predictions: stored model output per task.

-- version: only this model version (null: all). shared: only where annotators are shown predictions.
-- @query prediction_by_tasks :many (tasks int4[], version text, shared bool) -> (id, task, project, result, model_version, score, cluster, neighbors, mislabeling, created_at, updated_at)
SELECT id, task_id AS task, project_id AS project, result, model_version, score, cluster, neighbors, mislabeling, created_at, updated_at
FROM prediction q WHERE task_id = ANY ($1) AND ($2::text IS NULL OR model_version = $2)
  AND (NOT $3 OR EXISTS (SELECT FROM project p WHERE p.id = q.project_id AND p.show_collab_predictions))
ORDER BY task_id, id;

-- @query prediction_by_id :one (organization int4, member int4, role text, prediction int4) -> (id, task, project, result, model_version, score, cluster, neighbors, mislabeling, created_at, updated_at)
SELECT q.id, q.task_id AS task, q.project_id AS project, q.result, q.model_version, q.score, q.cluster, q.neighbors, q.mislabeling,
       q.created_at, q.updated_at
FROM prediction q
JOIN visible_project($1, $2, $3) p ON p.id = q.project_id
JOIN task t ON t.id = q.task_id AND t.deleted_at IS NULL
WHERE q.id = $4;

-- Keyset pages of the caller's predictions, for one project (null: any).
-- @query prediction_page :many (organization int4, member int4, role text, project int4, after int4, most int8) -> (id, task, project, result, model_version, score, cluster, neighbors, mislabeling, created_at, updated_at)
SELECT q.id, q.task_id AS task, q.project_id AS project, q.result, q.model_version, q.score, q.cluster, q.neighbors, q.mislabeling,
       q.created_at, q.updated_at
FROM prediction q
JOIN visible_project($1, $2, $3) p ON p.id = q.project_id
JOIN task t ON t.id = q.task_id AND t.deleted_at IS NULL
WHERE q.id > $5 AND ($4::int4 IS NULL OR q.project_id = $4)
ORDER BY q.id LIMIT $6;

-- @query prediction_insert :one (organization int4, member int4, role text, task int4, result jsonb, model_version text, score float8, cluster int4, neighbors jsonb, mislabeling float8) -> (id, project)
INSERT INTO prediction (task_id, project_id, result, model_version, score, cluster, neighbors, mislabeling)
SELECT t.id, t.project_id, $5, $6, $7, $8, $9, $10
FROM task t JOIN visible_project($1, $2, $3) p ON p.id = t.project_id
WHERE t.id = $4 AND t.deleted_at IS NULL
RETURNING id, project_id AS project;

-- Where it is, until the end of the transaction.
-- @query prediction_lock :one (prediction int4) -> (task)
SELECT task_id AS task FROM prediction WHERE id = $1 FOR NO KEY UPDATE;

-- Keys that `change` holds are taken over, into the row as it is by then (see draft_update).
-- @query prediction_update :exec (prediction int4, change jsonb)
UPDATE prediction q SET (result, model_version, score, cluster, neighbors, mislabeling, task_id, updated_at) =
    (SELECT n.result, n.model_version, n.score, n.cluster, n.neighbors, n.mislabeling, n.task_id, now() FROM jsonb_populate_record(q, $2) n)
WHERE q.id = $1;

-- @query prediction_delete :one (prediction int4) -> (task)
DELETE FROM prediction WHERE id = $1 RETURNING task_id AS task;
