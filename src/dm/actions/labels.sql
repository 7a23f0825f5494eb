-- Labels: another name in annotations, and copies in the tasks' data. The tasks of each batch are locked.

-- Each changed annotation is a new version, which history notes; it is to be reviewed again, and export storages hear of it.
-- @query action_rename :one (tasks int4[], control text, old_label text, new_label text, by_user int4) -> (labels, annotations, tasks, noted)
WITH o AS (
    SELECT a.id, a.result, a.lead_time, n.renamed, n.n
    FROM unnest($1) AS x (id)
    CROSS JOIN LATERAL (SELECT id, result, lead_time FROM annotation w WHERE w.task_id = x.id AND w.deleted_at IS NULL OFFSET 0) a
    CROSS JOIN LATERAL result_rename(a.result, $2, $3, $4) n
    WHERE n.n > 0),
     c AS (
    UPDATE annotation a SET result = o.renamed, updated_by = $5, updated_at = now() FROM o WHERE a.id = o.id
    RETURNING a.id, a.task_id, a.project_id, o.result, o.lead_time, o.n),
     k AS (
    UPDATE annotation_history h SET result = c.result, lead_time = c.lead_time, is_latest = false
    FROM c WHERE h.annotation_id = c.id AND h.is_latest),
     v AS (UPDATE annotation_review r SET is_current = false FROM c WHERE r.annotation_id = c.id AND r.is_current),
     h AS (
    INSERT INTO annotation_history (project_id, task_id, annotation_id, action, created_by)
    SELECT project_id, task_id, id, 'updated', $5 FROM c)
SELECT coalesce(sum(n), 0)::int8 AS labels, count(*) AS annotations, array_agg(DISTINCT task_id) AS tasks,
       storage_note(array_agg(id)) AS noted FROM c;

-- Other names for labels, or none (result_relabel). As above, each changed annotation is a new version.
-- @query action_relabel :one (tasks int4[], map jsonb, by_user int4) -> (labels, annotations, tasks, noted)
WITH o AS (
    SELECT a.id, a.result, a.lead_time, n.relabelled, n.n
    FROM unnest($1) AS x (id)
    CROSS JOIN LATERAL (SELECT id, result, lead_time FROM annotation w WHERE w.task_id = x.id AND w.deleted_at IS NULL OFFSET 0) a
    CROSS JOIN LATERAL result_relabel(a.result, $2) n
    WHERE n.n > 0),
     c AS (
    UPDATE annotation a SET result = o.relabelled, result_count = result_count(o.relabelled), updated_by = $3, updated_at = now() FROM o WHERE a.id = o.id
    RETURNING a.id, a.task_id, a.project_id, o.result, o.lead_time, o.n),
     k AS (
    UPDATE annotation_history h SET result = c.result, lead_time = c.lead_time, is_latest = false
    FROM c WHERE h.annotation_id = c.id AND h.is_latest),
     v AS (UPDATE annotation_review r SET is_current = false FROM c WHERE r.annotation_id = c.id AND r.is_current),
     h AS (
    INSERT INTO annotation_history (project_id, task_id, annotation_id, action, created_by)
    SELECT project_id, task_id, id, 'updated', $3 FROM c)
SELECT coalesce(sum(n), 0)::int8 AS labels, count(*) AS annotations, array_agg(DISTINCT task_id) AS tasks,
       storage_note(array_agg(id)) AS noted FROM c;

-- @query action_relabel_drafts :exec (tasks int4[], map jsonb)
UPDATE draft d SET result = o.relabelled, updated_at = now()
FROM (SELECT w.id, n.relabelled
      FROM unnest($1) AS x (id)
      CROSS JOIN LATERAL (SELECT y.id, y.result FROM draft y WHERE y.task_id = x.id OFFSET 0) w
      CROSS JOIN LATERAL result_relabel(w.result, $2) n
      WHERE n.n > 0) o
WHERE d.id = o.id;

-- control: null is any. By code point, as clients of the reference API have it.
-- @query action_cache :exec (tasks int4[], key text, control text, counted bool, predictions bool)
UPDATE task t SET data = t.data || jsonb_build_object($2, v.labels), updated_at = now()
FROM (SELECT x.id, l.labels FROM unnest($1) AS x (id) CROSS JOIN LATERAL (
          SELECT coalesce(string_agg(CASE WHEN $4 THEN label || ': ' || n ELSE label END, ', ' ORDER BY label COLLATE "C"), '') AS labels
          FROM (SELECT label, count(*) AS n
                FROM (SELECT result FROM annotation a WHERE NOT $5 AND a.task_id = x.id AND a.deleted_at IS NULL
                      UNION ALL
                      SELECT result FROM prediction q WHERE $5 AND q.task_id = x.id OFFSET 0) w
                CROSS JOIN LATERAL result_labels(w.result, $3) AS r (label)
                GROUP BY label) c OFFSET 0) l) v
WHERE t.id = v.id AND jsonb_typeof(t.data) = 'object';
