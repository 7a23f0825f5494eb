-- How people look at the tasks of a project.

-- @query look_get :one (project int4, member int4) -> (data)
SELECT data FROM task_look WHERE project_id = $1 AND user_id = $2;

-- What it says replaces what was said of the same.
-- @query look_set :exec (project int4, member int4, data jsonb)
INSERT INTO task_look AS l (project_id, user_id, data) VALUES ($1, $2, $3)
ON CONFLICT (project_id, user_id) DO UPDATE SET data = l.data || excluded.data, updated_at = now();

-- The width of one column in one tab ("0": none). Of the others those stay that can still be seen: of tabs and columns that are there.
-- @query look_width :exec (project int4, member int4, tab text, name text, pixels int4, tabs text[], names text[])
INSERT INTO task_look AS l (project_id, user_id, data)
VALUES ($1, $2, jsonb_build_object('widths', jsonb_build_object($3::text, jsonb_build_object($4::text, $5::int4))))
ON CONFLICT (project_id, user_id) DO UPDATE SET updated_at = now(), data = l.data || jsonb_build_object('widths', (
    SELECT jsonb_object_agg(t.tab, t.widths)
    FROM (SELECT w.tab, jsonb_object_agg(w.name, w.pixels) AS widths
          FROM (SELECT tabs.key AS tab, columns.key AS name, columns.value AS pixels
                FROM jsonb_each(l.data -> 'widths') tabs CROSS JOIN LATERAL jsonb_each(tabs.value) columns
                WHERE tabs.key = ANY ($6) AND columns.key = ANY ($7) AND (tabs.key, columns.key) <> ($3, $4)
                UNION ALL SELECT $3, $4, to_jsonb($5::int4)) w
          GROUP BY w.tab) t));

-- @query look_clear :exec (project int4, member int4)
DELETE FROM task_look WHERE project_id = $1 AND user_id = $2;
