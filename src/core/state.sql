-- States of annotations are told by their history: every version left its annotation in one.

-- Annotators read the states of their own annotations, as with the history. total: of all that match.
-- @query state_list :many (organization int4, member int4, role text, annotation int4, state text, previous text, transition text, by_user int4,
--   since timestamptz, until timestamptz, newest_first bool, skip int8, most int8)
-- -> (id, state, previous_state, transition_name, user_id, email, reason, created_at, task_id, draft_id, review_id, comment_id, lead_time, total)
WITH h AS (SELECT v.*, CASE WHEN v.action = 'skipped' THEN 'SKIPPED'
                            WHEN v.action IN ('accepted', 'fixed_and_accepted') THEN 'ACCEPTED'
                            WHEN v.action = 'rejected' THEN 'REJECTED'
                            ELSE 'SUBMITTED' END AS state
           FROM visible_history($1, $2, $3) v WHERE v.annotation_id = $4),
     r AS (SELECT h.*, lag(h.state) OVER (ORDER BY h.id) AS previous FROM h)
SELECT r.id, r.state, r.previous AS previous_state, r.action AS transition_name, r.created_by AS user_id, coalesce(u.email, '') AS email, r.comment AS reason, r.created_at,
       r.task_id, r.draft_id, r.review_id, r.comment_id, r.lead_time, count(*) OVER () AS total
FROM r LEFT JOIN user_account u ON u.id = r.created_by
WHERE ($5 IS NULL OR r.state = $5) AND ($6 IS NULL OR r.previous = $6) AND ($7 IS NULL OR r.action = $7) AND ($8 IS NULL OR r.created_by = $8)
  AND ($9 IS NULL OR r.created_at >= $9) AND ($10 IS NULL OR r.created_at <= $10)
ORDER BY CASE WHEN $11 THEN -r.id ELSE r.id END
OFFSET $12 LIMIT $13;
