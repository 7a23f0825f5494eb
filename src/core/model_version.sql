-- Model versions: what the predictions of a project are grouped by. A null version can come by import.

-- Newest first. Numbers and newest ids come from the index alone; only versions with predictions in the trash are read row by row.
-- @query model_version_list :many (project int4) -> (model_version, count, latest)
SELECT v.model_version, v.n - coalesce(t.n, 0) AS count, l.created_at AS latest
FROM (SELECT model_version, count(*) AS n, max(id) AS newest FROM prediction WHERE project_id = $1 GROUP BY 1) v
LEFT JOIN (SELECT q.model_version, count(*) AS n
           FROM task t CROSS JOIN LATERAL (SELECT model_version FROM prediction p WHERE p.task_id = t.id OFFSET 0) q
           WHERE t.project_id = $1 AND t.deleted_at IS NOT NULL GROUP BY 1) t ON t.model_version IS NOT DISTINCT FROM v.model_version
CROSS JOIN LATERAL (SELECT CASE WHEN t.n IS NULL THEN (SELECT created_at FROM prediction WHERE id = v.newest)
                           ELSE (SELECT max(q.created_at) FROM prediction q
                                 WHERE q.project_id = $1 AND q.model_version IS NOT DISTINCT FROM v.model_version
                                   AND EXISTS (SELECT FROM task o WHERE o.id = q.task_id AND o.deleted_at IS NULL OFFSET 0)) END AS created_at) l
WHERE v.n > coalesce(t.n, 0)
ORDER BY l.created_at DESC NULLS LAST, v.model_version;

-- @query model_version_shown :one (organization int4, member int4, role text, project int4) -> (model_version)
SELECT model_version FROM visible_project($1, $2, $3) p WHERE p.id = $4;

-- Nobody is shown a version that is being removed.
-- @query model_version_forget :exec (project int4, version text)
UPDATE project SET model_version = NULL, updated_at = now(), version = version + 1 WHERE id = $1 AND model_version = $2;

-- The tasks that have the version, in parts of so many.
-- @query model_version_tasks :many (project int4, version text, most int8) -> (tasks)
SELECT array_agg(task_id) AS tasks
FROM (SELECT task_id, (row_number() OVER (ORDER BY task_id) - 1) / $3 AS part
      FROM (SELECT DISTINCT task_id FROM prediction WHERE project_id = $1 AND model_version = $2) q) x
GROUP BY part ORDER BY part;

-- @query model_version_lock :exec (tasks int4[])
SELECT work_lock($1);

-- What lies in the trash goes with the rest, but is not counted: nobody saw it.
-- @query model_version_delete :one (tasks int4[], version text) -> (seen)
WITH gone AS (DELETE FROM prediction WHERE task_id = ANY ($1) AND model_version = $2 RETURNING task_id)
SELECT count(*) AS seen FROM gone g CROSS JOIN LATERAL (SELECT FROM task t WHERE t.id = g.task_id AND t.deleted_at IS NULL OFFSET 0) t;

-- ML backends with the predictions of their present versions.
-- @query model_version_live :many (project int4) -> (title, count, latest)
SELECT b.title, count(q.id) AS count, max(q.created_at) AS latest
FROM ml_backend b LEFT JOIN prediction q ON q.project_id = b.project_id AND q.model_version = b.model_version
WHERE b.project_id = $1 GROUP BY b.id, b.title ORDER BY b.id;
