-- Events of the labelling page. Rows are only added, and removed when they are old or their task goes.

-- What an event names may be gone by now, a draft that was just submitted for example: an annotation of another task is left out, the
-- rest is noted as it was sent.
-- @query task_event_add :one (organization int4, member int4, role text, task int4, annotation int4, draft int4, review int4, key text,
--   at timestamptz, meta jsonb)
-- -> (id, actor, annotation, annotation_draft_id, created_at, event_key, event_time, meta, organization, project, review, task)
INSERT INTO task_event (project_id, task_id, actor_id, annotation_id, draft_id, review_id, event_key, event_time, meta)
SELECT t.project_id, t.id, $2, (SELECT a.id FROM annotation a WHERE a.id = $5 AND a.task_id = t.id), $6, $7, $8, $9, $10
FROM task t JOIN visible_project($1, $2, $3) p ON p.id = t.project_id
WHERE t.id = $4 AND t.deleted_at IS NULL AND sees_task($2, role_in_project(p.id, $2, $3), p.label_stream_task_distribution, t.assignees)
RETURNING id, actor_id AS actor, annotation_id AS annotation, draft_id AS annotation_draft_id, created_at, event_key, event_time, meta,
          $1 AS organization, project_id AS project, review_id AS review, task_id AS task;

-- The oldest rows come first by id, so no more of them are looked at than go. days: how long they are kept.
-- @query task_event_sweep :exec (days int4, most int8)
DELETE FROM task_event WHERE id IN (
    SELECT x.id FROM (SELECT id, created_at FROM task_event ORDER BY id LIMIT $2) x
    WHERE x.created_at < now() - $1 * interval '1 day');
