-- The activity log: one row for each call that changes something.

-- Rows come in batches, gathered by a worker. The commit is not waited for: what a crash of the database takes are the last rows of a log.
-- object_kind says how to find the project: p is a project, t a task, a an annotation, d a draft, r a prediction, v a view, f a file.
-- @query activity_add :exec (rows jsonb)
INSERT INTO activity_log (organization_id, user_id, created_at, duration_ms, method, url, status, referer, user_agent, session, ip_address, project_id)
SELECT x.organization, x.user_id, to_timestamp(x.at_us / 1000000.0), x.duration_ms, x.method, x.url, x.status, x.referer, x.user_agent, x.session,
       x.ip_address,
       CASE x.object_kind
           WHEN 'p' THEN x.object
           WHEN 't' THEN (SELECT t.project_id FROM task t WHERE t.id = x.object)
           WHEN 'a' THEN (SELECT a.project_id FROM annotation a WHERE a.id = x.object)
           WHEN 'd' THEN (SELECT d.project_id FROM draft d WHERE d.id = x.object)
           WHEN 'r' THEN (SELECT r.project_id FROM prediction r WHERE r.id = x.object)
           WHEN 'v' THEN (SELECT v.project_id FROM view v WHERE v.id = x.object)
           WHEN 'f' THEN (SELECT f.project_id FROM file_upload f WHERE f.id = x.object)
       END
FROM jsonb_to_recordset($1) AS x (organization int4, user_id int4, at_us int8, duration_ms int4, method text, url text, status int2, referer text,
                                  user_agent text, session text, ip_address text, object_kind text, object int4)
CROSS JOIN (SELECT set_config('synchronous_commit', 'off', true) AS soon) s
WHERE s.soon = 'off';

-- terms and groups: a row fits when its address has all terms of one group; null: every row fits. workspace: of this owner.
-- @query activity_count :one (organization int4, user_id int4, project int4, owner int4, method text, since timestamptz, until timestamptz,
--     terms text[], groups int4[]) -> (total, filtered)
SELECT (SELECT count(*) FROM activity_log a WHERE a.organization_id = $1) AS total,
       CASE WHEN coalesce($2::text, $3::text, $4::text, $5, $6::text, $7::text) IS NULL AND $8 IS NULL
            THEN (SELECT count(*) FROM activity_log a WHERE a.organization_id = $1)
            ELSE (SELECT count(*) FROM activity_log a
                  WHERE a.organization_id = $1 AND ($2 IS NULL OR a.user_id = $2) AND ($3 IS NULL OR a.project_id = $3)
                    AND ($4 IS NULL OR a.project_id IN (SELECT p.id FROM project p JOIN workspace w ON w.id = p.workspace_id WHERE w.created_by = $4))
                    AND ($5 IS NULL OR a.method = $5) AND ($6 IS NULL OR a.created_at >= $6) AND ($7 IS NULL OR a.created_at <= $7)
                    AND ($8 IS NULL OR EXISTS (SELECT FROM unnest($8, $9) AS t (term, part) GROUP BY t.part
                                               HAVING bool_and(strpos(lower(a.url), lower(t.term)) > 0))))
       END AS filtered;

-- @query activity_list :many (organization int4, user_id int4, project int4, owner int4, method text, since timestamptz, until timestamptz,
--     terms text[], groups int4[], oldest_first bool, by_duration bool, skip int8, most int8)
-- -> (id, user_id, email, created_at, duration_ms, method, url, status, referer, user_agent, session, ip_address, project_id,
--     organization_id, workspace_owner)
SELECT a.id, a.user_id, u.email, a.created_at, a.duration_ms, a.method, a.url, a.status, a.referer, a.user_agent, a.session, a.ip_address,
       a.project_id, a.organization_id,
       (SELECT w.created_by FROM project p JOIN workspace w ON w.id = p.workspace_id WHERE p.id = a.project_id) AS workspace_owner
FROM activity_log a JOIN user_account u ON u.id = a.user_id
WHERE a.organization_id = $1 AND ($2 IS NULL OR a.user_id = $2) AND ($3 IS NULL OR a.project_id = $3)
  AND ($4 IS NULL OR a.project_id IN (SELECT p.id FROM project p JOIN workspace w ON w.id = p.workspace_id WHERE w.created_by = $4))
  AND ($5 IS NULL OR a.method = $5) AND ($6 IS NULL OR a.created_at >= $6) AND ($7 IS NULL OR a.created_at <= $7)
  AND ($8 IS NULL OR EXISTS (SELECT FROM unnest($8, $9) AS t (term, part) GROUP BY t.part
                             HAVING bool_and(strpos(lower(a.url), lower(t.term)) > 0)))
ORDER BY CASE WHEN $11 THEN a.duration_ms END DESC, CASE WHEN $10 THEN a.created_at END, CASE WHEN $10 THEN a.id END,
         a.created_at DESC, a.id DESC
OFFSET $12 LIMIT $13;

-- For people: a page of the list, older than (before, before_id); null: from the newest on. who: part of the e-mail address.
-- @query activity_page :many (organization int4, who text, project int4, method text, since timestamptz, until timestamptz, part text,
--     before timestamptz, before_id int8, most int8) -> (id, created_at, email, method, url, status, ip_address, duration_ms, project_id, project_title)
SELECT a.id, a.created_at, u.email, a.method, a.url, a.status, a.ip_address, a.duration_ms, a.project_id,
       (SELECT p.title FROM project p WHERE p.id = a.project_id AND p.deleted_at IS NULL) AS project_title
FROM activity_log a JOIN user_account u ON u.id = a.user_id
WHERE a.organization_id = $1 AND (a.created_at, a.id) < (coalesce($8, 'infinity'), coalesce($9, 9223372036854775807))
  AND ($2 IS NULL OR strpos(lower(u.email), lower($2)) > 0) AND ($3 IS NULL OR a.project_id = $3) AND ($4 IS NULL OR a.method = $4)
  AND ($5 IS NULL OR a.created_at >= $5) AND ($6 IS NULL OR a.created_at < $6) AND ($7 IS NULL OR strpos(lower(a.url), lower($7)) > 0)
ORDER BY a.created_at DESC, a.id DESC LIMIT $10;

-- The oldest rows come first by id, so no more of them are looked at than go. days: how long they are kept.
-- @query activity_sweep :exec (days int4, most int8)
DELETE FROM activity_log WHERE id IN (
    SELECT x.id FROM (SELECT id, created_at FROM activity_log ORDER BY id LIMIT $2) x
    WHERE x.created_at < now() - $1 * interval '1 day');
