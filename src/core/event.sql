-- Announcements: rows of webhook_event with a delivery for each webhook that wants it. What nobody wants leaves nothing.

-- @query event_annotation :exec (annotation int4, action text)
SELECT webhook_announce(a.project_id, $2, json_build_object('annotation', webhook_annotation(a.id), 'task', webhook_task(a.task_id)), NULL)
FROM annotation a WHERE a.id = $1 AND EXISTS (SELECT FROM webhook_wanting(a.project_id, $2));

-- @query event_review :exec (review int4, action text)
SELECT webhook_announce(v.project_id, $2, json_build_object('review', webhook_review(v.id), 'annotation', webhook_annotation(a.id), 'task', webhook_task(a.task_id)), NULL)
FROM annotation_review v JOIN annotation a ON a.id = v.annotation_id
WHERE v.id = $1 AND EXISTS (SELECT FROM webhook_wanting(v.project_id, $2));

-- @query event_annotations :exec (project int4, annotations int4[])
SELECT webhook_announce($1, 'ANNOTATIONS_CREATED', json_build_object(
           'annotation', (SELECT json_agg(webhook_annotation(a.id) ORDER BY a.id) FROM annotation a WHERE a.id = ANY ($2)),
           'task', (SELECT json_agg(webhook_task(t.id) ORDER BY t.id) FROM task t
                    WHERE t.id IN (SELECT a.task_id FROM annotation a WHERE a.id = ANY ($2)))), NULL)
WHERE cardinality($2) > 0 AND EXISTS (SELECT FROM webhook_wanting($1, 'ANNOTATIONS_CREATED'));

-- key: "tasks" or "annotations".
-- @query event_gone :exec (project int4, action text, key text, ids int4[])
SELECT webhook_announce($1, $2, json_build_object($3, (SELECT json_agg(json_build_object('id', i) ORDER BY i) FROM unnest($4) i)), NULL)
WHERE cardinality($4) > 0 AND EXISTS (SELECT FROM webhook_wanting($1, $2));

-- @query event_tasks :exec (project int4, tasks int4[])
SELECT webhook_announce($1, 'TASKS_CREATED', NULL, $2)
WHERE cardinality($2) > 0 AND EXISTS (SELECT FROM webhook_wanting($1, 'TASKS_CREATED'));

-- @query event_project :exec (project int4, action text)
SELECT webhook_announce($1, $2, json_build_object('project', webhook_project($1)), NULL)
WHERE EXISTS (SELECT FROM webhook_wanting($1, $2));

-- @query event_object :exec (project int4, action text, object json)
SELECT webhook_announce($1, $2, $3, NULL) WHERE EXISTS (SELECT FROM webhook_wanting($1, $2));

-- One event for each link: ids, or those of a label.
-- @query event_links :exec (action text, links int4[], label int4)
SELECT webhook_announce(k.project_id, $1, json_build_object(
           'label_link', json_build_object('id', k.id, 'annotations_count', 0, 'from_name', k.from_name, 'project', k.project_id, 'label', k.label_id),
           'label', json_build_object('id', l.id, 'created_at', api_time(l.created_at), 'updated_at', api_time(l.updated_at), 'value', l.value,
                                      'title', l.title, 'description', l.description, 'approved', l.approved, 'created_by', l.created_by,
                                      'approved_by', l.approved_by, 'organization', l.organization_id)), NULL)
FROM label_link k JOIN label l ON l.id = k.label_id
WHERE (k.id = ANY ($2) OR k.label_id = $3) AND EXISTS (SELECT FROM webhook_wanting(k.project_id, $1))
ORDER BY k.id;
