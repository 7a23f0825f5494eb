-- Deletion of tasks, and of duplicates.

-- @query action_views_clear :one (project int4) -> (emptied)
WITH e AS (SELECT NOT EXISTS (SELECT FROM task WHERE project_id = $1 AND deleted_at IS NULL) AS emptied),
     v AS (DELETE FROM view USING e WHERE project_id = $1 AND e.emptied)
SELECT emptied FROM e;

-- The pairs whose tasks are both there and hold the same; both: all of them.
-- @query action_alike :one (gone int4[], kept int4[], project int4) -> (gone, kept, both)
SELECT array_agg(g.id) AS gone, array_agg(k.id) AS kept, array_agg(g.id) || array_agg(DISTINCT k.id) AS both
FROM unnest($1, $2) AS x (gone, kept)
CROSS JOIN LATERAL (SELECT id, data FROM task WHERE id = x.gone AND project_id = $3 AND deleted_at IS NULL OFFSET 0) g
CROSS JOIN LATERAL (SELECT id, data FROM task WHERE id = x.kept AND project_id = $3 AND deleted_at IS NULL OFFSET 0) k
WHERE g.data::text = k.data::text;

-- With their history; what the stream handed out is not where they went.
-- @query action_annotations_move :exec (gone int4[], kept int4[])
WITH m AS (
    UPDATE annotation a SET task_id = n.kept, updated_at = now()
    FROM (SELECT a.id, x.kept FROM unnest($1, $2) AS x (gone, kept)
          CROSS JOIN LATERAL (SELECT id FROM annotation o WHERE o.task_id = x.gone AND o.deleted_at IS NULL OFFSET 0) a) n
    WHERE a.id = n.id
    RETURNING a.id, a.task_id),
     s AS (UPDATE stream_history h SET annotation_id = NULL FROM m WHERE h.annotation_id = m.id)
UPDATE annotation_history h SET task_id = m.task_id FROM m WHERE h.annotation_id = m.id;

-- @query action_drafts_move :exec (gone int4[], kept int4[])
UPDATE draft d SET task_id = n.kept
FROM (SELECT d.id, x.kept FROM unnest($1, $2) AS x (gone, kept)
      CROSS JOIN LATERAL (SELECT id FROM draft o WHERE o.task_id = x.gone OFFSET 0) d) n
WHERE d.id = n.id;

-- A task has one ground truth: of several the newest.
-- @query action_truth_alone :exec (tasks int4[])
UPDATE annotation a SET ground_truth = false
FROM (SELECT o.id, row_number() OVER (PARTITION BY o.task_id ORDER BY o.id DESC) AS place
      FROM (SELECT DISTINCT x.id FROM unnest($1) AS x (id)) x
      CROSS JOIN LATERAL (SELECT id, task_id FROM annotation n WHERE n.task_id = x.id AND n.ground_truth AND n.deleted_at IS NULL OFFSET 0) o) t
WHERE a.id = t.id AND t.place > 1;
