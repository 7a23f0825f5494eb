-- Deletion of predictions, and annotations made of them. The tasks of each batch are locked.

-- @query action_predictions_delete :one (tasks int4[]) -> (n, tasks)
WITH g AS (
    DELETE FROM prediction WHERE id = ANY (ARRAY(
        SELECT q.id FROM unnest($1) AS x (id) CROSS JOIN LATERAL (SELECT id FROM prediction p WHERE p.task_id = x.id OFFSET 0) q))
    RETURNING task_id)
SELECT count(*) AS n, array_agg(DISTINCT task_id) AS tasks FROM g;

-- A prediction that an annotation was made of is passed over, so a second time makes none.
-- @query action_convert :one (tasks int4[], any_version bool, versions text[], by_user int4) -> (n, tasks, ids)
WITH a AS (
    INSERT INTO annotation (task_id, project_id, result, result_count, completed_by, parent_prediction, in_summary)
    SELECT q.task_id, q.project_id, q.result, result_count(q.result), $4, q.id, false
    FROM unnest($1) AS x (id)
    CROSS JOIN LATERAL (SELECT * FROM prediction p WHERE p.task_id = x.id ORDER BY p.id OFFSET 0) q
    WHERE ($2 OR q.model_version = ANY ($3))
      AND NOT EXISTS (SELECT FROM annotation c WHERE c.parent_prediction = q.id AND c.deleted_at IS NULL)
    RETURNING id, task_id, project_id),
     h AS (INSERT INTO annotation_history (project_id, task_id, annotation_id, action, created_by)
           SELECT project_id, task_id, id, 'prediction', $4 FROM a)
SELECT count(*) AS n, array_agg(DISTINCT task_id) AS tasks, array_agg(id) AS ids FROM a;
