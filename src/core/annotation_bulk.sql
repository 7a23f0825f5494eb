-- One result for many tasks at once, and many annotations removed at once.

-- @query bulk_project :one (organization int4, member int4, role text, project int4) -> (enable_empty_annotation)
SELECT p.enable_empty_annotation FROM visible_project($1, $2, $3) p WHERE p.id = $4;

-- Those of the tasks that the caller may work on, locked in the order that everybody takes.
-- @query bulk_tasks_lock :many (organization int4, member int4, role text, project int4, tasks int4[]) -> (id)
SELECT t.id
FROM task t JOIN visible_project($1, $2, $3) p ON p.id = t.project_id
WHERE t.id = ANY ($5) AND p.id = $4 AND t.deleted_at IS NULL
  AND sees_task($2, role_in_project(p.id, $2, $3), p.label_stream_task_distribution, t.assignees)
ORDER BY t.id
FOR NO KEY UPDATE OF t;

-- What the caller held or had begun on these tasks is done with.
-- @query bulk_insert :many (project int4, member int4, tasks int4[], result jsonb, completed_by int4, was_cancelled bool, ground_truth bool,
--     lead_time float8, import_id int8, last_action text, draft_created_at timestamptz) -> (id, task)
WITH a AS (
    INSERT INTO annotation (task_id, project_id, result, result_count, completed_by, updated_by, was_cancelled, ground_truth, lead_time,
                            import_id, last_action, bulk_created, draft_created_at)
    SELECT x.id, $1, $4, result_count($4), $5, $2, $6, $7, $8, $9, $10, true, $11
    FROM unnest($3) WITH ORDINALITY AS x (id, place) ORDER BY x.place
    RETURNING id, task_id, draft_created_at),
h AS (
    INSERT INTO annotation_history (project_id, task_id, annotation_id, action, started_at, created_by)
    SELECT $1, task_id, id, CASE WHEN $6 THEN 'skipped' ELSE 'submitted' END, draft_created_at, $2 FROM a),
l AS (DELETE FROM task_lock k USING a WHERE k.task_id = a.task_id AND k.user_id = $2)
SELECT id, task_id AS task FROM a ORDER BY id;

-- @query bulk_truth_alone :exec (annotations int4[])
UPDATE annotation o SET ground_truth = false
FROM annotation n JOIN unnest($1) AS x (id) ON n.id = x.id
WHERE o.task_id = n.task_id AND o.id <> n.id AND o.ground_truth AND o.deleted_at IS NULL;

-- Annotations that the caller may delete, and their tasks, which are locked.
-- @query bulk_delete_lock :many (organization int4, member int4, role text, project int4, annotations int4[]) -> (id, task)
SELECT a.id, t.id AS task
FROM annotation a
JOIN task t ON t.id = a.task_id AND t.deleted_at IS NULL
JOIN visible_project($1, $2, $3) p ON p.id = t.project_id
WHERE a.id = ANY ($5) AND p.id = $4 AND a.deleted_at IS NULL AND (role_in_project(p.id, $2, $3) <> 'AN' OR a.completed_by = $2)
ORDER BY t.id
FOR NO KEY UPDATE OF t;

-- @query bulk_trash :exec (annotations int4[], tasks int4[], by_user int4)
WITH x AS (SELECT a.id FROM annotation a JOIN unnest($1, $2) AS w (id, task) ON a.id = w.id AND a.task_id = w.task WHERE a.deleted_at IS NULL),
drafts AS (DELETE FROM draft d USING x WHERE d.annotation_id = x.id),
children AS (UPDATE annotation c SET parent_annotation = NULL FROM x WHERE c.parent_annotation = x.id AND c.id NOT IN (SELECT id FROM x))
UPDATE annotation a SET deleted_at = now(), updated_at = now(), updated_by = $3, unique_id = NULL, parent_annotation =
    CASE WHEN a.parent_annotation IN (SELECT id FROM x) THEN NULL ELSE a.parent_annotation END
FROM x WHERE a.id = x.id;
