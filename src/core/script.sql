-- Scripts of projects.

-- @query script_current :one (organization int4, project int4) -> (enabled, hosts, version, text)
SELECT o.custom_scripts_enabled AS enabled, o.custom_script_hosts AS hosts, v.id AS version, v.text
FROM organization o
LEFT JOIN LATERAL (SELECT x.id, x.text FROM custom_script x WHERE x.project_id = $2 ORDER BY x.id DESC LIMIT 1) v ON true
WHERE o.id = $1;

-- @query script_add :exec (project int4, text text, member int4)
INSERT INTO custom_script (project_id, text, created_by) VALUES ($1, $2, $3);

-- before null: from the newest on.
-- @query script_versions :many (project int4, before int8, most int8) -> (id, bytes, created_at, author, faults)
SELECT v.id, octet_length(v.text) AS bytes, v.created_at,
       coalesce(nullif(concat_ws(' ', nullif(u.first_name, ''), nullif(u.last_name, '')), ''), u.email) AS author,
       (SELECT coalesce(sum(f.times), 0)::int8 FROM custom_script_fault f WHERE f.script_id = v.id) AS faults
FROM custom_script v LEFT JOIN user_account u ON u.id = v.created_by
WHERE v.project_id = $1 AND ($2 IS NULL OR v.id < $2)
ORDER BY v.id DESC LIMIT $3;

-- @query script_version_text :one (project int4, version int8) -> (text)
SELECT text FROM custom_script WHERE project_id = $1 AND id = $2;

-- A hundred different ones per version tell enough; a script that makes up a new text each time shall not fill the disk.
-- @query script_fault_note :exec (version int8, event text, message text, line int4, member int4)
INSERT INTO custom_script_fault AS f (script_id, digest, event, message, line, last_by)
SELECT $1, md5(concat_ws(E'\n', $2, $4, $3)), $2, $3, $4, $5
WHERE (SELECT count(*) FROM custom_script_fault x WHERE x.script_id = $1 AND x.digest <> md5(concat_ws(E'\n', $2, $4, $3))) < 100
ON CONFLICT (script_id, digest) DO UPDATE SET times = f.times + 1, last_at = now(), last_by = excluded.last_by;

-- @query script_faults :many (project int4, version int8) -> (event, message, line, times, last_at, email)
SELECT f.event, f.message, f.line, f.times, f.last_at, u.email
FROM custom_script v
JOIN custom_script_fault f ON f.script_id = v.id
LEFT JOIN user_account u ON u.id = f.last_by
WHERE v.project_id = $1 AND v.id = $2
ORDER BY f.last_at DESC;
