-- A project of {n} tasks for the Data Manager: half as many annotations again, half as many predictions. What a task has follows from its
-- number, so tasks are written with their figures, and `labeld-admin verify-counters` finds nothing to mend.
-- Each statement ends in a line of its own; {p} project, {first} the first of {people} annotators.

-- Texts of some hundred characters; "falcon" is in one of a hundred, "Zebrafish" in one of two thousand.
INSERT INTO task (project_id, inner_id, data, overlap, is_labeled, total_annotations, useful_annotations, total_predictions, annotators,
                  completed_at, created_at, updated_at)
SELECT {p}, i, jsonb_build_object('text', w.text, 'source', 'https://example.com/media/' || md5(i::text) || '.jpg', 'category', 'category ' || i * 7919 % 97,
                                  'price', (i * 104729 % 1000003) / 100.0),
       2, a.n >= 2, a.n, a.n, (i + 1) % 2, ARRAY(SELECT {first} + (i + 5 * k) % {people} FROM generate_series(0, a.n - 1) k ORDER BY 1),
       CASE WHEN a.n > 0 THEN t.at + make_interval(secs => i * 31 % 864000) END, t.at, t.at + make_interval(secs => i * 37 % 864000)
FROM generate_series(1, {n}::int8) i
CROSS JOIN LATERAL (SELECT ('{{0,0,1,2,2,4}}'::int4[])[1 + i * 7919 % 6] AS n) a
CROSS JOIN LATERAL (SELECT date_trunc('day', now()) - interval '120 days' + make_interval(secs => i / 1000 * 7000) AS at) t
CROSS JOIN LATERAL (SELECT string_agg((ARRAY['Amber','river','stone','Quiet','window','garden','letter','north','paper','silver','bridge','evening','market','orange',
                                             'signal','winter'])[1 + (i * (k * 7 + 3) / (k + 1)) % 16], ' ')
                           || CASE WHEN i % 100 = 7 THEN ' falcon' ELSE '' END || CASE WHEN i % 2000 = 3 THEN ' Zebrafish' ELSE '' END
                           || ', number ' || i AS text FROM generate_series(1, 12) k) w;
UPDATE project_sequence SET next_inner_id = {n} + 1 WHERE project_id = {p};
UPDATE project SET maximum_annotations = 2, model_version = 'm1' WHERE id = {p};
-- Results of one to four regions, one of a hundred of forty. A fifth of the annotations speaks of a Place, one of a thousand of a Ship.
INSERT INTO annotation (task_id, project_id, result, result_count, completed_by, updated_by, lead_time, in_summary, created_at, updated_at)
SELECT t.id, {p}, r.result, r.n, u.id, u.id, 5 + t.id % 50, false, t.completed_at, t.completed_at
FROM task t CROSS JOIN LATERAL unnest(t.annotators) u (id)
CROSS JOIN LATERAL (SELECT t.inner_id::int8 * 7919 + u.id * 104729 AS seed) s
CROSS JOIN LATERAL (SELECT count(*) AS n, jsonb_agg(jsonb_build_object('id', substr(md5(s.seed || '-' || k), 1, 10), 'from_name', 'label', 'to_name', 'text',
                        'type', 'labels', 'origin', 'manual', 'value', jsonb_build_object('start', k * 11, 'end', k * 11 + 5, 'text', substr(md5(k || '.' || s.seed), 1, 8),
                        'labels', jsonb_build_array(CASE WHEN k = 0 AND s.seed % 1000 = 1 THEN 'Ship' WHEN k = 0 AND s.seed % 5 = 0 THEN 'Place' ELSE 'Person' END)))) AS result
                    FROM generate_series(0, CASE WHEN s.seed % 100 = 3 THEN 39 ELSE s.seed / 13 % 4 END) k) r
WHERE t.project_id = {p};
INSERT INTO prediction (task_id, project_id, result, score, model_version, is_open)
SELECT id, {p}, jsonb_build_array(jsonb_build_object('id', 'p' || id, 'from_name', 'label', 'to_name', 'text', 'type', 'labels', 'value',
                  jsonb_build_object('start', 0, 'end', 5, 'text', 'words', 'labels', jsonb_build_array(CASE WHEN inner_id % 7 = 0 THEN 'Place' ELSE 'Person' END)))),
       (inner_id * 48271::int8 % 100000) / 100000.0, 'm1', NOT is_labeled
FROM task WHERE project_id = {p} AND total_predictions > 0;
-- What reviewers decided about one annotation of fifty, and said about half of those.
INSERT INTO annotation_review (project_id, annotation_id, author, accepted, created_by, started_at, created_at)
SELECT {p}, id, completed_by, id % 3 <> 0, {first}, created_at + interval '1 hour', created_at + interval '61 minutes'
FROM annotation WHERE project_id = {p} AND id % 50 = 0;
INSERT INTO comment (project_id, annotation_id, text, is_resolved, created_by)
SELECT {p}, id, 'The ' || (ARRAY['first', 'second', 'last'])[1 + id % 3] || ' region is too wide.', id % 200 = 0, {first} FROM annotation WHERE project_id = {p} AND id % 100 = 0;
SELECT task_feedback_recount(array_agg(task_id)) FROM annotation WHERE project_id = {p} AND id % 50 = 0;
UPDATE project SET has_reviews = true, has_comments = true WHERE id = {p};
VACUUM ANALYZE task, annotation, prediction, project, annotation_review, comment;
