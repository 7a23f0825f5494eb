/* Running a query: totals and pages. In a small project both are asked for each time. In a big one the whole order is found once
 * and kept, page by page, so that any page of any order is one look-up: see README. */
#include "dm/list.h"

#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "dm/dm.sql.h"
#include "dm/run.h"

enum {
    SMALL_PROJECT = 20000,        /* tasks */
    PAGE_IDS = 1000,              /* of task_list_page */
    KEY_BYTES = 16,
    FRESH_MS = 5000,              /* what was costly to find may be this old although tasks have changed */
    KEEP_MS = 600000,             /* what nothing has touched since may be this old */
    COSTLY_MS = 100
};

err *dm_context_read(struct scope *s, int64_t project, struct dm_context *out)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_dm_project, DB_ARGS(SCOPE_ARGS(s), db_i64(project)), &r, &found));
    if (!found)
        return err_new(s->a, ERR_NOT_FOUND, "No Project matches the given query.");
    *out = (struct dm_context){
        .project = project,
        .own = scope_own_only(s) ? s->user : 0,
        .hide_predictions = row_bool(&r, DM_PROJECT_HIDE_PREDICTIONS),
        .model_version = row_text(&r, DM_PROJECT_MODEL_VERSION),
        .undefined_key = row_text(&r, DM_PROJECT_UNDEFINED_KEY),
    };
    return OK;
}

/* ---------------------------------------------------------------- statements */

static void totals_take(const struct rows *rows, struct task_list_totals *out)
{
    struct row r = rows_at(rows, 0);

    *out = (struct task_list_totals){row_i64(&r, 0), row_i64(&r, 1), row_i64(&r, 2)};
}

static err *totals_ask(struct scope *s, const struct dm_query *q, struct task_list_totals *out)
{
    struct sqlb b;
    struct rows rows;

    sqlb_init(&b, s->a);
    sqlb_lit(&b, "SELECT count(*), coalesce(sum(t.total_annotations), 0), coalesce(sum(t.total_predictions), 0) FROM task t WHERE ");
    dm_where(&b, q);
    TRY(dm_run(s, &b, &rows));
    totals_take(&rows, out);
    return OK;
}

static err *ids_ask(const struct dm_list *l, int64_t skip, int64_t most, struct rows *rows)
{
    struct sqlb b;

    sqlb_init(&b, l->s->a);
    sqlb_lit(&b, "SELECT t.id FROM task t WHERE ");
    dm_where(&b, l->q);
    sqlb_lit(&b, " ORDER BY ");
    dm_order(&b, l->q);
    sqlb_lit(&b, " LIMIT ");
    sqlb_param(&b, db_i64(most));
    sqlb_lit(&b, "::int8 OFFSET ");
    sqlb_param(&b, db_i64(skip));
    sqlb_lit(&b, "::int8");
    return dm_run(l->s, &b, rows);
}

/* ---------------------------------------------------------------- kept lists */

/* The same statement with the same values finds the same tasks. */
static err *key_make(struct scope *s, const struct dm_query *q, struct db_arg *key)
{
    unsigned char *out = arena_alloc(s->a, KEY_BYTES);
    crypto_generichash_state digest;
    struct sqlb b;

    sqlb_init(&b, s->a);
    dm_where(&b, q);
    sqlb_lit(&b, " ORDER BY ");
    dm_order(&b, q);
    TRY(strbuf_check(&b.text));
    crypto_generichash_init(&digest, NULL, 0, KEY_BYTES);
    crypto_generichash_update(&digest, (const unsigned char *)b.text.buf, b.text.len + 1);
    for (size_t i = 0; i < b.n; i++) {
        const struct db_arg *v = &b.args[i];
        if (v->kind == DB_ARG_I64)
            crypto_generichash_update(&digest, (const unsigned char *)&v->v.i, sizeof v->v.i);
        else if (v->kind == DB_ARG_TEXT)
            crypto_generichash_update(&digest, (const unsigned char *)v->v.t.p, v->v.t.len + 1);
    }
    crypto_generichash_final(&digest, out, KEY_BYTES);
    *key = db_bytes(out, KEY_BYTES);
    return OK;
}

/* Drafts are saved without touching their task, so the version does not tell of them. */
static bool speaks_of_drafts(const struct dm_query *q)
{
    return q->context->own > 0 || q->computed & TASK_DRAFT_EXISTS;
}

static bool is_fresh(const struct dm_query *q, const struct row *r)
{
    int64_t age;

    if (row_null(r, DM_LIST_FIND_ID))
        return false;
    age = row_i64(r, DM_LIST_FIND_AGE_MS);
    if (row_i64(r, DM_LIST_FIND_VERSION) == row_i64(r, DM_LIST_FIND_KEPT_VERSION))
        return age < (speaks_of_drafts(q) ? FRESH_MS : KEEP_MS);
    return age < FRESH_MS && row_i64(r, DM_LIST_FIND_COST_MS) >= COSTLY_MS;
}

struct build {
    struct dm_list *l;
    struct db_arg key;
    int64_t version;
};

/* One reading of the tasks gives the ids in order and the totals; the ids are kept by the thousand. (Numbering rows and gathering them by
 * page takes twice as long.) */
static err *pages_make(struct dm_list *l, int64_t list)
{
    struct sqlb b;
    struct rows rows;

    sqlb_init(&b, l->s->a);
    sqlb_lit(&b, "WITH f AS MATERIALIZED (SELECT array_agg(t.id ORDER BY ");
    dm_order(&b, l->q);
    sqlb_lit(&b, ") AS ids, count(*) AS n, sum(t.total_annotations) AS annotations, sum(t.total_predictions) AS predictions "
                 "FROM task t WHERE ");
    dm_where(&b, l->q);
    sqlb_lit(&b, "), p AS (INSERT INTO task_list_page (list, page, ids) SELECT ");
    sqlb_param(&b, db_i64(list));
    sqlb_lit(&b, "::int8, i, f.ids[i * 1000 + 1 : (i + 1) * 1000] FROM f, generate_series(0, (f.n - 1) / 1000) i WHERE f.n > 0) "
                 "SELECT n, coalesce(annotations, 0), coalesce(predictions, 0) FROM f");
    TRY(sqlb_run(&b, l->s->db, &rows));
    totals_take(&rows, &l->total);
    return OK;
}

static err *build_in_transaction(struct db *db, void *arg)
{
    const struct build *b = arg;
    int64_t began = clock_mono_us();
    struct row r;
    bool found;

    /* Before the planner is free: the checks of foreign keys keep their plans for as long as the session lasts. */
    TRY(db_exec(db, SQL_dm_list_clear, DB_ARGS(db_i64(b->l->q->context->project), b->key), NULL));
    TRY(db_opt(db, SQL_dm_list_add, DB_ARGS(db_i64(b->l->q->context->project), b->key, db_i64(b->version)), &r, &found));
    TRY(dm_planner_free(db));
    if (!found)
        return totals_ask(b->l->s, b->l->q, &b->l->total);
    b->l->kept = row_i64(&r, DM_LIST_ADD_ID);
    TRY(pages_make(b->l, b->l->kept));
    return db_exec(db, SQL_dm_list_fill,
                   DB_ARGS(db_i64(b->l->kept), db_i64((clock_mono_us() - began) / 1000), db_i64(b->l->total.tasks),
                           db_i64(b->l->total.annotations), db_i64(b->l->total.predictions)), NULL);
}

/* Everything, latest first: counters and blocks serve that as well as the plain list. */
static bool is_plain_backwards(const struct dm_query *q)
{
    return q->n == 0 && q->selection.n == 0 && q->context->own == 0 && q->descending && dm_by_id(q);
}

err *dm_list_open(struct scope *s, const struct dm_query *q, struct dm_list *out)
{
    struct build build = {.l = out};
    struct row r;

    *out = (struct dm_list){.s = s, .q = q, .backwards = is_plain_backwards(q)};
    if (out->backwards)
        return task_list_totals(s, q->context->project, &out->total);
    TRY(key_make(s, q, &build.key));
    TRY(db_one(s->db, SQL_dm_list_find, DB_ARGS(db_i64(q->context->project), build.key), &r));
    if (row_i64(&r, DM_LIST_FIND_PROJECT_TASKS) <= SMALL_PROJECT)
        return totals_ask(s, q, &out->total);
    if (is_fresh(q, &r)) {
        out->kept = row_i64(&r, DM_LIST_FIND_ID);
        out->total = (struct task_list_totals){row_i64(&r, DM_LIST_FIND_TASKS), row_i64(&r, DM_LIST_FIND_ANNOTATIONS),
                                               row_i64(&r, DM_LIST_FIND_PREDICTIONS)};
        return OK;
    }
    build.version = row_i64(&r, DM_LIST_FIND_VERSION);
    return dm_explain(s, tx_run(s->db, TX_WRITE, build_in_transaction, &build));
}

/* ---------------------------------------------------------------- ids of a page */

static err *ids_kept(const struct dm_list *l, int64_t skip, int64_t most, int64_t *ids, size_t *n)
{
    int64_t first = skip / PAGE_IDS, last = (skip + most - 1) / PAGE_IDS;
    struct rows rows;

    TRY(db_many(l->s->db, SQL_dm_list_pages, DB_ARGS(db_i64(l->kept), db_i64(first), db_i64(last)), &rows));
    for (int64_t i = skip - first * PAGE_IDS; i < rows.n && *n < (size_t)most; i++) {
        struct row r = rows_at(&rows, (int)i);
        ids[(*n)++] = row_i64(&r, DM_LIST_PAGES_ID);
    }
    return OK;
}

static void ids_take(const struct rows *rows, int64_t *ids, size_t *n)
{
    for (int i = 0; i < rows->n; i++) {
        struct row r = rows_at(rows, i);
        ids[(*n)++] = row_i64(&r, 0);
    }
}

/* From the place that is as far from the end downward. */
static err *ids_backwards(const struct dm_list *l, int64_t skip, int64_t most, int64_t *ids, size_t *n)
{
    int64_t inner_id, project = l->q->context->project;
    struct rows rows;
    bool found;

    TRY(task_list_start(l->s, project, l->total.tasks - 1 - skip, &found, &inner_id));
    if (!found || inner_id == 0)
        return OK;
    TRY(db_many(l->s->db, SQL_dm_ids_down, DB_ARGS(db_i64(project), db_i64(inner_id), db_i64(most)), &rows));
    ids_take(&rows, ids, n);
    return OK;
}

err *dm_list_ids(const struct dm_list *l, int64_t skip, int64_t most, int64_t *ids, size_t *n)
{
    struct rows rows;

    *n = 0;
    if (most > DM_IDS_MOST)
        most = DM_IDS_MOST;
    if (most > l->total.tasks - skip)
        most = l->total.tasks - skip;
    if (most <= 0)
        return OK;
    if (l->backwards)
        TRY(ids_backwards(l, skip, most, ids, n));
    else if (l->kept)
        TRY(ids_kept(l, skip, most, ids, n));
    /* Nothing there: another request has made the list anew meanwhile, or it is the very last task. */
    if (*n > 0)
        return OK;
    TRY(ids_ask(l, skip, most, &rows));
    ids_take(&rows, ids, n);
    return OK;
}
