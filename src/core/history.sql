-- The history of annotations. Rows are written by the statements that change annotations.

-- @query history_row :one (organization int4, member int4, role text, id int8) -> (id, annotation_id, draft_id, task_id, project_id,
--   organization_id, review_id, comment, comment_id, action, result, lead_time, started_at, created_by, created_at)
SELECT * FROM visible_history($1, $2, $3) WHERE id = $4;

-- Three lists with the same parameters; each has the index of its first condition. The other parameters narrow it (null: any).
-- @query history_of_annotation :many (organization int4, member int4, role text, annotation int4, task int4, project int4, descending bool)
-- -> (id, annotation_id, draft_id, task_id, project_id, organization_id, review_id, comment, comment_id, action, result, lead_time,
--     started_at, created_by, created_at)
SELECT * FROM visible_history($1, $2, $3)
WHERE annotation_id = $4 AND ($5::int4 IS NULL OR task_id = $5) AND ($6::int4 IS NULL OR project_id = $6)
ORDER BY CASE WHEN $7 THEN -id ELSE id END;

-- @query history_of_task :many (organization int4, member int4, role text, annotation int4, task int4, project int4, descending bool)
-- -> (id, annotation_id, draft_id, task_id, project_id, organization_id, review_id, comment, comment_id, action, result, lead_time,
--     started_at, created_by, created_at)
SELECT * FROM visible_history($1, $2, $3)
WHERE task_id = $5 AND ($4::int4 IS NULL OR annotation_id = $4) AND ($6::int4 IS NULL OR project_id = $6)
ORDER BY CASE WHEN $7 THEN -id ELSE id END;

-- @query history_of_projects :many (organization int4, member int4, role text, annotation int4, task int4, project int4, descending bool)
-- -> (id, annotation_id, draft_id, task_id, project_id, organization_id, review_id, comment, comment_id, action, result, lead_time,
--     started_at, created_by, created_at)
SELECT v.*
FROM visible_history($1, $2, $3) v
WHERE ($6::int4 IS NULL OR v.project_id = $6) AND ($4::int4 IS NULL OR v.annotation_id = $4) AND ($5::int4 IS NULL OR v.task_id = $5)
ORDER BY CASE WHEN $7 THEN -v.id ELSE v.id END;

-- Of several annotations, in the order of the tasks and then as they were written.
-- @query history_of_tasks :many (organization int4, member int4, role text, tasks int4[])
-- -> (id, annotation_id, draft_id, task_id, project_id, organization_id, review_id, comment, comment_id, action, result, lead_time,
--     started_at, created_by, created_at)
SELECT v.* FROM unnest($4) AS x (id) CROSS JOIN LATERAL (SELECT * FROM visible_history($1, $2, $3) h WHERE h.task_id = x.id OFFSET 0) v
ORDER BY v.task_id, v.annotation_id, v.id;

-- One project in pages, between two moments (null: from the first, to the last). own: of this annotator's annotations (null: all).
-- Counting and skipping read the index only; a page's rows are fetched at the end.
-- @query history_count :one (project int4, own int4, since timestamptz, until timestamptz) -> (n)
SELECT count(*) AS n
FROM annotation_history h
WHERE h.project_id = $1 AND h.created_at >= coalesce($3, '-infinity') AND h.created_at <= coalesce($4, 'infinity')
  AND NOT EXISTS (SELECT FROM task t WHERE t.project_id = $1 AND t.id = h.task_id AND t.deleted_at IS NOT NULL)
  AND ($2::int4 IS NULL OR EXISTS (SELECT FROM annotation a WHERE a.id = h.annotation_id AND a.completed_by = $2));

-- @query history_page :many (organization int4, member int4, role text, project int4, own int4, since timestamptz, until timestamptz,
--   most int8, skip int8)
-- -> (id, annotation_id, draft_id, task_id, project_id, organization_id, review_id, comment, comment_id, action, result, lead_time,
--     started_at, created_by, created_at)
SELECT v.*
FROM (SELECT h.id
      FROM annotation_history h
      WHERE h.project_id = $4 AND h.created_at >= coalesce($6, '-infinity') AND h.created_at <= coalesce($7, 'infinity')
        AND NOT EXISTS (SELECT FROM task t WHERE t.project_id = $4 AND t.id = h.task_id AND t.deleted_at IS NOT NULL)
        AND ($5::int4 IS NULL OR EXISTS (SELECT FROM annotation a WHERE a.id = h.annotation_id AND a.completed_by = $5))
      ORDER BY h.created_at, h.id LIMIT $8 OFFSET $9) k
JOIN visible_history($1, $2, $3) v ON v.id = k.id
ORDER BY v.created_at, v.id;

-- Removal, so many rows a time; parameters as in the lists. What is in the trash is removed too.
-- @query history_remove_annotation :exec (organization int4, member int4, role text, annotation int4, task int4, project int4, most int8)
DELETE FROM annotation_history WHERE id = ANY (ARRAY(
    SELECT h.id FROM annotation_history h JOIN visible_project($1, $2, $3) p ON p.id = h.project_id
    WHERE h.annotation_id = $4 AND ($5::int4 IS NULL OR h.task_id = $5) AND ($6::int4 IS NULL OR h.project_id = $6) LIMIT $7));

-- @query history_remove_task :exec (organization int4, member int4, role text, annotation int4, task int4, project int4, most int8)
DELETE FROM annotation_history WHERE id = ANY (ARRAY(
    SELECT h.id FROM annotation_history h JOIN visible_project($1, $2, $3) p ON p.id = h.project_id
    WHERE h.task_id = $5 AND ($4::int4 IS NULL OR h.annotation_id = $4) AND ($6::int4 IS NULL OR h.project_id = $6) LIMIT $7));

-- @query history_remove_project :exec (organization int4, member int4, role text, annotation int4, task int4, project int4, most int8)
DELETE FROM annotation_history WHERE id = ANY (ARRAY(
    SELECT h.id FROM annotation_history h JOIN visible_project($1, $2, $3) p ON p.id = h.project_id
    WHERE h.project_id = $6 AND ($4::int4 IS NULL OR h.annotation_id = $4) AND ($5::int4 IS NULL OR h.task_id = $5) LIMIT $7));
