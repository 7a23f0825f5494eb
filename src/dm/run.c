/* Running composed statements: settings of the planner, and what a failure means. */
#include "dm/run.h"

#include <string.h>

#include "json/verr.h"

/* Rows that parallel workers hand over cost what other rows cost: merged in order they come by the block. */
err *dm_planner_free(struct db *db)
{
    return db_script(db, "SET LOCAL plan_cache_mode = force_custom_plan; SET LOCAL enable_seqscan = on; SET LOCAL work_mem = '64MB'; "
                         "SET LOCAL parallel_tuple_cost = 0.01");
}

err *dm_planner_bind(struct db *db)
{
    return db_script(db, "SET LOCAL plan_cache_mode TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT; SET LOCAL work_mem TO DEFAULT; "
                         "SET LOCAL parallel_tuple_cost TO DEFAULT");
}

err *dm_explain(struct scope *s, err *e)
{
    const char *why;

    if (!e || strcmp(e->sqlstate, "2201B") != 0)
        return e;
    why = strstr(e->detail, "invalid regular expression");
    return verr_one(s->a, "filters", "%s", why ? why : "invalid regular expression");
}

struct run {
    struct sqlb *b;
    struct rows *rows;
};

static err *run_in_transaction(struct db *db, void *arg)
{
    struct run *r = arg;

    TRY(dm_planner_free(db));
    TRY(sqlb_run(r->b, db, r->rows));
    return OK;
}

err *dm_run(struct scope *s, struct sqlb *b, struct rows *rows)
{
    bool inside = tx_active(s->db);

    TRY(dm_explain(s, tx_run(s->db, TX_WRITE, run_in_transaction, &(struct run){b, rows})));
    return inside ? dm_planner_bind(s->db) : OK;
}

/* ---------------------------------------------------------------- in a short time */

struct brief {
    struct run run;
    const char *begin;
    bool in_time;
};

/* What was set goes with the savepoint, whatever became of the statement. */
static err *brief_in_transaction(struct db *db, void *arg)
{
    struct brief *b = arg;
    err *e;

    TRY(db_script(db, b->begin));
    e = run_in_transaction(db, &b->run);
    b->in_time = !e || e->kind != ERR_TIMEOUT;
    if (e && b->in_time)
        return e;
    return db_script(db, "ROLLBACK TO SAVEPOINT brief; RELEASE SAVEPOINT brief");
}

err *dm_run_brief(struct scope *s, struct sqlb *b, int ms, struct rows *rows, bool *in_time)
{
    struct brief brief = {.run = {b, rows}, .begin = arena_printf(s->a, "SAVEPOINT brief; SET LOCAL statement_timeout = %d", ms)};

    TRY(dm_explain(s, tx_run(s->db, TX_WRITE, brief_in_transaction, &brief)));
    *in_time = brief.in_time;
    return OK;
}
