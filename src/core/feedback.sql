-- What tasks say of comments and reviews. Asked of those only that have any.

-- Who said something about these tasks, and all that was said. own: only about this annotator's work (null: all).
-- @query feedback_comments :many (tasks int4[], own int4, member int4, role text) -> (task, authors, texts)
SELECT x.id AS task, array_to_json(array_agg(DISTINCT c.author) FILTER (WHERE c.author IS NOT NULL)) AS authors,
       string_agg(c.text, E'\n' ORDER BY c.id) AS texts
FROM unnest($1) AS x (id)
CROSS JOIN LATERAL (
    SELECT m.id, person_shown(m.created_by, m.project_id, $3, $4) AS author, m.text
    FROM (SELECT id FROM annotation WHERE task_id = x.id AND deleted_at IS NULL AND ($2::int4 IS NULL OR completed_by = $2) OFFSET 0) a
    CROSS JOIN LATERAL (SELECT * FROM comment WHERE annotation_id = a.id OFFSET 0) m
    UNION ALL
    SELECT m.id, person_shown(m.created_by, m.project_id, $3, $4) AS author, m.text
    FROM (SELECT id FROM draft WHERE task_id = x.id AND has_comments AND ($2::int4 IS NULL OR user_id = $2) OFFSET 0) d
    CROSS JOIN LATERAL (SELECT * FROM comment WHERE draft_id = d.id OFFSET 0) m) c
GROUP BY x.id ORDER BY x.id;

-- @query feedback_recount :exec (tasks int4[])
SELECT task_feedback_recount($1);

-- Who reviewed these tasks or is to, and how many seconds reviews took.
-- @query feedback_reviews :many (tasks int4[]) -> (task, reviewers, seconds)
SELECT x.id AS task,
       (SELECT coalesce(array_to_json(array_agg(u.id ORDER BY u.id)), '[]')
        FROM (SELECT v.created_by AS id FROM annotation a JOIN annotation_review v ON v.annotation_id = a.id
              WHERE a.task_id = x.id AND a.deleted_at IS NULL AND v.created_by IS NOT NULL
              UNION
              SELECT s.user_id FROM task_assignment s WHERE s.task_id = x.id AND s.type = 'RE') u) AS reviewers,
       (SELECT round(extract(epoch FROM sum(v.created_at - v.started_at)))::int8 FROM annotation a JOIN annotation_review v ON v.annotation_id = a.id
        WHERE a.task_id = x.id AND a.deleted_at IS NULL) AS seconds
FROM unnest($1) AS x (id) ORDER BY x.id;
