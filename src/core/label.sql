-- Labels that an organization shares between projects, and where they are used. Links of projects that the caller does not see are not told.

-- items: [{title, value, from_name, description}]. A title that exists keeps its value and is linked. link: of a new link its id.
-- @query label_add :many (organization int4, member int4, project int4, items jsonb) -> (id, title, description, value, approved, approved_by,
--     created_by, organization, created_at, updated_at, project, from_name, projects, link)
WITH n AS (
    SELECT x.item ->> 'title' AS title, x.item -> 'value' AS value, x.item ->> 'from_name' AS from_name, x.item ->> 'description' AS description, x.place
    FROM jsonb_array_elements($4) WITH ORDINALITY AS x (item, place)),
l AS (
    INSERT INTO label AS o (organization_id, created_by, title, value, description)
    SELECT $1, $2, d.title, d.value, d.description FROM (SELECT DISTINCT ON (title) * FROM n ORDER BY title, place) d ORDER BY d.place
    ON CONFLICT (organization_id, title) DO UPDATE SET title = excluded.title
    RETURNING o.*),
k AS (
    INSERT INTO label_link (label_id, project_id, from_name)
    SELECT l.id, $3, d.from_name FROM l JOIN (SELECT DISTINCT ON (title) * FROM n ORDER BY title, place) d ON d.title = l.title ORDER BY l.id
    ON CONFLICT (project_id, label_id) DO NOTHING
    RETURNING id, label_id)
SELECT l.id, l.title, l.description, l.value, l.approved, l.approved_by, l.created_by, l.organization_id AS organization, l.created_at, l.updated_at,
       $3 AS project, n.from_name, format('[%s]', $3) AS projects, k.id AS link
FROM n JOIN l ON l.title = n.title LEFT JOIN k ON k.label_id = l.id ORDER BY n.place;

-- links: ids, or with `expand` objects. id null: all.
-- @query label_list :many (organization int4, member int4, role text, id int4, expand bool, skip int8, most int8)
-- -> (id, links, created_at, updated_at, value, title, description, approved, created_by, approved_by, organization, projects, total)
SELECT l.id,
       CASE WHEN $5 THEN coalesce(k.objects, '[]') ELSE coalesce(k.ids, '[]') END AS links,
       l.created_at, l.updated_at, l.value, l.title, l.description, l.approved, l.created_by, l.approved_by, l.organization_id AS organization,
       coalesce(k.projects, '[]') AS projects, count(*) OVER () AS total
FROM label l
LEFT JOIN LATERAL (
    SELECT json_agg(x.id ORDER BY x.id) AS ids, json_agg(x.project_id ORDER BY x.id) AS projects,
           json_agg(json_build_object('id', x.id, 'from_name', x.from_name, 'project', x.project_id, 'label', x.label_id) ORDER BY x.id) AS objects
    FROM label_link x JOIN visible_project($1, $2, $3) p ON p.id = x.project_id
    WHERE x.label_id = l.id) k ON true
WHERE l.organization_id = $1 AND ($4 IS NULL OR l.id = $4)
ORDER BY l.id OFFSET $6 LIMIT $7;

-- Keys that `change` holds are taken over.
-- @query label_update :exec (organization int4, member int4, id int4, change jsonb)
UPDATE label l SET title = n.title, value = n.value, description = n.description, approved = n.approved,
    approved_by = CASE WHEN n.approved THEN coalesce(o.approved_by, $2) END, updated_at = now()
FROM label o CROSS JOIN LATERAL jsonb_populate_record(o, $4) n
WHERE o.organization_id = $1 AND o.id = $3 AND l.id = o.id;

-- @query label_delete :exec (organization int4, id int4)
DELETE FROM label WHERE organization_id = $1 AND id = $2;

-- ---- links

-- @query link_list :many (organization int4, member int4, role text, id int4, project int4, since timestamptz, until timestamptz,
--     created_by int4, expand bool, skip int8, most int8) -> (id, from_name, project, label, total)
SELECT k.id, k.from_name, k.project_id AS project,
       CASE WHEN $9 THEN json_build_object('id', l.id, 'created_at', api_time(l.created_at), 'updated_at', api_time(l.updated_at), 'value', l.value,
                'title', l.title, 'description', l.description, 'approved', l.approved, 'created_by', l.created_by,
                'approved_by', l.approved_by, 'organization', l.organization_id)
            ELSE to_json(l.id) END AS label,
       count(*) OVER () AS total
FROM label_link k JOIN label l ON l.id = k.label_id JOIN visible_project($1, $2, $3) p ON p.id = k.project_id
WHERE ($4 IS NULL OR k.id = $4) AND ($5 IS NULL OR k.project_id = $5) AND ($6 IS NULL OR l.created_at >= $6)
  AND ($7 IS NULL OR l.created_at <= $7) AND ($8 IS NULL OR l.created_by = $8)
ORDER BY k.id OFFSET $10 LIMIT $11;

-- @query link_insert :one (organization int4, member int4, role text, label int4, project int4, from_name text) -> (id)
INSERT INTO label_link (label_id, project_id, from_name)
SELECT l.id, p.id, $6 FROM label l JOIN visible_project($1, $2, $3) p ON p.id = $5 WHERE l.organization_id = $1 AND l.id = $4
RETURNING id;

-- @query link_update :exec (organization int4, member int4, role text, id int4, from_name text)
UPDATE label_link k SET from_name = coalesce($5, k.from_name) FROM visible_project($1, $2, $3) p WHERE k.id = $4 AND p.id = k.project_id;

-- @query link_delete :exec (organization int4, member int4, role text, id int4)
DELETE FROM label_link k USING visible_project($1, $2, $3) p WHERE k.id = $4 AND p.id = k.project_id;

-- ---- another label instead of one

-- Annotations with a region whose whole value is the old one, and their tasks, which are locked. project null: of every project.
-- @query label_uses_lock :many (organization int4, member int4, role text, project int4, old_value jsonb) -> (id, task)
SELECT a.id, t.id AS task
FROM visible_project($1, $2, $3) p
CROSS JOIN LATERAL (
    SELECT x.id, x.task_id FROM annotation x
    WHERE x.project_id = p.id AND x.deleted_at IS NULL AND EXISTS (
        SELECT FROM jsonb_array_elements(CASE jsonb_typeof(x.result) WHEN 'array' THEN x.result ELSE '[]' END) r
        WHERE r -> 'value' -> (r ->> 'type') = $5)
    OFFSET 0) a
JOIN task t ON t.id = a.task_id AND t.deleted_at IS NULL
WHERE $4 IS NULL OR p.id = $4
ORDER BY t.id
FOR NO KEY UPDATE OF t;

-- @query label_replace :exec (annotations int4[], old_value jsonb, new_value jsonb, by_user int4)
WITH c AS (
    UPDATE annotation a SET
        result = (SELECT jsonb_agg(CASE WHEN r.region -> 'value' -> (r.region ->> 'type') = $2
                                   THEN jsonb_set(r.region, ARRAY['value', r.region ->> 'type'], $3) ELSE r.region END ORDER BY r.place)
                  FROM jsonb_array_elements(o.result) WITH ORDINALITY AS r (region, place)),
        last_action = 'updated', in_summary = true, updated_by = $4, updated_at = now()
    FROM unnest($1) AS x (id) CROSS JOIN LATERAL (SELECT * FROM annotation n WHERE n.id = x.id AND n.deleted_at IS NULL OFFSET 0) o
    WHERE a.id = o.id
    RETURNING a.id, a.task_id, a.project_id, o.result, o.lead_time),
k AS (
    UPDATE annotation_history h SET result = c.result, lead_time = c.lead_time, is_latest = false
    FROM c WHERE h.annotation_id = c.id AND h.is_latest),
v AS (UPDATE annotation_review r SET is_current = false FROM c WHERE r.annotation_id = c.id AND r.is_current),
h AS (
    INSERT INTO annotation_history (project_id, task_id, annotation_id, action, created_by)
    SELECT project_id, task_id, id, 'updated', $4 FROM c)
SELECT storage_note(array_agg(id)) FROM c GROUP BY project_id;
