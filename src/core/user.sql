-- Accounts. The user object's columns are the same in user_get and user_list: one function writes both.

-- @query user_find :one (email text) -> (id)
SELECT id FROM user_account WHERE lower(email) = lower($1) AND email <> '';

-- @query user_insert :one (email text, username text, first_name text, last_name text, phone text, password_hash text,
--     organization int4) -> (id)
INSERT INTO user_account (email, username, first_name, last_name, phone, password_hash, active_organization)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id;

-- Somebody who left and belongs nowhere now; whoever may add users may take them in again.
-- @query user_returning :one (organization int4, email text) -> (id)
UPDATE user_account u SET active_organization = $1
FROM membership m
WHERE m.user_id = u.id AND m.organization_id = $1 AND m.deleted_at IS NOT NULL AND lower(u.email) = lower($2) AND u.email <> ''
  AND u.deleted_at IS NULL AND NOT EXISTS (SELECT FROM membership x WHERE x.user_id = u.id AND x.deleted_at IS NULL)
RETURNING u.id;

-- Members of the caller's organization, and the caller. Those who left are shown without their names.
-- @query user_get :one (organization int4, id int4, caller int4)
-- -> (id, first_name, last_name, username, email, last_activity, custom_hotkeys, avatar, phone, active_organization, active_title,
--     active_email, allow_newsletters, date_joined, deleted, org_membership)
SELECT u.id, u.first_name, u.last_name, u.username, u.email, u.last_activity, u.custom_hotkeys::text AS custom_hotkeys, u.avatar,
       u.phone, u.active_organization, o.title AS active_title,
       (SELECT c.email FROM user_account c WHERE c.id = o.created_by) AS active_email, u.allow_newsletters, u.date_joined,
       m.deleted_at IS NOT NULL AS deleted,
       (SELECT '[' || coalesce(string_agg(format('{"organization_id":%s,"role":"%s","active":%s}', x.organization_id, x.role,
                   (x.role NOT IN ('NO', 'DI'))::text), ',' ORDER BY x.organization_id), '') || ']'
        FROM membership x WHERE x.user_id = u.id AND x.deleted_at IS NULL) AS org_membership
FROM user_account u
LEFT JOIN membership m ON m.user_id = u.id AND m.organization_id = $1
LEFT JOIN organization o ON o.id = u.active_organization
WHERE u.id = $2 AND (m.id IS NOT NULL OR u.id = $3);

-- $2 null: everybody.
-- @query user_list :many (organization int4, ids int4[])
-- -> (id, first_name, last_name, username, email, last_activity, custom_hotkeys, avatar, phone, active_organization, active_title,
--     active_email, allow_newsletters, date_joined, deleted, org_membership)
SELECT u.id, u.first_name, u.last_name, u.username, u.email, u.last_activity, u.custom_hotkeys::text AS custom_hotkeys, u.avatar,
       u.phone, u.active_organization, o.title AS active_title,
       (SELECT c.email FROM user_account c WHERE c.id = o.created_by) AS active_email, u.allow_newsletters, u.date_joined,
       m.deleted_at IS NOT NULL AS deleted,
       (SELECT '[' || coalesce(string_agg(format('{"organization_id":%s,"role":"%s","active":%s}', x.organization_id, x.role,
                   (x.role NOT IN ('NO', 'DI'))::text), ',' ORDER BY x.organization_id), '') || ']'
        FROM membership x WHERE x.user_id = u.id AND x.deleted_at IS NULL) AS org_membership
FROM membership m
JOIN user_account u ON u.id = m.user_id
LEFT JOIN organization o ON o.id = u.active_organization
WHERE m.organization_id = $1 AND ($2 IS NULL OR u.id = ANY ($2)) ORDER BY u.id;

-- A null leaves the column as it is; $8 says whether $9, which may itself be null, is meant.
-- @query user_update :exec (organization int4, id int4, caller int4, username text, first_name text, last_name text, phone text,
--     has_newsletters bool, newsletters bool)
UPDATE user_account u SET
    username = coalesce($4, username), first_name = coalesce($5, first_name), last_name = coalesce($6, last_name),
    phone = coalesce($7, phone), allow_newsletters = CASE WHEN $8 THEN $9 ELSE allow_newsletters END
WHERE id = $2 AND (id = $3 OR EXISTS (SELECT FROM membership m WHERE m.organization_id = $1 AND m.user_id = u.id AND m.deleted_at IS NULL));

-- @query user_names_set :exec (id int4, first_name text, last_name text)
UPDATE user_account SET first_name = coalesce($2, ''), last_name = coalesce($3, '') WHERE id = $1;

-- @query user_switch :exec (id int4, organization int4)
UPDATE user_account u SET active_organization = $2
WHERE id = $1 AND EXISTS (SELECT FROM membership m WHERE m.organization_id = $2 AND m.user_id = u.id AND m.deleted_at IS NULL AND m.role <> 'DI');

-- @query user_is_member :one (id int4, organization int4) -> (member)
SELECT EXISTS (SELECT FROM membership m WHERE m.organization_id = $2 AND m.user_id = $1 AND m.deleted_at IS NULL) AS member;

-- @query user_password_get :one (id int4) -> (password_hash)
SELECT password_hash FROM user_account WHERE id = $1 AND deleted_at IS NULL;

-- @query user_password_set :exec (id int4, password_hash text)
UPDATE user_account SET password_hash = $2 WHERE id = $1;

-- @query user_hotkeys_get :one (id int4) -> (custom_hotkeys)
SELECT custom_hotkeys::text AS custom_hotkeys FROM user_account WHERE id = $1;

-- @query user_hotkeys_set :exec (id int4, custom_hotkeys jsonb)
UPDATE user_account SET custom_hotkeys = $2 WHERE id = $1;

-- @query user_timezone :one (id int4) -> (timezone)
SELECT timezone FROM user_account WHERE id = $1;

-- Whether Postgres knows the zone takes a look at all of them (a tenth of a second), so only at the change.
-- @query user_timezone_set :one (id int4, timezone text) -> (known)
WITH k AS (SELECT $2 = '' OR EXISTS (SELECT FROM pg_timezone_names WHERE name = $2) AS known),
     u AS (UPDATE user_account SET timezone = $2 FROM k WHERE id = $1 AND k.known)
SELECT known FROM k;

-- Times in the reader's own zone; nothing for who has set none.
-- @query user_local_times :many (id int4, times timestamptz[]) -> (local, timezone)
SELECT to_char(t.at AT TIME ZONE u.timezone, 'YYYY-MM-DD HH24:MI') AS local, u.timezone
FROM user_account u CROSS JOIN unnest($2) WITH ORDINALITY AS t (at, place)
WHERE u.id = $1 AND u.timezone <> ''
ORDER BY t.place;

-- The other way: what clocks of the reader's timezone show, as moments.
-- @query user_utc_times :many (id int4, times text[]) -> (utc)
SELECT to_char((t.at::timestamp AT TIME ZONE coalesce(nullif(u.timezone, ''), 'UTC')) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS utc
FROM user_account u CROSS JOIN unnest($2) WITH ORDINALITY AS t (at, place)
WHERE u.id = $1
ORDER BY t.place;
