-- When an object was last changed, read under a lock: the check of If-Match and the change it guards see the same row.

-- @query stamp_project :one (id int4) -> (updated_at)
SELECT updated_at FROM project WHERE id = $1 FOR NO KEY UPDATE;

-- @query stamp_task :one (id int4) -> (updated_at)
SELECT updated_at FROM task WHERE id = $1 FOR NO KEY UPDATE;

-- Before the annotation its task, in the order of every change of annotations.
-- @query stamp_annotation_task :exec (id int4)
SELECT FROM task WHERE id = (SELECT task_id FROM annotation WHERE id = $1) FOR NO KEY UPDATE;

-- @query stamp_annotation :one (id int4) -> (updated_at)
SELECT updated_at FROM annotation WHERE id = $1 FOR NO KEY UPDATE;

-- Who holds one permission, where it is not as usual; a change of another one is none of this.
-- @query stamp_permission :one (organization int4, permission text) -> (version)
SELECT md5(coalesce((permission_overrides -> $2)::text, '')) AS version FROM organization WHERE id = $1;

-- @query stamp_permission_locked :one (organization int4, permission text) -> (version)
SELECT md5(coalesce((permission_overrides -> $2)::text, '')) AS version FROM organization WHERE id = $1 FOR NO KEY UPDATE;

-- Of any other object.
-- @query stamp_version :one (of_table text, id int4, locked bool) -> (version)
SELECT row_version($1, $2, $3) AS version;
