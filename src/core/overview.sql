-- What pages show at a glance: who works in a project, and its tasks by state.

-- Annotators with work on live tasks, per project.
-- @query overview_annotators :many (projects int4[]) -> (project, annotators)
SELECT x.project_id AS project, count(*) AS annotators
FROM (SELECT project_id, user_id FROM project_user_counter WHERE project_id = ANY ($1)
      GROUP BY project_id, user_id HAVING sum(done_tasks) > 0) x
GROUP BY x.project_id;

-- Annotations and skips of this user since midnight where they live.
-- @query overview_own_today :one (project int4, own int4) -> (done)
SELECT count(DISTINCT h.annotation_id) AS done
FROM annotation_history h
WHERE h.project_id = $1 AND h.created_by = $2 AND h.action IN ('submitted', 'prediction', 'propagated_annotation', 'skipped')
  AND h.created_at >= (SELECT date_trunc('day', now(), coalesce(nullif(u.timezone, ''), 'UTC')) FROM user_account u WHERE u.id = $2);

-- Finished or unfinished tasks by keyset. own: only tasks that this user annotated or drafted (null: all),
-- assigned: that they were assigned.
-- @query overview_after :many (project int4, after_inner_id int4, own int4, labeled bool, most int8, assigned bool) -> (id, project, inner_id, data, meta, created_at,
--   updated_at, is_labeled, overlap, total_annotations, cancelled_annotations, total_predictions)
SELECT t.id, t.project_id AS project, t.inner_id, task_data(t.data, p.first_data_key) AS data, t.meta, t.created_at, t.updated_at, t.is_labeled, t.overlap,
       t.total_annotations, t.cancelled_annotations, t.total_predictions
FROM task t JOIN project p ON p.id = t.project_id
WHERE t.project_id = $1 AND t.inner_id > $2 AND t.deleted_at IS NULL AND t.is_labeled = $4
  AND CASE WHEN $3::int4 IS NULL THEN true WHEN $6 THEN $3 = ANY (t.assignees)
      ELSE EXISTS (SELECT FROM annotation a WHERE a.project_id = t.project_id AND a.completed_by = $3 AND a.task_id = t.id AND a.deleted_at IS NULL)
           OR EXISTS (SELECT FROM draft d WHERE d.task_id = t.id AND d.user_id = $3) END
ORDER BY t.inner_id
LIMIT $5;

-- Where the page before this inner_id begins.
-- @query overview_before :one (project int4, before_inner_id int4, own int4, labeled bool, most int8, assigned bool) -> (inner_id)
SELECT min(x.inner_id) AS inner_id FROM (
    SELECT t.inner_id
    FROM task t
    WHERE t.project_id = $1 AND t.inner_id < $2 AND t.deleted_at IS NULL AND t.is_labeled = $4
      AND CASE WHEN $3::int4 IS NULL THEN true WHEN $6 THEN $3 = ANY (t.assignees)
          ELSE EXISTS (SELECT FROM annotation a WHERE a.project_id = t.project_id AND a.completed_by = $3 AND a.task_id = t.id AND a.deleted_at IS NULL)
               OR EXISTS (SELECT FROM draft d WHERE d.task_id = t.id AND d.user_id = $3) END
    ORDER BY t.inner_id DESC
    LIMIT $5) x;

-- @query overview_own_count :one (project int4, own int4, labeled bool, assigned bool) -> (tasks)
SELECT count(*) AS tasks
FROM task t
WHERE t.project_id = $1 AND t.deleted_at IS NULL AND t.is_labeled = $3
  AND CASE WHEN $4 THEN $2 = ANY (t.assignees)
      ELSE EXISTS (SELECT FROM annotation a WHERE a.project_id = t.project_id AND a.completed_by = $2 AND a.task_id = t.id AND a.deleted_at IS NULL)
           OR EXISTS (SELECT FROM draft d WHERE d.task_id = t.id AND d.user_id = $2) END;

-- Annotations that people made since midnight where this user lives; of the latest `most` versions, so that a busy project costs no more than another.
-- @query overview_today :many (projects int4[], most int8, member int4) -> (project, annotations)
SELECT p.id AS project, n.annotations
FROM unnest($1::int4[]) p (id)
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE h.action IN ('submitted', 'prediction', 'propagated_annotation', 'skipped')) AS annotations
    FROM (SELECT action FROM annotation_history
          WHERE project_id = p.id AND created_at >= (SELECT date_trunc('day', now(), coalesce(nullif(u.timezone, ''), 'UTC')) FROM user_account u WHERE u.id = $3)
          ORDER BY created_at DESC, id DESC LIMIT $2) h) n;
