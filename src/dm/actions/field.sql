-- Values of a data key. The tasks of each batch are locked. first_key: what $undefined$ stands for, where some task has that.

-- @query action_field :exec (tasks int4[], first_key text, key text, value jsonb)
UPDATE task t SET data = task_data(t.data, $2) || jsonb_build_object($3, $4), updated_at = now()
FROM unnest($1) AS x (id) WHERE t.id = x.id AND t.deleted_at IS NULL AND jsonb_typeof(t.data) = 'object';

-- @query action_field_each :exec (tasks int4[], first_key text, key text, json text[])
UPDATE task t SET data = task_data(t.data, $2) || jsonb_build_object($3, x.value::jsonb), updated_at = now()
FROM unnest($1, $4) AS x (id, value) WHERE t.id = x.id AND t.deleted_at IS NULL AND jsonb_typeof(t.data) = 'object';

-- Texts only; a task without one stays as it is.
-- @query action_field_replace :exec (tasks int4[], first_key text, key text, was text, becomes text)
UPDATE task t SET data = task_data(t.data, $2) || jsonb_build_object($3, replace(task_data(t.data, $2) ->> $3, $4, $5)), updated_at = now()
FROM unnest($1) AS x (id)
WHERE t.id = x.id AND t.deleted_at IS NULL AND jsonb_typeof(t.data) = 'object' AND jsonb_typeof(task_data(t.data, $2) -> $3) = 'string';
