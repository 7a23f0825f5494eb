/* Running a query: totals and pages. In a small project both are asked for each time; of a big one they are kept (keep.c). */
#include "dm/list.h"

#include <string.h>

#include "dm/dm.sql.h"
#include "dm/keep.h"
#include "dm/run.h"

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
        .assigned_only = scope_own_only(s) && row_bool(&r, DM_PROJECT_ASSIGNED_ONLY),
        .has_assignments = row_bool(&r, DM_PROJECT_HAS_ASSIGNMENTS),
        .has_reviews = row_bool(&r, DM_PROJECT_HAS_REVIEWS),
        .review_queue = row_bool(&r, DM_PROJECT_REVIEW_QUEUE),
        .one_accepts = row_bool(&r, DM_PROJECT_ONE_ACCEPTS),
        .hide_annotators = row_bool(&r, DM_PROJECT_ANONYMOUS) && strcmp(s->role, "RE") == 0,
        .hide_predictions = row_bool(&r, DM_PROJECT_HIDE_PREDICTIONS),
        .model_version = row_text(&r, DM_PROJECT_MODEL_VERSION),
        .undefined_key = row_text(&r, DM_PROJECT_UNDEFINED_KEY),
    };
    return OK;
}

/* ---------------------------------------------------------------- statements */

/* Everything: its counters say how many. */
static bool is_counted(const struct dm_query *q)
{
    return q->n == 0 && q->selection.n == 0 && q->context->own == 0;
}

static void count_write(struct sqlb *b, struct arena *a, const struct dm_query *q)
{
    sqlb_init(b, a);
    sqlb_lit(b, "SELECT count(*), coalesce(sum(t.total_annotations), 0), coalesce(sum(t.total_predictions), 0) FROM task t WHERE ");
    dm_where(b, q);
}

static struct task_list_totals count_read(const struct rows *rows)
{
    struct row r = rows_at(rows, 0);

    return (struct task_list_totals){row_i64(&r, 0), row_i64(&r, 1), row_i64(&r, 2)};
}

err *dm_list_count(struct scope *s, const struct dm_query *q, struct task_list_totals *out)
{
    struct sqlb b;
    struct rows rows;

    if (is_counted(q))
        return task_list_totals(s, q->context->project, out);
    count_write(&b, s->a, q);
    TRY(dm_run(s, &b, &rows));
    *out = count_read(&rows);
    return OK;
}

err *dm_list_count_brief(struct scope *s, const struct dm_query *q, struct task_list_totals *out, bool *in_time)
{
    struct sqlb b;
    struct rows rows;

    *in_time = true;
    if (is_counted(q))
        return task_list_totals(s, q->context->project, out);
    count_write(&b, s->a, q);
    TRY(dm_run_brief(s, &b, DM_BRIEF_MS, &rows, in_time));
    if (*in_time)
        *out = count_read(&rows);
    return OK;
}

static void ids_write(struct sqlb *b, const struct dm_list *l, int64_t skip, int64_t most)
{
    sqlb_init(b, l->s->a);
    sqlb_lit(b, "SELECT t.id FROM task t WHERE ");
    dm_where(b, l->q);
    sqlb_lit(b, " ORDER BY ");
    dm_order(b, l->q);
    sqlb_lit(b, " LIMIT ");
    sqlb_param(b, db_i64(most));
    sqlb_lit(b, "::int8 OFFSET ");
    sqlb_param(b, db_i64(skip));
    sqlb_lit(b, "::int8");
}

static err *ids_ask(const struct dm_list *l, int64_t skip, int64_t most, struct rows *rows)
{
    struct sqlb b;

    ids_write(&b, l, skip, most);
    return dm_run(l->s, &b, rows);
}

/* ---------------------------------------------------------------- opening */

/* Everything, latest first: counters and blocks serve that as well as the plain list. */
static bool is_plain_backwards(const struct dm_query *q)
{
    return q->n == 0 && q->selection.n == 0 && q->context->own == 0 && q->descending && dm_by_id(q);
}

err *dm_list_open(struct scope *s, const struct dm_query *q, int64_t upto, struct dm_list *out)
{
    *out = (struct dm_list){.s = s, .q = q, .backwards = is_plain_backwards(q)};
    if (out->backwards)
        return task_list_totals(s, q->context->project, &out->total);
    return dm_keep(out, upto);
}

err *dm_list_glance(struct scope *s, const struct dm_query *q, int64_t upto, struct dm_list *out)
{
    *out = (struct dm_list){.s = s, .q = q, .backwards = is_plain_backwards(q)};
    if (out->backwards)
        return task_list_totals(s, q->context->project, &out->total);
    return dm_keep_glance(out, upto);
}

/* ---------------------------------------------------------------- ids of a page */

static err *ids_kept(const struct dm_list *l, int64_t skip, int64_t most, int64_t *ids, size_t *n)
{
    int64_t first = skip / DM_PAGE_IDS, last = (skip + most - 1) / DM_PAGE_IDS;
    struct rows rows;

    TRY(db_many(l->s->db, SQL_dm_list_pages, DB_ARGS(db_i64(l->kept), db_i64(first), db_i64(last)), &rows));
    for (int64_t i = skip - first * DM_PAGE_IDS; i < rows.n && *n < (size_t)most; i++) {
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
    if (!l->uncounted && most > l->total.tasks - skip)
        most = l->total.tasks - skip;
    if (most <= 0)
        return OK;
    if (l->backwards)
        TRY(ids_backwards(l, skip, most, ids, n));
    else if (l->kept && skip + most <= l->n_kept)
        TRY(ids_kept(l, skip, most, ids, n));
    /* Nothing there: another request has made the list anew meanwhile, or it is the very last task. */
    if (*n > 0)
        return OK;
    TRY(ids_ask(l, skip, most, &rows));
    ids_take(&rows, ids, n);
    return OK;
}

err *dm_list_first(const struct dm_list *l, int64_t most, int64_t *ids, size_t *n, bool *in_time)
{
    struct rows rows;
    struct sqlb b;

    *n = 0;
    ids_write(&b, l, 0, most);
    TRY(dm_run_brief(l->s, &b, DM_FIRST_MS, &rows, in_time));
    if (*in_time)
        ids_take(&rows, ids, n);
    return OK;
}
