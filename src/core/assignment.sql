-- Who is to annotate or review which task. The rows are written by task_assign() and task_unassign() of the schema, which keep the tasks'
-- own figures and everybody's counters; they lock the tasks first.

-- Which of these people are no members that tasks can be given to.
-- @query assignment_strangers :many (project int4, users int4[]) -> (id)
SELECT DISTINCT x.id FROM unnest($2) AS x (id)
WHERE NOT EXISTS (SELECT FROM project_people($1) m WHERE m.user_id = x.id AND m.role <> 'VO') ORDER BY 1;

-- Each of the tasks to each of the people; tasks that the caller does not see in this project are left out.
-- @query assignment_add :one (organization int4, member int4, role text, project int4, tasks int4[], users int4[], kind text) -> (n)
SELECT task_assign(array_agg(t.id), array_agg(u.id), $7, $2) AS n
FROM visible_project($1, $2, $3) p
CROSS JOIN unnest($5) AS x (id)
CROSS JOIN LATERAL (SELECT i.id FROM task i WHERE i.id = x.id AND i.project_id = p.id AND i.deleted_at IS NULL OFFSET 0) t
CROSS JOIN unnest($6) AS u (id)
WHERE p.id = $4;

-- The same pair by pair.
-- @query assignment_add_pairs :one (organization int4, member int4, role text, project int4, tasks int4[], users int4[], kind text) -> (n)
SELECT task_assign(array_agg(t.id), array_agg(x.user_id), $7, $2) AS n
FROM visible_project($1, $2, $3) p
CROSS JOIN unnest($5, $6) AS x (id, user_id)
CROSS JOIN LATERAL (SELECT i.id FROM task i WHERE i.id = x.id AND i.project_id = p.id AND i.deleted_at IS NULL OFFSET 0) t
WHERE p.id = $4;

-- users null: everybody's; kind null: both.
-- @query assignment_remove :one (organization int4, member int4, role text, project int4, tasks int4[], users int4[], kind text) -> (n)
SELECT task_unassign(array_agg(t.id), $6, $7) AS n
FROM visible_project($1, $2, $3) p
CROSS JOIN unnest($5) AS x (id)
CROSS JOIN LATERAL (SELECT i.id FROM task i WHERE i.id = x.id AND i.project_id = p.id AND i.deleted_at IS NULL OFFSET 0) t
WHERE p.id = $4;

-- Everybody but these.
-- @query assignment_keep :one (tasks int4[], keep int4[], kind text) -> (n)
SELECT task_unassign($1, ARRAY(SELECT DISTINCT a.user_id FROM unnest($1) AS x (id)
                               CROSS JOIN LATERAL (SELECT user_id FROM task_assignment s
                                                   WHERE s.task_id = x.id AND s.type = $3 AND s.user_id <> ALL ($2) OFFSET 0) a), $3) AS n;

-- own: only this person's (null: everybody's). assignee: as the caller is told.
-- @query assignment_of_task :many (task int4, own int4, member int4, role text) -> (id, task, assignee, type, created_at, person)
SELECT id, task_id AS task, CASE WHEN type = 'AN' THEN person_shown(user_id, project_id, $3, $4) ELSE user_id END AS assignee, type, created_at,
       user_id AS person
FROM task_assignment
WHERE task_id = $1 AND ($2::int4 IS NULL OR user_id = $2) ORDER BY id;

-- @query assignment_hidden :one (project int4) -> (hidden)
SELECT hides_people($1) AS hidden;

-- ---- what an annotator was given, where tasks are assigned by hand

-- @query assignment_mode :one (project int4) -> (assigned_only)
SELECT label_stream_task_distribution = 'assigned_only' AS assigned_only FROM project WHERE id = $1;

-- @query assignment_totals :one (project int4, member int4) -> (tasks, annotations, predictions)
SELECT count(*) AS tasks, coalesce(sum(t.total_annotations), 0)::int8 AS annotations, coalesce(sum(t.total_predictions), 0)::int8 AS predictions
FROM task_assignment a CROSS JOIN LATERAL (SELECT * FROM task i WHERE i.id = a.task_id AND i.deleted_at IS NULL OFFSET 0) t
WHERE a.project_id = $1 AND a.user_id = $2 AND a.type = 'AN';

-- @query assignment_start :one (project int4, member int4, skip int8) -> (inner_id)
SELECT inner_id FROM task_assignment WHERE project_id = $1 AND user_id = $2 AND type = 'AN' AND is_live ORDER BY inner_id OFFSET $3 LIMIT 1;

-- @query assignment_page :many (project int4, member int4, from_inner_id int4, most int8) -> (id)
SELECT task_id AS id FROM task_assignment
WHERE project_id = $1 AND user_id = $2 AND type = 'AN' AND is_live AND inner_id >= $3 ORDER BY inner_id LIMIT $4;
