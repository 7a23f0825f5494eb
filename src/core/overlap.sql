-- Overlaps of tasks after a change of the project's settings or of its set of tasks. Steps lock overlap_change, then tasks by id, then
-- counters; they never lock the project, which imports may be changing while they hold counters.

-- Ask for a change. It is put together with one that is not done yet, as if that had been finished before:
--   all     every task gets the overlap
--   over    tasks with overlap above one get it
--   draw    the cohort is drawn: some get it, the others one
--   follow  over when there are such tasks; else draw or all, as the percentage says
-- @query overlap_ask :exec (project int4, overlap int4, percentage int4, redraw bool)
INSERT INTO overlap_change AS c (project_id, mode)
VALUES ($1, CASE WHEN $2 <= 1 THEN 'all' WHEN NOT $4 THEN 'follow' WHEN $3 < 100 THEN 'draw' ELSE 'all' END)
ON CONFLICT (project_id) DO UPDATE SET
    reached = 0, drawn_to = NULL,
    mode = CASE WHEN $2 <= 1 OR $4 THEN excluded.mode WHEN c.mode = 'all' AND $3 < 100 THEN 'draw' ELSE c.mode END;

-- Tasks came or went: a cohort is drawn again.
-- @query overlap_ask_redraw :exec (project int4)
INSERT INTO overlap_change AS c (project_id, mode)
SELECT id, 'draw' FROM project WHERE id = $1 AND maximum_annotations > 1 AND overlap_cohort_percentage < 100 AND deleted_at IS NULL
ON CONFLICT (project_id) DO UPDATE SET mode = 'draw', reached = 0, drawn_to = NULL;

-- @query overlap_lock :one (project int4) -> (mode, reached, drawn_to)
SELECT mode, reached, drawn_to FROM overlap_change WHERE project_id = $1 FOR UPDATE;

-- A statement of its own: one that waited for the lock above would still see the settings of before.
-- @query overlap_settings :one (project int4) -> (overlap, percentage)
SELECT maximum_annotations AS overlap, overlap_cohort_percentage AS percentage FROM project WHERE id = $1 AND deleted_at IS NULL;

-- @query overlap_any_over :one (project int4) -> (found)
SELECT EXISTS (SELECT FROM task WHERE project_id = $1 AND overlap > 1 AND deleted_at IS NULL) AS found;

-- @query overlap_reached :exec (project int4, mode text, reached int4)
UPDATE overlap_change SET mode = $2, reached = $3 WHERE project_id = $1;

-- The next tasks, and those among them that change. Trashed ones take part, so that a restored task has the overlap of its project.
-- @query overlap_walk :one (project int4, after int4, overlap int4, over bool, most int8) -> (last, n, ids)
SELECT coalesce(max(inner_id), $2) AS last, count(*) AS n, array_agg(id) FILTER (WHERE overlap <> $3 AND (overlap > 1 OR NOT $4)) AS ids
FROM (SELECT id, inner_id, overlap FROM task WHERE project_id = $1 AND inner_id > $2 ORDER BY inner_id LIMIT $5) t;

-- @query overlap_set_one :exec (tasks int4[], overlap int4)
SELECT task_overlap($1, array_fill($2, ARRAY[cardinality($1)]));

-- @query overlap_set :exec (tasks int4[], overlaps int4[])
SELECT task_overlap($1, $2);

-- @query overlap_draw_clear :exec (project int4)
DELETE FROM overlap_draw WHERE project_id = $1;

-- Draw the cohort: first all tasks that have that many finished annotations already (they stay even beyond the target), then those with
-- most annotations. Where the rule leaves it to chance, tasks that were chosen before are chosen again: the reference draws
-- anew, and overlaps of untouched tasks jump; here few rows are written. Only differences are kept.
-- @query overlap_draw_make :one (project int4, overlap int4, percentage int4) -> (drawn_to)
WITH d AS (
    INSERT INTO overlap_draw (project_id, inner_id, overlap)
    SELECT $1, c.inner_id, CASE WHEN c.chosen THEN $2 ELSE 1 END
    FROM (SELECT t.inner_id, t.overlap,
                 t.finished OR row_number() OVER (ORDER BY t.finished DESC, t.annotations DESC, t.overlap > 1 DESC, random())
                               <= floor(count(*) OVER () * $3::numeric / 100 + 0.5) AS chosen
          FROM (SELECT inner_id, overlap, useful_annotations >= $2 AS finished, total_annotations + cancelled_annotations AS annotations
                FROM task WHERE project_id = $1 AND deleted_at IS NULL) t) c
    WHERE c.overlap <> CASE WHEN c.chosen THEN $2 ELSE 1 END)
UPDATE overlap_change SET reached = 0, drawn_to = (SELECT coalesce(max(inner_id), 0) FROM task WHERE project_id = $1)
WHERE project_id = $1 RETURNING drawn_to;

-- @query overlap_draw_batch :one (project int4, after int4, most int8) -> (last, n, ids, overlaps)
SELECT coalesce(max(d.inner_id), $2) AS last, count(*) AS n, array_agg(t.id) FILTER (WHERE t.id IS NOT NULL) AS ids,
       array_agg(d.overlap) FILTER (WHERE t.id IS NOT NULL) AS overlaps
FROM (SELECT inner_id, overlap FROM overlap_draw WHERE project_id = $1 AND inner_id > $2 ORDER BY inner_id LIMIT $3) d
LEFT JOIN LATERAL (SELECT id FROM task WHERE project_id = $1 AND inner_id = d.inner_id OFFSET 0) t ON true;

-- @query overlap_draw_done :exec (project int4, after int4, last int4)
DELETE FROM overlap_draw WHERE project_id = $1 AND inner_id > $2 AND inner_id <= $3;

-- Whoever adds tasks holds this row until they are to be seen. Not waited for: an import may take minutes.
-- @query overlap_additions :one (project int4) -> (next_inner_id)
SELECT next_inner_id FROM project_sequence WHERE project_id = $1 FOR NO KEY UPDATE SKIP LOCKED;

-- @query overlap_beyond :one (project int4, inner_id int4) -> (found)
SELECT EXISTS (SELECT FROM task WHERE project_id = $1 AND inner_id > $2) AS found;

-- @query overlap_done :exec (project int4)
DELETE FROM overlap_change WHERE project_id = $1;

-- ---------------------------------------------------------------- tasks that come and go

-- With a cohort new tasks begin with one; the draw that follows decides.
-- @query overlap_of_new :one (project int4) -> (overlap, cohort)
SELECT CASE WHEN c.cohort THEN 1 ELSE p.maximum_annotations END AS overlap, c.cohort
FROM project p CROSS JOIN LATERAL (SELECT p.maximum_annotations > 1 AND p.overlap_cohort_percentage < 100 AS cohort) c
WHERE p.id = $1;

-- Which of these projects have a cohort, and of how many tasks.
-- @query overlap_cohorts :many (projects int4[]) -> (project, organization, tasks)
SELECT p.id AS project, p.organization_id AS organization,
       (SELECT coalesce(sum(n.task_number), 0)::int8 FROM project_counter n WHERE n.project_id = p.id) AS tasks
FROM project p WHERE p.id = ANY ($1) AND p.maximum_annotations > 1 AND p.overlap_cohort_percentage < 100;

-- @query overlap_projects :one (tasks int4[]) -> (projects)
SELECT array_agg(DISTINCT t.project_id) AS projects
FROM unnest($1) AS x (id) CROSS JOIN LATERAL (SELECT project_id FROM task WHERE id = x.id OFFSET 0) t;

-- ---------------------------------------------------------------- skip_queue

-- The next tasks, and those of them for which the setting decides whether they are finished: with skipped annotations, or (all) with any.
-- @query overlap_skip_walk :one (project int4, after int4, most int8, all bool) -> (last, n, ids)
SELECT coalesce(max(inner_id), $2) AS last, count(*) AS n,
       array_agg(id) FILTER (WHERE cancelled_annotations > 0 OR ($4 AND total_annotations > 0)) AS ids
FROM (SELECT id, inner_id, cancelled_annotations, total_annotations FROM task WHERE project_id = $1 AND inner_id > $2 ORDER BY inner_id LIMIT $3) t;

-- Transactions before `oldest` are over; those from `next` on have not begun.
-- @query overlap_transactions :one () -> (oldest, next)
SELECT pg_snapshot_xmin(s)::text::int8 AS oldest, pg_snapshot_xmax(s)::text::int8 AS next FROM pg_current_snapshot() s;
