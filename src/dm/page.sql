-- What a page of the task table shows beside the rows of its tasks. Every query is about the tasks of one page, and bounded: of each task
-- 20 annotations or predictions, of each of those 200 regions, and none whose result has more than 256 kB; of what they say 30 words.

-- Results by what they say: how often each word of each control. A word is a label, a choice, the last step of a path, a text, a number;
-- null where a region says nothing but where it is. own: only annotations of this user.
-- @query dm_page_results :many (tasks int4[], own int4) -> (task, control, type, word, n)
SELECT task, control, type, word, n FROM (
SELECT u.task, w.control, w.type, w.word, count(*) AS n,
       row_number() OVER (PARTITION BY u.task ORDER BY min(w.place), count(*) DESC, w.word) AS line
FROM unnest($1) AS u (task)
CROSS JOIN LATERAL (SELECT a.result FROM annotation a
                    WHERE a.task_id = u.task AND a.deleted_at IS NULL AND NOT a.was_cancelled AND pg_column_size(a.result) < 262144
                      AND ($2::int4 IS NULL OR a.completed_by = $2)
                    ORDER BY a.id LIMIT 20) a
CROSS JOIN LATERAL result_words(a.result) w
GROUP BY u.task, w.control, w.type, w.word) x
WHERE line <= 30 ORDER BY task, line;

-- @query dm_page_predicted :many (tasks int4[]) -> (task, control, type, word, n)
SELECT task, control, type, word, n FROM (
SELECT u.task, w.control, w.type, w.word, count(*) AS n,
       row_number() OVER (PARTITION BY u.task ORDER BY min(w.place), count(*) DESC, w.word) AS line
FROM unnest($1) AS u (task)
CROSS JOIN LATERAL (SELECT q.result FROM prediction q WHERE q.task_id = u.task AND pg_column_size(q.result) < 262144 ORDER BY q.id LIMIT 20) q
CROSS JOIN LATERAL result_words(q.result) w
GROUP BY u.task, w.control, w.type, w.word) x
WHERE line <= 30 ORDER BY task, line;

-- @query dm_page_people :many (users int4[]) -> (id, first_name, last_name, username, email, avatar)
SELECT id, first_name, last_name, username, email, avatar FROM user_account WHERE id = ANY ($1);
