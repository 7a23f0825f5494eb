-- Views: the tabs of the Data Manager. A private one exists for its owner only.

-- data as clients see it: with filters and ordering, and the selection that was given at creation.
-- @query view_list :many (organization int4, member int4, role text, project int4) -> (id, data, position, user_id, project, is_private)
SELECT v.id, v.data || CASE WHEN v.selected_items IS NULL THEN '{}' ELSE jsonb_build_object('selectedItems', v.selected_items) END
            || CASE WHEN v.filters IS NULL THEN '{}' ELSE jsonb_build_object('filters', v.filters) END
            || CASE WHEN v.ordering IS NULL THEN '{}' ELSE jsonb_build_object('ordering', v.ordering) END AS data,
       v.position, v.user_id, v.project_id AS project, v.is_private
FROM view v JOIN visible_project($1, $2, $3) p ON p.id = v.project_id
WHERE ($4::int4 IS NULL OR v.project_id = $4) AND (NOT v.is_private OR v.user_id = $2) AND v.deleted_at IS NULL
ORDER BY v.position, v.id;

-- @query view_by_id :one (organization int4, member int4, role text, view int4) -> (id, data, position, user_id, project, is_private)
SELECT v.id, v.data || CASE WHEN v.selected_items IS NULL THEN '{}' ELSE jsonb_build_object('selectedItems', v.selected_items) END
            || CASE WHEN v.filters IS NULL THEN '{}' ELSE jsonb_build_object('filters', v.filters) END
            || CASE WHEN v.ordering IS NULL THEN '{}' ELSE jsonb_build_object('ordering', v.ordering) END AS data,
       v.position, v.user_id, v.project_id AS project, v.is_private
FROM view v JOIN visible_project($1, $2, $3) p ON p.id = v.project_id
WHERE v.id = $4 AND (NOT v.is_private OR v.user_id = $2) AND v.deleted_at IS NULL;

-- The same for the page: what is stored apart stays apart.
-- @query view_tabs :many (organization int4, member int4, role text, project int4) -> (id, data, filters, ordering, selected_items, user_id, is_private)
SELECT v.id, v.data, v.filters, v.ordering, v.selected_items, v.user_id, v.is_private
FROM view v JOIN visible_project($1, $2, $3) p ON p.id = v.project_id
WHERE v.project_id = $4 AND (NOT v.is_private OR v.user_id = $2) AND v.deleted_at IS NULL
ORDER BY v.position, v.id;

-- What a view asks of the task list. What its data says of a selection is only kept for clients.
-- @query view_query :one (organization int4, member int4, role text, view int4) -> (project, query)
SELECT v.project_id AS project,
       jsonb_build_object('filters', v.filters, 'ordering', v.ordering, 'selectedItems', v.selected_items,
                          'hiddenColumns', v.data -> 'hiddenColumns', 'columnsDisplayType', v.data -> 'columnsDisplayType') AS query
FROM view v JOIN visible_project($1, $2, $3) p ON p.id = v.project_id
WHERE v.id = $4 AND (NOT v.is_private OR v.user_id = $2) AND v.deleted_at IS NULL;

-- Views with filters go behind the present ones, others to the front: so the reference API numbers them.
-- @query view_insert :one (project int4, user_id int4, data jsonb, selected_items jsonb, is_private bool) -> (id)
INSERT INTO view (project_id, user_id, position, data, filters, ordering, selected_items, is_private)
SELECT $1, $2, CASE WHEN $3 -> 'filters' ? 'conjunction' THEN (SELECT count(*) FROM view v WHERE v.project_id = $1 AND v.deleted_at IS NULL) ELSE 0 END,
       $3 - 'filters' - 'ordering', CASE WHEN $3 -> 'filters' ? 'conjunction' THEN $3 -> 'filters' END,
       nullif(nullif($3 -> 'ordering', '[]'), 'null'), $4, $5
RETURNING id;

-- The new data replaces the old; filters and ordering stay as they are where it does not speak of them.
-- @query view_update :exec (view int4, data jsonb, is_private bool)
UPDATE view SET
    data = CASE WHEN $2 IS NULL THEN data ELSE $2 - 'filters' - 'ordering' END,
    filters = CASE WHEN $2 -> 'filters' ? 'conjunction' THEN $2 -> 'filters' ELSE filters END,
    ordering = CASE WHEN $2 ? 'ordering' THEN nullif(nullif($2 -> 'ordering', '[]'), 'null') ELSE ordering END,
    is_private = coalesce($3, is_private), updated_at = now()
WHERE id = $1;

-- @query view_delete :exec (view int4)
DELETE FROM view WHERE id = $1 AND deleted_at IS NULL;

-- @query view_reset :exec (project int4, member int4)
DELETE FROM view WHERE project_id = $1 AND (NOT is_private OR user_id = $2);

-- The place in the list becomes the position; ids of other projects are passed over.
-- @query view_reorder :exec (project int4, member int4, ids int4[])
UPDATE view v SET position = x.place - 1
FROM (SELECT id, max(place) AS place FROM unnest($3) WITH ORDINALITY AS u (id, place) GROUP BY id) x
WHERE v.id = x.id AND v.project_id = $1 AND (NOT v.is_private OR v.user_id = $2);

-- ---- by the page (tab.c) ----

-- Behind all others; data is what the page makes of its state, apart from filters, ordering and selection.
-- @query tab_insert :one (project int4, member int4, data jsonb, filters jsonb, ordering jsonb, selected_items jsonb, is_private bool) -> (id)
INSERT INTO view (project_id, user_id, position, data, filters, ordering, selected_items, is_private)
SELECT $1, $2, (SELECT coalesce(max(v.position), -1) + 1 FROM view v WHERE v.project_id = $1 AND v.deleted_at IS NULL), $3, $4, $5, $6, $7
RETURNING id;

-- What clients keep in its data beside that stays.
-- @query tab_save :exec (view int4, data jsonb, filters jsonb, ordering jsonb)
UPDATE view SET data = data || $2, filters = $3, ordering = $4, updated_at = now() WHERE id = $1;

-- @query tab_rename :exec (view int4, title text)
UPDATE view SET data = data || jsonb_build_object('title', $2), updated_at = now() WHERE id = $1;

-- Whoever made it can keep it; others would lose it themselves.
-- @query tab_share :exec (view int4, is_private bool, member int4)
UPDATE view SET is_private = $2, updated_at = now() WHERE id = $1 AND (NOT $2 OR user_id = $3);

-- What was taken away a day ago cannot be brought back: no page offers that any more.
-- @query tab_trash :exec (view int4, project int4)
WITH old AS (DELETE FROM view WHERE project_id = $2 AND deleted_at < now() - interval '1 day')
UPDATE view SET deleted_at = now() WHERE id = $1 AND deleted_at IS NULL;

-- @query tab_restore :exec (view int4, project int4, member int4)
UPDATE view SET deleted_at = NULL
WHERE id = $1 AND project_id = $2 AND (NOT is_private OR user_id = $3) AND deleted_at IS NOT NULL;
