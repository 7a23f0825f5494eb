-- Proving and mending stored figures: what the triggers and task_recount() keep is compared with what can be counted anew.
-- Each statement sees one consistent picture, so labelling may go on meanwhile.

-- @query counter_check_tasks :many (most int4) -> (id, project_id)
SELECT t.id, t.project_id
FROM task t
JOIN project p ON p.id = t.project_id AND p.deleted_at IS NULL
LEFT JOIN (
    SELECT a.task_id,
           count(*) FILTER (WHERE NOT a.was_cancelled) AS total,
           count(*) FILTER (WHERE a.was_cancelled) AS cancelled,
           count(*) FILTER (WHERE a.ground_truth) AS truths,
           count(*) FILTER (WHERE NOT a.was_cancelled AND NOT a.ground_truth AND a.result IS NOT NULL) AS useful,
           max(a.created_at) AS completed_at,
           array_agg(DISTINCT a.completed_by) FILTER (WHERE a.completed_by IS NOT NULL AND a.result IS NOT NULL
               AND (NOT a.was_cancelled OR skip_counts(o.skip_queue, o.label_stream_task_distribution))) AS counting,
           array_agg(DISTINCT a.completed_by) FILTER (WHERE a.completed_by IS NOT NULL) AS people
    FROM annotation a JOIN project o ON o.id = a.project_id
    WHERE a.deleted_at IS NULL GROUP BY a.task_id) n ON n.task_id = t.id
LEFT JOIN (SELECT task_id, count(*) AS predictions FROM prediction GROUP BY task_id) q ON q.task_id = t.id
LEFT JOIN (SELECT task_id, array_agg(user_id ORDER BY user_id) AS assignees FROM task_assignment WHERE type = 'AN' GROUP BY task_id) s ON s.task_id = t.id
WHERE (t.total_annotations, t.cancelled_annotations, t.ground_truth_annotations, t.useful_annotations, t.total_predictions, t.is_labeled)
      <> (coalesce(n.total, 0), coalesce(n.cancelled, 0), coalesce(n.truths, 0), coalesce(n.useful, 0), coalesce(q.predictions, 0),
          task_finished(t.overlap, coalesce(s.assignees, '{}'), coalesce(n.counting, '{}'), p.label_stream_task_distribution = 'assigned_only'))
   OR t.assignees <> coalesce(s.assignees, '{}')
   OR t.completed_at IS DISTINCT FROM n.completed_at OR t.annotators <> coalesce(n.people, '{}')
ORDER BY t.id LIMIT $1;

-- @query counter_repair_tasks :exec (ids int4[])
SELECT task_assignees_set($1), task_recount($1, NULL);

-- One row per project and figure that differs.
-- @query counter_check_projects :many () -> (project_id, name, stored, counted)
SELECT d.project_id, v.name, v.stored, v.counted
FROM (SELECT p.id AS project_id, s.*, n.*
      FROM project p
      LEFT JOIN (SELECT project_id AS pid, sum(task_number)::int8 AS s1, sum(finished_task_number)::int8 AS s2,
                        sum(total_annotations_number)::int8 AS s3, sum(skipped_annotations_number)::int8 AS s4,
                        sum(ground_truth_number)::int8 AS s5, sum(useful_annotation_number)::int8 AS s6,
                        sum(num_tasks_with_annotations)::int8 AS s7, sum(total_predictions_number)::int8 AS s8,
                        sum(reviewed_tasks)::int8 AS s9
                 FROM project_counter GROUP BY project_id) s ON s.pid = p.id
      LEFT JOIN (SELECT project_id AS pid2, count(*) AS n1, count(*) FILTER (WHERE is_labeled) AS n2, sum(total_annotations) AS n3,
                        sum(cancelled_annotations) AS n4, sum(ground_truth_annotations) AS n5, sum(useful_annotations) AS n6,
                        count(*) FILTER (WHERE useful_annotations > 0) AS n7, sum(total_predictions) AS n8,
                        count(*) FILTER (WHERE reviews_accepted + reviews_rejected > 0) AS n9
                 FROM task WHERE deleted_at IS NULL GROUP BY project_id) n ON n.pid2 = p.id
      WHERE p.deleted_at IS NULL) d
CROSS JOIN LATERAL (VALUES
    ('task_number', coalesce(s1, 0), coalesce(n1, 0)),
    ('finished_task_number', coalesce(s2, 0), coalesce(n2, 0)),
    ('total_annotations_number', coalesce(s3, 0), coalesce(n3, 0)),
    ('skipped_annotations_number', coalesce(s4, 0), coalesce(n4, 0)),
    ('ground_truth_number', coalesce(s5, 0), coalesce(n5, 0)),
    ('useful_annotation_number', coalesce(s6, 0), coalesce(n6, 0)),
    ('num_tasks_with_annotations', coalesce(s7, 0), coalesce(n7, 0)),
    ('total_predictions_number', coalesce(s8, 0), coalesce(n8, 0)),
    ('reviewed_tasks', coalesce(s9, 0), coalesce(n9, 0))) AS v (name, stored, counted)
WHERE v.stored <> v.counted
UNION ALL
SELECT p.id, 'slots that keep the queue of reviews', count(c.slot), 16
FROM project p LEFT JOIN project_counter c ON c.project_id = p.id AND c.queues_reviews
WHERE p.has_review_queue AND p.deleted_at IS NULL
GROUP BY p.id HAVING count(c.slot) <> 16
ORDER BY 1, 2;

-- The difference is added like any other change, so concurrent ones are kept.
-- @query counter_repair_projects :exec ()
SELECT project_count(d.pid, d.t, d.f, d.ta, d.ca, d.gt, d.ua, d.w, d.tp)
FROM (SELECT pid, sum(t)::int8 AS t, sum(f)::int8 AS f, sum(ta)::int8 AS ta, sum(ca)::int8 AS ca, sum(gt)::int8 AS gt,
             sum(ua)::int8 AS ua, sum(w)::int8 AS w, sum(tp)::int8 AS tp
      FROM (SELECT project_id AS pid, -task_number AS t, -finished_task_number AS f, -total_annotations_number AS ta,
                   -skipped_annotations_number AS ca, -ground_truth_number AS gt, -useful_annotation_number AS ua,
                   -num_tasks_with_annotations AS w, -total_predictions_number AS tp
            FROM project_counter
            UNION ALL
            SELECT project_id, count(*), count(*) FILTER (WHERE is_labeled), sum(total_annotations), sum(cancelled_annotations),
                   sum(ground_truth_annotations), sum(useful_annotations), count(*) FILTER (WHERE useful_annotations > 0),
                   sum(total_predictions)
            FROM task WHERE deleted_at IS NULL GROUP BY project_id) x
      GROUP BY pid) d
JOIN project p ON p.id = d.pid AND p.deleted_at IS NULL
WHERE (d.t, d.f, d.ta, d.ca, d.gt, d.ua, d.w, d.tp) <> (0, 0, 0, 0, 0, 0, 0, 0);

-- @query counter_repair_slots :exec ()
INSERT INTO project_counter (project_id, slot, queues_reviews)
SELECT p.id, s, true FROM project p CROSS JOIN generate_series(0, 15) s WHERE p.has_review_queue AND p.deleted_at IS NULL
ON CONFLICT (project_id, slot) DO UPDATE SET queues_reviews = true;

-- @query counter_repair_reviewed :exec ()
SELECT counter_lock(pid), project_count_reviewed(pid, n)
FROM (SELECT pid, sum(n)::int8 AS n
      FROM (SELECT project_id AS pid, -reviewed_tasks AS n FROM project_counter
            UNION ALL
            SELECT project_id, count(*) FROM task WHERE deleted_at IS NULL AND reviews_accepted + reviews_rejected > 0 GROUP BY project_id) x
      GROUP BY pid) d
JOIN project p ON p.id = d.pid AND p.deleted_at IS NULL
WHERE d.n <> 0;

-- Tasks whose figures of reviews are not those of their annotations' reviews.
-- @query counter_check_reviews :many (most int4) -> (id, project_id)
SELECT t.id, t.project_id
FROM task t JOIN project p ON p.id = t.project_id AND p.deleted_at IS NULL AND p.has_reviews
LEFT JOIN (
    SELECT a.task_id, count(*) FILTER (WHERE v.accepted) AS accepted, count(*) FILTER (WHERE NOT v.accepted) AS rejected,
           count(*) FILTER (WHERE NOT a.was_cancelled) AS reviewed
    FROM annotation_review v JOIN annotation a ON a.id = v.annotation_id AND a.deleted_at IS NULL
    WHERE v.is_current GROUP BY a.task_id) n ON n.task_id = t.id
WHERE (t.reviews_accepted, t.reviews_rejected, t.reviewed_annotations) <> (coalesce(n.accepted, 0), coalesce(n.rejected, 0), coalesce(n.reviewed, 0))
ORDER BY t.id LIMIT $1;

-- @query counter_repair_reviews :exec (ids int4[])
SELECT task_feedback_recount($1);

-- Tasks whose rows in the queue of reviews, or whose reviewers' assignments, do not say what waits; where the queue is complete.
-- @query counter_check_queue :many (most int4) -> (id, project_id)
WITH w AS (
    SELECT t.project_id, t.id, t.inner_id, coalesce(a.completed_by, 0) AS author, (t.is_labeled::int + 2 * (t.reviews_accepted > 0)::int)::int2 AS state
    FROM project p JOIN task t ON t.project_id = p.id AND t.deleted_at IS NULL
    JOIN annotation a ON a.task_id = t.id AND a.deleted_at IS NULL AND NOT a.was_cancelled
    LEFT JOIN annotation_review v ON v.annotation_id = a.id AND v.is_current
    WHERE p.has_review_queue AND p.deleted_at IS NULL AND v.id IS NULL
    GROUP BY 1, 2, 3, 4, 5),
q AS (
    SELECT r.* FROM review_queue r JOIN project p ON p.id = r.project_id AND p.has_review_queue AND p.deleted_at IS NULL)
SELECT id, max(project_id) AS project_id
FROM (SELECT coalesce(w.id, q.task_id) AS id, coalesce(w.project_id, q.project_id) AS project_id
      FROM w FULL JOIN q ON q.project_id = w.project_id AND q.inner_id = w.inner_id AND q.author = w.author
      WHERE (w.state, w.id) IS DISTINCT FROM (q.state, q.task_id)
      UNION ALL
      SELECT g.task_id, g.project_id
      FROM project p JOIN task_assignment g ON g.project_id = p.id AND g.type = 'RE'
      LEFT JOIN (SELECT w.id, min(w.author) AS one, max(w.author) AS other, max(w.state) AS state FROM w GROUP BY w.id) n ON n.id = g.task_id
      WHERE p.has_review_queue AND p.deleted_at IS NULL
        AND g.review_state IS DISTINCT FROM CASE WHEN n.one <> g.user_id OR n.other <> g.user_id THEN n.state END) x
GROUP BY id ORDER BY id LIMIT $1;

-- @query counter_repair_queue :exec (ids int4[])
SELECT review_queue_set(ARRAY(SELECT t.id FROM unnest($1) AS x (id) JOIN task t ON t.id = x.id ORDER BY t.id FOR NO KEY UPDATE OF t));

-- @query counter_check_users :many () -> (project_id, user_id, stored, counted)
SELECT pid AS project_id, uid AS user_id, format('%s/%s/%s/%s/%s', sum(sd), sum(sk), sum(sf), sum(sa), sum(so)) AS stored,
       format('%s/%s/%s/%s/%s', sum(d), sum(k), sum(f), sum(a), sum(o)) AS counted
FROM (SELECT project_id AS pid, user_id AS uid, done_tasks AS sd, kept_tasks AS sk, finished_tasks AS sf, assigned_tasks AS sa, assigned_done AS so,
             0 AS d, 0 AS k, 0 AS f, 0 AS a, 0 AS o
      FROM project_user_counter
      UNION ALL
      SELECT t.project_id, a.completed_by, 0, 0, 0, 0, 0, count(DISTINCT t.id), count(DISTINCT t.id) FILTER (WHERE NOT a.was_cancelled),
             count(DISTINCT t.id) FILTER (WHERE t.is_labeled), 0, 0
      FROM annotation a JOIN task t ON t.id = a.task_id AND t.deleted_at IS NULL
      WHERE a.deleted_at IS NULL AND a.completed_by IS NOT NULL GROUP BY 1, 2
      UNION ALL
      SELECT t.project_id, s.user_id, 0, 0, 0, 0, 0, 0, 0, 0, count(*), count(*) FILTER (WHERE s.user_id = ANY (t.annotators))
      FROM task_assignment s JOIN task t ON t.id = s.task_id AND t.deleted_at IS NULL
      WHERE s.type = 'AN' GROUP BY 1, 2) x
JOIN project p ON p.id = pid AND p.deleted_at IS NULL
GROUP BY pid, uid
HAVING (sum(sd), sum(sk), sum(sf), sum(sa), sum(so)) <> (sum(d), sum(k), sum(f), sum(a), sum(o))
ORDER BY 1, 2;

-- @query counter_repair_users :exec ()
SELECT project_user_count(pid, uid, d::int8, k::int8, f::int8)
FROM (SELECT pid, uid, sum(d) AS d, sum(k) AS k, sum(f) AS f
      FROM (SELECT project_id AS pid, user_id AS uid, -done_tasks AS d, -kept_tasks AS k, -finished_tasks AS f FROM project_user_counter
            UNION ALL
            SELECT t.project_id, a.completed_by, count(DISTINCT t.id), count(DISTINCT t.id) FILTER (WHERE NOT a.was_cancelled),
                   count(DISTINCT t.id) FILTER (WHERE t.is_labeled)
            FROM annotation a JOIN task t ON t.id = a.task_id AND t.deleted_at IS NULL
            WHERE a.deleted_at IS NULL AND a.completed_by IS NOT NULL GROUP BY 1, 2) x
      JOIN project p ON p.id = pid AND p.deleted_at IS NULL
      GROUP BY pid, uid) y
WHERE (d, k, f) <> (0, 0, 0);

-- @query counter_repair_assignments :exec ()
UPDATE task_assignment s SET is_live = t.deleted_at IS NULL, is_done = s.user_id = ANY (t.annotators)
FROM task t WHERE t.id = s.task_id AND s.type = 'AN' AND (s.is_live, s.is_done) <> (t.deleted_at IS NULL, s.user_id = ANY (t.annotators));

-- @query counter_repair_assigned :exec ()
WITH d AS (
    SELECT pid, uid, sum(a)::int8 AS a, sum(o)::int8 AS o
    FROM (SELECT project_id AS pid, user_id AS uid, -assigned_tasks AS a, -assigned_done AS o FROM project_user_counter
          UNION ALL
          SELECT t.project_id, s.user_id, count(*), count(*) FILTER (WHERE s.user_id = ANY (t.annotators))
          FROM task_assignment s JOIN task t ON t.id = s.task_id AND t.deleted_at IS NULL
          WHERE s.type = 'AN' GROUP BY 1, 2) x
    JOIN project p ON p.id = pid AND p.deleted_at IS NULL
    GROUP BY pid, uid HAVING (sum(a), sum(o)) <> (0, 0))
INSERT INTO project_user_counter AS c (project_id, user_id, slot, assigned_tasks, assigned_done)
SELECT pid, uid, counter_slot(), a, o FROM d ORDER BY 1, 2
ON CONFLICT (project_id, user_id, slot) DO UPDATE SET
    assigned_tasks = c.assigned_tasks + excluded.assigned_tasks, assigned_done = c.assigned_done + excluded.assigned_done;

-- @query counter_check_blocks :many () -> (project_id, block, stored, counted)
SELECT pid AS project_id, b AS block, sum(s)::int8 AS stored, sum(n)::int8 AS counted
FROM (SELECT project_id AS pid, block AS b, tasks AS s, 0 AS n FROM task_block
      UNION ALL
      SELECT project_id, inner_id / 1000, 0, count(*) FROM task WHERE deleted_at IS NULL GROUP BY 1, 2) x
JOIN project p ON p.id = pid AND p.deleted_at IS NULL
GROUP BY pid, b HAVING sum(s) <> sum(n)
ORDER BY 1, 2;

-- @query counter_repair_blocks :exec ()
SELECT task_block_add(pid, b, d::int8)
FROM (SELECT pid, b, sum(n) AS d
      FROM (SELECT project_id AS pid, block AS b, -tasks AS n FROM task_block
            UNION ALL
            SELECT project_id, inner_id / 1000, count(*) FROM task WHERE deleted_at IS NULL GROUP BY 1, 2) x
      JOIN project p ON p.id = pid AND p.deleted_at IS NULL
      GROUP BY pid, b) y
WHERE d <> 0;

-- @query counter_projects :many () -> (id)
SELECT id FROM project WHERE deleted_at IS NULL ORDER BY id;

-- @query counter_check_summary :many (project int4, most int8) -> (kind, name, label, stored, counted)
SELECT kind, name, label, stored, counted FROM summary_differences($1) ORDER BY 1, 2, 3 LIMIT $2;

-- @query counter_repair_summary :exec (project int4)
SELECT summary_repair($1);
