-- Drafts: unsent work, one row per save point of a user on a task or on an annotation.

-- own: only this user's (null: everybody's).
-- @query draft_by_tasks :many (tasks int4[], own int4, member int4, role text) -> (id, task, project, annotation, user_id, result, lead_time, was_postponed, import_id, created_at, updated_at, first_name, last_name, email)
SELECT d.id, d.task_id AS task, d.project_id AS project, d.annotation_id AS annotation, person_shown(d.user_id, d.project_id, $3, $4) AS user_id, d.result, d.lead_time, d.was_postponed,
       d.import_id, d.created_at, d.updated_at, coalesce(u.first_name, '') AS first_name, coalesce(u.last_name, '') AS last_name, coalesce(u.email, '') AS email
FROM draft d LEFT JOIN user_account u ON u.id = person_shown(d.user_id, d.project_id, $3, $4)
WHERE d.task_id = ANY ($1) AND ($2::int4 IS NULL OR d.user_id = $2)
ORDER BY d.task_id, d.id;

-- Which of these tasks have one; first columns as above.
-- @query draft_tasks :many (tasks int4[], own int4) -> (id, task)
SELECT min(id) AS id, task_id AS task FROM draft WHERE task_id = ANY ($1) AND ($2::int4 IS NULL OR user_id = $2) GROUP BY task_id ORDER BY task_id;

-- @query draft_by_id :one (organization int4, member int4, role text, own int4, draft int4) -> (id, task, project, annotation, user_id, result, lead_time, was_postponed, import_id, created_at, updated_at, first_name, last_name, email, has_comments)
SELECT d.id, d.task_id AS task, d.project_id AS project, d.annotation_id AS annotation, person_shown(d.user_id, d.project_id, $2, $3) AS user_id, d.result, d.lead_time, d.was_postponed,
       d.import_id, d.created_at, d.updated_at, coalesce(u.first_name, '') AS first_name, coalesce(u.last_name, '') AS last_name, coalesce(u.email, '') AS email,
       d.has_comments
FROM draft d
JOIN visible_project($1, $2, $3) p ON p.id = d.project_id
JOIN task t ON t.id = d.task_id AND t.deleted_at IS NULL
LEFT JOIN user_account u ON u.id = person_shown(d.user_id, d.project_id, $2, $3)
WHERE d.id = $5 AND ($4::int4 IS NULL OR d.user_id = $4);

-- annotation null: a draft of a new annotation. The annotation must belong to the task, and to annotators themselves.
-- @query draft_insert :one (organization int4, member int4, role text, task int4, annotation int4, result jsonb, lead_time float8, was_postponed bool, import_id int8) -> (id)
INSERT INTO draft (task_id, project_id, annotation_id, user_id, result, lead_time, was_postponed, import_id)
SELECT t.id, t.project_id, $5, $2, $6, $7, $8, $9
FROM task t JOIN visible_project($1, $2, $3) p ON p.id = t.project_id
WHERE t.id = $4 AND t.deleted_at IS NULL AND sees_task($2, role_in_project(p.id, $2, $3), p.label_stream_task_distribution, t.assignees)
  AND ($5::int4 IS NULL OR EXISTS (SELECT FROM annotation a WHERE a.id = $5 AND a.task_id = t.id AND a.deleted_at IS NULL
                                      AND ($3 <> 'AN' OR a.completed_by = $2)))
FOR NO KEY UPDATE OF t
RETURNING id;

-- Keys that `change` holds are taken over. The record is made of the row that is updated: one that came by a join would be as old as
-- the statement, and of two changes at the same moment the later would undo the earlier.
-- Like every change of a draft it locks the task first, as a submission does, which takes the draft away: in the other order the two
-- would wait for each other.
-- @query draft_update :exec (draft int4, change jsonb)
UPDATE draft d SET (result, lead_time, was_postponed, import_id, annotation_id, user_id, updated_at) =
    (SELECT n.result, n.lead_time, n.was_postponed, n.import_id, n.annotation_id, n.user_id, now() FROM jsonb_populate_record(d, $2) n)
WHERE d.id = (SELECT o.id FROM draft o JOIN task t ON t.id = o.task_id WHERE o.id = $1 FOR NO KEY UPDATE OF t);

-- @query draft_delete :exec (draft int4)
DELETE FROM draft WHERE id = (SELECT d.id FROM draft d JOIN task t ON t.id = d.task_id WHERE d.id = $1 FOR NO KEY UPDATE OF t);

-- own: only this annotator's (null: anybody's).
-- @query draft_annotation :one (annotation int4, task int4, own int4) -> (id)
SELECT id FROM annotation WHERE id = $1 AND task_id = $2 AND deleted_at IS NULL AND ($3::int4 IS NULL OR completed_by = $3);
