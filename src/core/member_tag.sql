-- Tags that group the members of an organization.

-- @query tag_list :many (organization int4, id int4, search text, skip int8, most int8)
-- -> (id, label, organization, member_count, created_by, created_at, updated_at, total)
SELECT t.id, t.label, t.organization_id AS organization,
       (SELECT count(*) FROM member_tag_assignment a JOIN membership m ON m.id = a.membership_id AND m.deleted_at IS NULL
        WHERE a.tag_id = t.id) AS member_count,
       CASE WHEN u.id IS NOT NULL THEN json_build_object('id', u.id, 'first_name', u.first_name, 'last_name', u.last_name,
            'email', u.email, 'avatar', u.avatar, 'username', u.username) END AS created_by,
       t.created_at, t.updated_at, count(*) OVER () AS total
FROM member_tag t LEFT JOIN user_account u ON u.id = t.created_by
WHERE t.organization_id = $1 AND ($2 IS NULL OR t.id = $2) AND ($3 IS NULL OR strpos(lower(t.label), lower($3)) > 0)
ORDER BY t.label COLLATE label_order, t.id OFFSET $4 LIMIT $5;

-- @query tag_insert :one (organization int4, member int4, label text) -> (id)
INSERT INTO member_tag (organization_id, created_by, label) VALUES ($1, $2, $3) RETURNING id;

-- @query tag_rename :exec (organization int4, id int4, label text)
UPDATE member_tag SET label = $3, updated_at = now() WHERE organization_id = $1 AND id = $2;

-- @query tag_delete :exec (organization int4, id int4)
DELETE FROM member_tag WHERE organization_id = $1 AND id = $2;

-- @query tags_delete :exec (organization int4, ids int4[])
DELETE FROM member_tag WHERE organization_id = $1 AND id = ANY ($2);

-- overwrite: other tags of these members go.
-- @query tag_assign :one (organization int4, everybody bool, included int4[], excluded int4[], search text, roles text[], tags int4[],
--     overwrite bool) -> (members, assignments, gone)
WITH who AS (
    SELECT m.id FROM member_search($1, $5, NULL, NULL, NULL) m
    WHERE m.deleted_at IS NULL AND ($6 IS NULL OR m.role = ANY ($6))
      AND CASE WHEN $2 THEN m.user_id <> ALL (coalesce($4, '{}')) ELSE m.user_id = ANY (coalesce($3, '{}')) END),
gone AS (
    DELETE FROM member_tag_assignment a USING who WHERE $8 AND a.membership_id = who.id AND a.tag_id <> ALL ($7) RETURNING 1),
added AS (
    INSERT INTO member_tag_assignment (membership_id, tag_id)
    SELECT who.id, t.id FROM who CROSS JOIN member_tag t WHERE t.organization_id = $1 AND t.id = ANY ($7)
    ON CONFLICT DO NOTHING RETURNING 1)
SELECT (SELECT count(*) FROM who) AS members, (SELECT count(*) FROM added) AS assignments, (SELECT count(*) FROM gone) AS gone;

-- on: they get it; else they lose it. Those for whom that made a difference.
-- @query tag_put :many (organization int4, tag int4, tag_on bool, users int4[]) -> (user_id)
WITH who AS (
    SELECT m.id, m.user_id FROM membership m WHERE m.organization_id = $1 AND m.deleted_at IS NULL AND m.user_id = ANY ($4)),
gone AS (
    DELETE FROM member_tag_assignment a USING who WHERE NOT $3 AND a.membership_id = who.id AND a.tag_id = $2 RETURNING a.membership_id),
added AS (
    INSERT INTO member_tag_assignment (membership_id, tag_id) SELECT who.id, $2 FROM who WHERE $3
    ON CONFLICT DO NOTHING RETURNING membership_id)
SELECT who.user_id FROM who JOIN (SELECT membership_id FROM gone UNION ALL SELECT membership_id FROM added) x ON x.membership_id = who.id
ORDER BY who.user_id;
