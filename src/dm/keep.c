/* Lists of big projects are found once and kept: the totals, and ids in order by the thousand, so that a page is one look-up. Which part
 * of an order is found at first, and how long it is good, README explains. */
#include "dm/keep.h"

#include <sodium.h>

#include "base/clock.h"
#include "dm/dm.sql.h"
#include "dm/index.h"
#include "dm/run.h"

enum {
    SMALL_PROJECT = 20000,        /* tasks */
    KEY_BYTES = 16,
    FRESH_MS = 5000,              /* what was costly to find may be this old although tasks have changed */
    KEEP_MS = 600000,             /* what nothing has touched since may be this old */
    COSTLY_MS = 100
};

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

/* ---------------------------------------------------------------- what is kept */

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

static bool reaches(const struct row *r, int64_t upto)
{
    int64_t kept = row_i64(r, DM_LIST_FIND_KEPT);

    return kept >= upto || kept >= row_i64(r, DM_LIST_FIND_TASKS);
}

static void take(struct dm_list *l, const struct row *r)
{
    l->kept = row_i64(r, DM_LIST_FIND_ID);
    l->n_kept = row_i64(r, DM_LIST_FIND_KEPT);
    l->total = (struct task_list_totals){row_i64(r, DM_LIST_FIND_TASKS), row_i64(r, DM_LIST_FIND_ANNOTATIONS),
                                         row_i64(r, DM_LIST_FIND_PREDICTIONS)};
}

/* ---------------------------------------------------------------- finding it */

struct build {
    struct dm_list *l;
    struct db_arg key;
    int64_t version, upto;
};

/* SELECT of the ids in order, in one array, and the sums over them: the first page of ids, or all. */
static void ids_write(struct sqlb *b, const struct dm_query *q, bool first_page)
{
    bool packed = !first_page && dm_order_packs(q);

    sqlb_add_literal(b, packed ? "SELECT array_agg((o.k & 2147483647)::int4)" : "SELECT array_agg(o.id)");
    sqlb_lit(b, ", count(*), coalesce(sum(o.annotations), 0)::int8, coalesce(sum(o.predictions), 0)::int8 FROM (SELECT ");
    if (packed)
        dm_order_packed(b, q);
    sqlb_add_literal(b, packed ? " AS k" : "t.id");
    sqlb_lit(b, ", t.total_annotations AS annotations, t.total_predictions AS predictions FROM task t WHERE ");
    dm_where(b, q);
    sqlb_lit(b, " ORDER BY ");
    if (packed)
        sqlb_lit(b, "k");
    else
        dm_order(b, q);
    /* A barrier either way: the rows come to the aggregate in this order. */
    sqlb_add_literal(b, first_page ? " LIMIT 1000) o" : " OFFSET 0) o");
}

static err *ids_find(struct dm_list *l, bool first_page, struct task_list_totals *total)
{
    struct sqlb b;
    struct row r;

    sqlb_init(&b, l->s->a);
    b.form = SQLB_ARRAY;
    ids_write(&b, l->q, first_page);
    TRY(strbuf_check(&b.text));
    TRY(db_one(l->s->db, SQL_dm_list_fill, DB_ARGS(db_i64(l->kept), db_text(b.text.buf), sqlb_array(&b)), &r));
    l->n_kept = row_i64(&r, DM_LIST_FILL_KEPT);
    *total = (struct task_list_totals){row_i64(&r, DM_LIST_FILL_TASKS), row_i64(&r, DM_LIST_FILL_ANNOTATIONS),
                                       row_i64(&r, DM_LIST_FILL_PREDICTIONS)};
    return OK;
}

/* Most people look at the first pages only. Where to count and to take the top is cheap, the rest of the order waits until somebody
 * wants it; where each look at a task costs, one look must do. */
static err *find(struct build *b)
{
    struct dm_list *l = b->l;
    struct task_list_totals top;

    if (b->upto > DM_PAGE_IDS || !dm_filters_plain(l->q) || !dm_orders_plain(l->q))
        return ids_find(l, false, &l->total);
    TRY(dm_list_count(l->s, l->q, &l->total));
    TRY(dm_planner_free(l->s->db));
    return ids_find(l, true, &top);
}

/* Another request has just kept it. */
static err *found_meanwhile(struct build *b)
{
    struct dm_list *l = b->l;
    struct row r;

    TRY(db_one(l->s->db, SQL_dm_list_find, DB_ARGS(db_i64(l->q->context->project), b->key), &r));
    if (is_fresh(l->q, &r) && reaches(&r, b->upto)) {
        take(l, &r);
        return OK;
    }
    return dm_list_count(l->s, l->q, &l->total);
}

static err *build_in_transaction(struct db *db, void *arg)
{
    struct build *b = arg;
    struct dm_list *l = b->l;
    int64_t began = clock_mono_us();
    struct row r;
    bool found;

    /* Before the planner is free: the checks of foreign keys keep their plans for as long as the session lasts. */
    TRY(db_exec(db, SQL_dm_list_clear, DB_ARGS(db_i64(l->q->context->project), b->key), NULL));
    TRY(db_opt(db, SQL_dm_list_add, DB_ARGS(db_i64(l->q->context->project), b->key, db_i64(b->version)), &r, &found));
    if (!found)
        return found_meanwhile(b);
    TRY(dm_planner_free(db));
    l->kept = row_i64(&r, DM_LIST_ADD_ID);
    TRY(find(b));
    return db_exec(db, SQL_dm_list_note,
                   DB_ARGS(db_i64(l->kept), db_i64((clock_mono_us() - began) / 1000), db_i64(l->n_kept), db_i64(l->total.tasks),
                           db_i64(l->total.annotations), db_i64(l->total.predictions)), NULL);
}

/* What is known of the list: whether the project is big, and whether what is kept will do. */
static err *look(struct build *b, struct row *r, bool *small, bool *good)
{
    struct dm_list *l = b->l;

    TRY(key_make(l->s, l->q, &b->key));
    TRY(db_one(l->s->db, SQL_dm_list_find, DB_ARGS(db_i64(l->q->context->project), b->key), r));
    *small = row_i64(r, DM_LIST_FIND_PROJECT_TASKS) <= SMALL_PROJECT;
    *good = !*small && is_fresh(l->q, r) && reaches(r, b->upto);
    if (*good)
        take(l, r);
    return OK;
}

err *dm_keep(struct dm_list *l, int64_t upto)
{
    struct build build = {.l = l, .upto = upto};
    bool small, good;
    int64_t began;
    struct row r;
    err *e;

    TRY(look(&build, &r, &small, &good));
    if (small)
        return dm_list_count(l->s, l->q, &l->total);
    if (good)
        return OK;
    build.version = row_i64(&r, DM_LIST_FIND_VERSION);
    began = clock_mono_us();
    e = dm_explain(l->s, tx_run(l->s->db, TX_WRITE, build_in_transaction, &build));
    if (e && (e->kind != ERR_TIMEOUT || tx_active(l->s->db)))
        return e;
    /* Who waited in vain needs the index most. */
    TRY(dm_index_used(l->s, l->q, (clock_mono_us() - began) / 1000));
    return e;
}

err *dm_keep_glance(struct dm_list *l, int64_t upto)
{
    struct build build = {.l = l, .upto = upto};
    bool small, good;
    struct row r;

    TRY(look(&build, &r, &small, &good));
    l->uncounted = !small && !good;
    return small ? dm_list_count(l->s, l->q, &l->total) : OK;
}
