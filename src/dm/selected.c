/* Everything that a query selects. */
#include "dm/selected.h"

#include "dm/run.h"
#include "json/verr.h"

err *dm_selected(struct scope *s, const struct dm_query *q, int64_t **ids, size_t *n)
{
    struct sqlb b;
    struct rows rows;

    if (!q->selection.given || dm_selects_nothing(q))
        return verr_one(s->a, "selectedItems", "No tasks are selected. To select them all, say so: {\"all\": true, \"excluded\": []}.");
    sqlb_init(&b, s->a);
    sqlb_lit(&b, "SELECT t.id FROM task t WHERE ");
    dm_where(&b, q);
    sqlb_lit(&b, " ORDER BY t.inner_id");
    TRY(dm_run(s, &b, &rows));
    *n = (size_t)rows.n;
    *ids = arena_array(s->a, *n + 1, sizeof **ids);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        (*ids)[i] = row_i64(&r, 0);
    }
    return OK;
}
