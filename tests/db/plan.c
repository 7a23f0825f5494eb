/* Queries of the Data Manager and their plans. */
#include "plan.h"

struct explain {
    struct sqlb *b;
    struct strbuf *out;
};

static err *explain_in_transaction(struct db *d, void *arg)
{
    struct explain *e = arg;
    struct rows rows;

    TRY(db_script(d, "SET LOCAL plan_cache_mode = force_custom_plan"));
    TRY(sqlb_run(e->b, d, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        strbuf_printf(e->out, "%s\n", row_text(&r, 0));
    }
    return OK;
}

static void tree_free(void *tree)
{
    json_decref(tree);
}

struct dm_query plan_query(const struct dm_context *c, const char *json)
{
    struct dm_query q;
    json_t *tree = json_loads(json, 0, NULL);

    assert_non_null(tree);
    assert_ok(dm_compile(fixture_arena, c, tree, &q));
    arena_defer(fixture_arena, tree_free, tree);      /* the query borrows from it */
    return q;
}

const char *plan_of(struct db *db, const struct dm_query *q, bool first_page)
{
    struct strbuf out;
    struct sqlb b;

    sqlb_init(&b, fixture_arena);
    strbuf_init(&out, fixture_arena, 1 << 20);
    sqlb_lit(&b, "EXPLAIN SELECT t.id FROM task t WHERE ");
    dm_where(&b, q);
    sqlb_lit(&b, " ORDER BY ");
    dm_order(&b, q);
    if (first_page)
        sqlb_lit(&b, " LIMIT 100");
    assert_ok(tx_run(db, TX_WRITE, explain_in_transaction, &(struct explain){&b, &out}));
    return out.buf;
}
