-- The project summary: data columns, controls and labels in use, summed up from the counts that the triggers keep.

-- Text of common columns is ordered by code point, as clients of the reference API have it.
-- @query summary_by_project :one (organization int4, member int4, role text, project int4) -> (project, created_at, tasks, all_data_columns, common_data_columns, created_annotations, created_labels, created_labels_drafts)
WITH c AS (
    SELECT kind, name, label, sum(n)::int8 AS n FROM project_summary_count WHERE project_id = $4 GROUP BY 1, 2, 3 HAVING sum(n) > 0),
     t AS (SELECT coalesce(sum(task_number), 0)::int8 AS n FROM project_counter WHERE project_id = $4),
     labels AS (
    SELECT k.kind, k.name, coalesce((SELECT jsonb_object_agg(c.label, c.n) FROM c WHERE (c.kind, c.name) = (replace(k.kind, 'control', 'label'), k.name)), '{}') AS n
    FROM (SELECT DISTINCT kind, name FROM c WHERE kind IN ('control', 'draft_control')) k)
SELECT p.id AS project, p.created_at, t.n AS tasks,
       (SELECT coalesce(jsonb_object_agg(c.name, c.n), '{}') FROM c WHERE kind = 'column') AS all_data_columns,
       (SELECT coalesce(jsonb_agg(c.name ORDER BY c.name COLLATE "C"), '[]') FROM c WHERE kind = 'column' AND c.n = t.n) AS common_data_columns,
       (SELECT coalesce(jsonb_object_agg(x.name, x.n), '{}') FROM (SELECT name || '|' || label AS name, sum(c.n) AS n FROM c WHERE kind = 'control' GROUP BY 1) x)
           AS created_annotations,
       (SELECT coalesce(jsonb_object_agg(name, n), '{}') FROM labels WHERE kind = 'control') AS created_labels,
       (SELECT coalesce(jsonb_object_agg(name, n), '{}') FROM labels WHERE kind = 'draft_control') AS created_labels_drafts
FROM visible_project($1, $2, $3) p CROSS JOIN t WHERE p.id = $4;

-- The next tasks in order, and which of them have annotations that do not count yet. They are locked before those are touched, as every
-- change of annotations does it.
-- @query summary_reset_next :one (project int4, after int4, most int4) -> (last, tasks)
SELECT max(t.inner_id) AS last, array_agg(t.id) FILTER (WHERE EXISTS (SELECT FROM annotation a WHERE a.task_id = t.id AND NOT a.in_summary)) AS tasks
FROM (SELECT id, inner_id FROM task WHERE project_id = $1 AND inner_id > $2 ORDER BY inner_id LIMIT $3) t;

-- @query summary_reset_lock :exec (tasks int4[])
SELECT work_lock($1);

-- @query summary_reset_count :exec (tasks int4[])
UPDATE annotation SET in_summary = true
WHERE ctid = ANY (ARRAY(SELECT a.ctid FROM unnest($1) AS x (id)
                        CROSS JOIN LATERAL (SELECT ctid FROM annotation n WHERE n.task_id = x.id AND NOT n.in_summary OFFSET 0) a));

-- @query summary_repair :exec (project int4)
SELECT summary_repair($1);
