-- How far somebody is in the tours that show clients' pages.

-- @query tour_get :one (member int4, name text) -> (id, state, interaction_data, created_at, updated_at)
INSERT INTO product_tour AS t (user_id, name) VALUES ($1, $2)
ON CONFLICT (user_id, name) DO UPDATE SET name = excluded.name
RETURNING t.id, t.state, t.interaction_data, t.created_at, t.updated_at;

-- @query tour_set :exec (member int4, name text, state text, interaction_data jsonb)
INSERT INTO product_tour AS t (user_id, name, state, interaction_data) VALUES ($1, $2, coalesce($3, 'ready'), coalesce($4, '{}'))
ON CONFLICT (user_id, name) DO UPDATE SET state = coalesce($3, t.state), interaction_data = coalesce($4, t.interaction_data), updated_at = now();
