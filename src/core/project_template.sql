-- Templates of projects: settings under a name, to make projects of.

-- What a project would be made of again: without what belongs to its work, its people and its secrets.
-- @query template_settings :one (organization int4, member int4, role text, project int4) -> (settings)
SELECT to_jsonb(p) - ARRAY['id', 'title', 'organization_id', 'workspace_id', 'created_by', 'created_at', 'updated_at', 'deleted_at', 'deleted_by',
                           'pinned_at', 'version', 'model_version', 'parsed_label_config', 'config_has_control_tags', 'data_types',
                           'config_suitable_for_bulk_annotation', 'first_data_key', 'task_data_login', 'task_data_password', 'is_draft',
                           'is_published', 'duplication_status', 'label_stream_task_distribution']
       || jsonb_build_object('assignment_settings', jsonb_build_object('label_stream_task_distribution', p.label_stream_task_distribution)) AS settings
FROM visible_project($1, $2, $3) p WHERE p.id = $4;

-- @query template_insert :one (organization int4, member int4, fields jsonb) -> (id)
INSERT INTO project_template (organization_id, created_by, name, description, project_settings, review_settings, assignment_settings,
                              custom_script, require_comment_on_skip, show_unused_data_columns_to_annotators, tags)
SELECT $1, $2, n.name, coalesce(n.description, ''), coalesce(n.project_settings, '{}'), n.review_settings, n.assignment_settings,
       n.custom_script, coalesce(n.require_comment_on_skip, false), coalesce(n.show_unused_data_columns_to_annotators, false), n.tags
FROM jsonb_populate_record(NULL::project_template, $3) n
RETURNING id;

-- Keys that `fields` holds are taken over.
-- @query template_update :exec (organization int4, id int4, fields jsonb)
UPDATE project_template t SET name = n.name, description = coalesce(n.description, ''), project_settings = coalesce(n.project_settings, '{}'),
    review_settings = n.review_settings, assignment_settings = n.assignment_settings, custom_script = n.custom_script,
    require_comment_on_skip = coalesce(n.require_comment_on_skip, false),
    show_unused_data_columns_to_annotators = coalesce(n.show_unused_data_columns_to_annotators, false), tags = n.tags, updated_at = now()
FROM project_template o CROSS JOIN LATERAL jsonb_populate_record(o, $3) n
WHERE o.organization_id = $1 AND o.id = $2 AND t.id = o.id;

-- @query template_delete :exec (organization int4, id int4)
DELETE FROM project_template WHERE organization_id = $1 AND id = $2;

-- id null: all.
-- @query template_list :many (organization int4, id int4, ordering text) -> (id, name, description, organization, project_settings, review_settings,
--     assignment_settings, custom_script, require_comment_on_skip, show_unused_data_columns_to_annotators, tags, created_by, created_at, updated_at)
SELECT t.id, t.name, t.description, t.organization_id AS organization, t.project_settings, t.review_settings, t.assignment_settings,
       t.custom_script, t.require_comment_on_skip, t.show_unused_data_columns_to_annotators, t.tags, t.created_by, t.created_at, t.updated_at
FROM project_template t WHERE t.organization_id = $1 AND ($2 IS NULL OR t.id = $2)
ORDER BY CASE WHEN $3 = 'name' THEN t.name END COLLATE label_order, CASE WHEN $3 = '-name' THEN t.name END COLLATE label_order DESC,
         CASE WHEN $3 = 'created_at' THEN t.id END, t.id DESC;
