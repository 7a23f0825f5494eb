-- Deletion and copies of annotations. The tasks of each batch are locked.

-- Whose annotations a project has.
-- @query action_annotators :many (project int4) -> (user_id, label)
SELECT u.id AS user_id, coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), nullif(u.username, ''), u.email) AS label
FROM (SELECT user_id FROM project_user_counter WHERE project_id = $1 GROUP BY 1 HAVING sum(done_tasks) > 0) c JOIN user_account u ON u.id = c.user_id
ORDER BY u.id;

-- @query action_orphans_lock :exec (tasks int4[], annotator int4)
SELECT FROM task t
WHERE t.id = ANY (ARRAY(SELECT c.task_id FROM unnest($1) AS x (id)
                        CROSS JOIN LATERAL (SELECT id FROM annotation n WHERE n.task_id = x.id AND n.deleted_at IS NULL
                                                                        AND ($2::int4 IS NULL OR n.completed_by = $2) OFFSET 0) a
                        CROSS JOIN LATERAL (SELECT task_id FROM annotation o WHERE o.parent_annotation = a.id OFFSET 0) c))
ORDER BY t.id FOR NO KEY UPDATE OF t;

-- @query action_orphans :exec (tasks int4[], annotator int4)
UPDATE annotation SET parent_annotation = NULL
WHERE id = ANY (ARRAY(SELECT c.id FROM unnest($1) AS x (id)
                      CROSS JOIN LATERAL (SELECT id FROM annotation n WHERE n.task_id = x.id AND n.deleted_at IS NULL
                                                                      AND ($2::int4 IS NULL OR n.completed_by = $2) OFFSET 0) a
                      CROSS JOIN LATERAL (SELECT id FROM annotation o WHERE o.parent_annotation = a.id OFFSET 0) c));

-- Drafts of that annotator (null: of everybody), and drafts of annotations that go.
-- @query action_drafts_delete :exec (tasks int4[], annotator int4)
DELETE FROM draft WHERE id = ANY (ARRAY(
    SELECT d.id FROM unnest($1) AS x (id)
    CROSS JOIN LATERAL (SELECT id, user_id, annotation_id FROM draft o WHERE o.task_id = x.id OFFSET 0) d
    WHERE $2::int4 IS NULL OR d.user_id = $2 OR EXISTS (SELECT FROM annotation a WHERE a.id = d.annotation_id AND a.completed_by = $2)));

-- @query action_annotations_trash :one (tasks int4[], annotator int4, by_user int4, moment timestamptz) -> (n, tasks, ids)
WITH g AS (
    UPDATE annotation a SET deleted_at = coalesce($4, now()), updated_at = now(), updated_by = $3, unique_id = NULL
    FROM (SELECT o.id FROM unnest($1) AS x (id)
          CROSS JOIN LATERAL (SELECT id FROM annotation n WHERE n.task_id = x.id AND n.deleted_at IS NULL
                                                          AND ($2::int4 IS NULL OR n.completed_by = $2) OFFSET 0) o) n
    WHERE a.id = n.id
    RETURNING a.id, a.task_id)
SELECT count(*) AS n, array_agg(DISTINCT task_id) AS tasks, array_agg(id) AS ids FROM g;

-- @query action_first_annotation :one (project int4) -> (id)
SELECT (SELECT a.id FROM task t CROSS JOIN LATERAL (SELECT id FROM annotation n WHERE n.task_id = t.id AND n.deleted_at IS NULL ORDER BY id LIMIT 1) a
        WHERE t.project_id = $1 AND t.deleted_at IS NULL AND t.total_annotations + t.cancelled_annotations > 0 ORDER BY t.inner_id LIMIT 1) AS id;

-- @query action_source :one (project int4, annotation int4) -> (task)
SELECT a.task_id AS task FROM annotation a JOIN task t ON t.id = a.task_id AND t.deleted_at IS NULL
WHERE a.id = $2 AND a.project_id = $1 AND a.deleted_at IS NULL;

-- Like imported ones they count in the summary when they are saved or the summary is reset.
-- @query action_propagate :one (tasks int4[], source int4, source_task int4, by_user int4) -> (n)
WITH a AS (
    INSERT INTO annotation (task_id, project_id, result, result_count, completed_by, parent_annotation, in_summary)
    SELECT x.id, s.project_id, s.result, s.result_count, $4, s.id, false
    FROM annotation s CROSS JOIN unnest($1) AS x (id)
    WHERE s.id = $2 AND s.deleted_at IS NULL AND x.id <> $3
    RETURNING id, task_id, project_id),
     h AS (INSERT INTO annotation_history (project_id, task_id, annotation_id, action, created_by)
           SELECT project_id, task_id, id, 'propagated_annotation', $4 FROM a)
SELECT count(*) AS n FROM a;
