-- Annotations: read, write, trash. Counters follow through task_recount and the triggers.

-- An annotation a with its author u. People as the member $2 with the role $3 is told of them (person_shown).
-- @columns annotation_shown -> (id, task, project, result, created_by, created_at, updated_at, draft_created_at, was_cancelled, ground_truth,
--   lead_time, import_id, last_action, bulk_created, updated_by, parent_prediction, parent_annotation, last_created_by, unique_id, result_count,
--   first_name, last_name, email, avatar, username)
a.id, a.task_id AS task, a.project_id AS project, a.result, person_shown(a.completed_by, a.project_id, $2, $3) AS created_by,
       a.created_at, a.updated_at, a.draft_created_at, a.was_cancelled, a.ground_truth, a.lead_time, a.import_id, a.last_action, a.bulk_created,
       person_shown(a.updated_by, a.project_id, $2, $3) AS updated_by, a.parent_prediction, a.parent_annotation,
       person_shown(a.last_created_by, a.project_id, $2, $3) AS last_created_by, a.unique_id, a.result_count,
       coalesce(u.first_name, '') AS first_name, coalesce(u.last_name, '') AS last_name, coalesce(u.email, '') AS email, u.avatar,
       coalesce(u.username, '') AS username

-- own: only this annotator's (null: all). skipped: with skipped ones.
-- @query annotation_by_tasks :many (tasks int4[], member int4, role text, own int4, skipped bool) -> @annotation_shown
SELECT @annotation_shown
FROM annotation a LEFT JOIN user_account u ON u.id = person_shown(a.completed_by, a.project_id, $2, $3)
WHERE a.task_id = ANY ($1) AND a.deleted_at IS NULL AND ($4::int4 IS NULL OR a.completed_by = $4) AND ($5 OR NOT a.was_cancelled)
ORDER BY a.task_id, a.id;

-- @query annotation_by_id :one (organization int4, member int4, role text, own int4, annotation int4) -> @annotation_shown
SELECT @annotation_shown
FROM annotation a
JOIN visible_project($1, $2, $3) p ON p.id = a.project_id
JOIN task t ON t.id = a.task_id AND t.deleted_at IS NULL
LEFT JOIN user_account u ON u.id = person_shown(a.completed_by, a.project_id, $2, $3)
WHERE a.id = $5 AND a.deleted_at IS NULL AND ($4::int4 IS NULL OR a.completed_by = $4);

-- Every change locks the task before it touches an annotation: in the other order two changes on one task would wait for each other.
-- target: the task that the annotation moves to, or null; it counts when it is of the same project.
-- @query annotation_task_lock :many (organization int4, member int4, role text, annotation int4, target int4) -> (id, is_target, ours, reviewed)
SELECT t.id, t.id IS NOT DISTINCT FROM $5 AS is_target, t.project_id = a.project_id AS ours, t.reviews_accepted + t.reviews_rejected > 0 AS reviewed
FROM annotation a
JOIN visible_project($1, $2, $3) p ON p.id = a.project_id
JOIN task t ON t.id = ANY (ARRAY[a.task_id, $5]) AND t.deleted_at IS NULL
WHERE a.id = $4 AND a.deleted_at IS NULL
ORDER BY t.id
FOR NO KEY UPDATE OF t;

-- silent: a skip without a word; some projects want one.
-- @query annotation_insert :one (organization int4, member int4, role text, task int4, result jsonb, completed_by int4, was_cancelled bool,
--   ground_truth bool, lead_time float8, unique_id uuid, import_id int8, last_action text, parent_prediction int4, parent_annotation int4,
--   last_created_by int4, bulk_created bool, draft_created_at timestamptz, action text, draft int4,
--   comment text, silent bool) -> (id, project)
WITH a AS (
    INSERT INTO annotation (task_id, project_id, result, result_count, completed_by, updated_by, was_cancelled, ground_truth, lead_time,
                            unique_id, import_id, last_action, parent_prediction, parent_annotation, last_created_by, bulk_created,
                            draft_created_at)
    SELECT t.id, t.project_id, $5, result_count($5), $6, $2, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17
    FROM task t JOIN visible_project($1, $2, $3) p ON p.id = t.project_id
    WHERE t.id = $4 AND t.deleted_at IS NULL AND sees_task($2, role_in_project(p.id, $2, $3), p.label_stream_task_distribution, t.assignees)
      AND NOT ($21 AND p.require_comment_on_skip)
    FOR NO KEY UPDATE OF t
    RETURNING id, task_id, project_id, draft_created_at),
     h AS (
    INSERT INTO annotation_history (project_id, task_id, annotation_id, draft_id, action, comment, started_at, created_by)
    SELECT project_id, task_id, id, $19, $18, $20, draft_created_at, $2 FROM a)
SELECT id, project_id AS project FROM a;

-- Keys that `change` holds are taken over (null where it says null). saved: a new version, which history notes; the row of the one
-- before gets the result that it had. comment: goes to the new version, or without one to the last.
-- @query annotation_update :exec (annotation int4, change jsonb, by_user int4, saved bool, comment text)
WITH c AS (
    UPDATE annotation a SET
        result = n.result, result_count = result_count(n.result), completed_by = n.completed_by, was_cancelled = n.was_cancelled,
        ground_truth = n.ground_truth, lead_time = n.lead_time, import_id = n.import_id, last_action = n.last_action,
        parent_prediction = n.parent_prediction, parent_annotation = n.parent_annotation, last_created_by = n.last_created_by,
        bulk_created = n.bulk_created, draft_created_at = n.draft_created_at, unique_id = n.unique_id, task_id = n.task_id,
        in_summary = true, updated_by = $3, updated_at = now()
    FROM annotation o CROSS JOIN LATERAL jsonb_populate_record(o, $2) n
    WHERE o.id = $1 AND a.id = o.id
    RETURNING a.id, a.task_id, a.project_id, o.result, o.lead_time, a.was_cancelled AND NOT o.was_cancelled AS skipped),
     k AS (
    UPDATE annotation_history h SET result = c.result, lead_time = c.lead_time, is_latest = false
    FROM c WHERE $4 AND h.annotation_id = c.id AND h.is_latest),
     said AS (
    UPDATE annotation_history h SET comment = $5
    FROM c WHERE NOT $4 AND $5 IS NOT NULL AND h.annotation_id = c.id AND h.is_latest),
     e AS (
    INSERT INTO storage_due (storage_id, annotation_id)
    SELECT s.id, c.id FROM c JOIN storage s ON s.project_id = c.project_id AND s.direction = 'export' ON CONFLICT (storage_id, annotation_id) DO UPDATE SET annotation_id = EXCLUDED.annotation_id RETURNING storage_id),
     w AS (
    INSERT INTO annotation_history (project_id, task_id, annotation_id, action, comment, created_by)
    SELECT project_id, task_id, id, CASE WHEN skipped THEN 'skipped' ELSE 'updated' END, $5, $3 FROM c WHERE $4)
SELECT storage_wake(storage_id) FROM e;

-- If it is the ground truth of the task, no other one is.
-- @query annotation_truth_alone :exec (task int4, annotation int4)
UPDATE annotation SET ground_truth = false
WHERE task_id = $1 AND id <> $2 AND ground_truth AND (SELECT ground_truth FROM annotation WHERE id = $2);

-- What the stream handed out is not where the annotation went.
-- @query annotation_unlisted :exec (annotation int4, task int4)
UPDATE stream_history SET annotation_id = NULL WHERE annotation_id = $1 AND task_id <> $2;

-- What began as this annotation has no parent any more.
-- @query annotation_trash :exec (annotation int4, by_user int4)
WITH children AS (UPDATE annotation SET parent_annotation = NULL WHERE parent_annotation = $1),
     a AS (UPDATE annotation SET deleted_at = now(), updated_at = now(), updated_by = $2, unique_id = NULL WHERE id = $1 RETURNING id, project_id),
     e AS (INSERT INTO storage_due (storage_id, annotation_id)
           SELECT s.id, a.id FROM a JOIN storage s ON s.project_id = a.project_id AND s.direction = 'export' ON CONFLICT (storage_id, annotation_id) DO UPDATE SET annotation_id = EXCLUDED.annotation_id RETURNING storage_id)
SELECT storage_wake(storage_id) FROM e;

-- The caller's lock on the task ends, the consumed draft goes, the stream history entry gets the annotation.
-- @query annotation_settle :exec (task int4, member int4, annotation int4, draft int4, project int4)
WITH l AS (DELETE FROM task_lock WHERE task_id = $1 AND user_id = $2),
     d AS (DELETE FROM draft WHERE id = $4 AND task_id = $1),
     h AS (UPDATE stream_history SET annotation_id = $3 WHERE project_id = $5 AND user_id = $2 AND task_id = $1),
     -- Where the project asks for it, every so many annotations are something to learn from.
     j AS (INSERT INTO job (kind, organization_id, payload, key)
           SELECT 'ml_train', p.organization_id, jsonb_build_object('project', $5), $5::text FROM project p
           WHERE p.id = $5 AND p.min_annotations_to_start_training > 0 AND EXISTS (SELECT FROM ml_backend b WHERE b.project_id = $5)
             AND (SELECT sum(c.total_annotations_number) FROM project_counter c WHERE c.project_id = $5) % p.min_annotations_to_start_training = 0
           ON CONFLICT (kind, key) WHERE state = 'waiting' AND key IS NOT NULL DO NOTHING),
     e AS (INSERT INTO storage_due (storage_id, annotation_id)
           SELECT s.id, $3 FROM storage s WHERE s.project_id = $5 AND s.direction = 'export' ON CONFLICT (storage_id, annotation_id) DO UPDATE SET annotation_id = EXCLUDED.annotation_id RETURNING storage_id)
SELECT storage_wake(storage_id) FROM e;

-- @query annotation_skip_needs_comment :one (task int4) -> (needed)
SELECT p.require_comment_on_skip AS needed FROM task t JOIN project p ON p.id = t.project_id WHERE t.id = $1;

-- @query annotation_drafts_delete :exec (annotation int4)
DELETE FROM draft WHERE annotation_id = $1;

-- @query annotation_refs_check :one (organization int4, completed_by int4, prediction int4, annotation int4, task int4, last_created_by int4) -> (user_ok, prediction_ok, annotation_ok, last_ok)
SELECT $2 IS NULL OR EXISTS (SELECT FROM membership WHERE organization_id = $1 AND user_id = $2) AS user_ok,
       $3 IS NULL OR EXISTS (SELECT FROM prediction x JOIN task t ON t.project_id = x.project_id WHERE x.id = $3 AND t.id = $5) AS prediction_ok,
       $4 IS NULL OR EXISTS (SELECT FROM annotation x JOIN task t ON t.project_id = x.project_id WHERE x.id = $4 AND t.id = $5 AND x.deleted_at IS NULL) AS annotation_ok,
       $6 IS NULL OR EXISTS (SELECT FROM membership WHERE organization_id = $1 AND user_id = $6) AS last_ok;
