-- Pictures of users. They are small and few; beside the accounts they are saved and restored with them.

-- @query avatar_set :exec (user_id int4, name text, type text, bytes bytea)
WITH a AS (
    INSERT INTO avatar (user_id, name, type, bytes) VALUES ($1, $2, $3, $4)
    ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, type = excluded.type, bytes = excluded.bytes, updated_at = now())
UPDATE user_account SET avatar = '/data/avatars/' || $2 WHERE id = $1;

-- @query avatar_remove :exec (user_id int4)
WITH a AS (DELETE FROM avatar WHERE user_id = $1)
UPDATE user_account SET avatar = NULL WHERE id = $1;

-- @query avatar_get :one (name text) -> (type, bytes, modified_us)
SELECT type, bytes, (extract(epoch FROM updated_at) * 1000000)::int8 AS modified_us FROM avatar WHERE name = $1;
