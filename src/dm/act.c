/* An action at work: which tasks, how many at a time, and under which locks.
 *
 * A step finds tasks, locks them by id, and asks again whether the locked ones are meant: what an annotator did in between counts. Small
 * selections are one step within the request. A job goes through the project by inner_id, through a selection of ids by place, or through
 * its plan, and whatever it did is committed together with how far it got. */
#include <stdlib.h>
#include <string.h>

#include "base/cfg.h"
#include "core/project.h"
#include "core/task.sql.h"
#include "db/queue.h"
#include "dm/action.h"
#include "dm/act.sql.h"
#include "dm/list.h"
#include "dm/run.h"
#include "json/verr.h"

enum { TASKS_PER_STEP = 500, JOB_BODY_MOST = 256 * 1024 * 1024 };

/* ---------------------------------------------------------------- what is asked */

static int by_number(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

    return (a > b) - (a < b);
}

/* Ids of a selection in order, each once: a job takes them slice by slice. */
static void selection_sort(struct arena *a, struct dm_selection *sel)
{
    int64_t *ids = arena_array(a, sel->n + 1, sizeof *ids);
    size_t n = 0;

    memcpy(ids, sel->ids, sel->n * sizeof *ids);
    qsort(ids, sel->n, sizeof *ids, by_number);
    for (size_t i = 0; i < sel->n; i++)
        if (n == 0 || ids[i] != ids[n - 1])
            ids[n++] = ids[i];
    sel->ids = ids;
    sel->n = n;
}

/* Selected by their ids, and nothing else? */
static bool is_listed(const struct dm_query *q)
{
    return q->selection.given && !q->selection.all && q->selection.n > 0;
}

err *dm_act_select(struct dm_work *r, const json_t *query)
{
    struct dm_context *c = ARENA_NEW(r->s->a, struct dm_context);
    struct dm_query *q = ARENA_NEW(r->s->a, struct dm_query);

    TRY(dm_context_read(r->s, r->project, c));
    TRY(dm_compile(r->s->a, c, r->action->flags & ACT_WHOLE ? NULL : query, q));
    if (dm_selects_nothing(q))
        return verr_one(r->s->a, "selectedItems", "No tasks are selected. To act on every task, send {\"all\": true}.");
    if (is_listed(q))
        selection_sort(r->s->a, &q->selection);
    r->query = q;
    return OK;
}

err *dm_act_prepare(struct dm_work *r, const json_t *query)
{
    TRY(dm_act_select(r, query));
    return r->action->check ? r->action->check(r) : OK;
}

/* ---------------------------------------------------------------- finding and locking tasks */

/* The query's tasks, ascending: with upto those of a window of inner ids. */
static void find_write(struct sqlb *sql, const struct dm_work *r, const struct dm_query *q, int64_t after, int64_t upto, int64_t most)
{
    sqlb_init(sql, r->s->a);
    sqlb_lit(sql, "SELECT t.id FROM task t WHERE ");
    dm_where(sql, q);
    if (upto) {
        sqlb_lit(sql, " AND t.inner_id > ");
        sqlb_param(sql, db_i64(after));
        sqlb_lit(sql, "::int4 AND t.inner_id <= ");
        sqlb_param(sql, db_i64(upto));
        sqlb_lit(sql, "::int4");
    }
    sqlb_lit(sql, " ORDER BY t.id LIMIT ");
    sqlb_param(sql, db_i64(most));
    sqlb_lit(sql, "::int8");
}

static void found_take(struct arena *a, const struct rows *rows, struct dm_batch *b)
{
    *b = (struct dm_batch){.ids = arena_array(a, (size_t)rows->n + 1, sizeof(int64_t)), .n = (size_t)rows->n};
    for (int i = 0; i < rows->n; i++) {
        struct row row = rows_at(rows, i);
        b->ids[i] = row_i64(&row, 0);
    }
}

static err *find(struct dm_work *r, const struct dm_query *q, int64_t after, int64_t upto, int64_t most, struct dm_batch *b)
{
    struct sqlb sql;
    struct rows rows;

    find_write(&sql, r, q, after, upto, most);
    TRY(dm_run(r->s, &sql, &rows));
    found_take(r->s->a, &rows, b);
    return OK;
}

/* One more than a request does itself at most, in a short time. */
static err *find_brief(struct dm_work *r, const struct dm_query *q, struct dm_batch *b, bool *in_time)
{
    struct sqlb sql;
    struct rows rows;

    find_write(&sql, r, q, 0, 0, DM_AT_ONCE + 1);
    TRY(dm_run_brief(r->s, &sql, DM_BRIEF_MS, &rows, in_time));
    if (*in_time)
        found_take(r->s->a, &rows, b);
    return OK;
}

err *dm_tasks_lock(struct dm_work *r, const int64_t *ids, size_t n)
{
    return db_exec(r->s->db, SQL_act_lock, DB_ARGS(db_i64s(r->s->a, ids, n)), NULL);
}

/* The same query for these ids only. */
static struct dm_query of_ids(const struct dm_query *q, const int64_t *ids, size_t n)
{
    struct dm_query some = *q;

    some.selection = (struct dm_selection){.given = true, .ids = ids, .n = n};
    return some;
}

/* Lock what was found, and keep what is still meant now that nobody else can change it. */
static err *lock(struct dm_work *r, const struct dm_query *q, struct dm_batch *b)
{
    struct dm_query again;

    if (b->n == 0)
        return OK;
    TRY(dm_tasks_lock(r, b->ids, b->n));
    again = of_ids(q, b->ids, b->n);
    return find(r, &again, 0, 0, (int64_t)b->n, b);
}

static err *work(struct dm_work *r, const struct dm_batch *b)
{
    if (b->n == 0)
        return OK;
    TRY(r->action->step(r, b));
    r->tasks += (int64_t)b->n;
    return OK;
}

/* ---------------------------------------------------------------- plans */

/* The planned rows, with a condition on the tasks. */
static void plan_select(struct sqlb *sql, struct dm_work *r, int64_t upto)
{
    sqlb_lit(sql, "WITH t AS MATERIALIZED (SELECT t.id, t.data, t.total_annotations + t.cancelled_annotations > 0 AS worked FROM task t WHERE ");
    dm_where(sql, r->query);
    if (upto) {
        sqlb_lit(sql, " AND t.inner_id <= ");
        sqlb_param(sql, db_i64(upto));
        sqlb_lit(sql, "::int4");
    }
    sqlb_lit(sql, ") ");
    r->action->plan(sql, r);
}

static err *plan_at_once(struct dm_work *r, struct dm_batch *b)
{
    const struct dm_query *asked = r->query;
    struct dm_query some = of_ids(asked, b->ids, b->n);
    struct sqlb sql;
    struct rows rows;

    sqlb_init(&sql, r->s->a);
    r->query = &some;
    plan_select(&sql, r, 0);
    r->query = asked;
    TRY(dm_run(r->s, &sql, &rows));
    b->n = (size_t)rows.n;
    b->ids = arena_array(r->s->a, b->n + 1, sizeof *b->ids);
    b->others = arena_array(r->s->a, b->n + 1, sizeof *b->others);
    for (int i = 0; i < rows.n; i++) {
        struct row row = rows_at(&rows, i);
        b->ids[i] = row_i64(&row, 0);
        b->others[i] = row_i64(&row, 1);
    }
    return OK;
}

static err *plan_keep(struct dm_work *r, struct dm_place *at)
{
    struct sqlb sql;
    struct rows rows;
    struct row row;

    sqlb_init(&sql, r->s->a);
    sqlb_lit(&sql, "INSERT INTO job_task (job_id, place, task_id, other) SELECT ");
    sqlb_param(&sql, db_i64(at->job));
    sqlb_lit(&sql, "::int8, row_number() OVER () - 1, p.id, p.other FROM (");
    plan_select(&sql, r, at->upto);
    sqlb_lit(&sql, ") p");
    TRY(dm_run(r->s, &sql, &rows));
    TRY(db_one(r->s->db, SQL_act_planned, DB_ARGS(db_i64(at->job)), &row));
    at->total = row_i64(&row, ACT_PLANNED_N);
    return OK;
}

err *dm_act_plan(struct dm_work *r, struct dm_place *at)
{
    if (r->planned)
        return plan_keep(r, at);
    at->total = is_listed(r->query) ? (int64_t)r->query->selection.n : at->upto;
    return OK;
}

/* The next rows of the plan; what it says of each is the action's to prove under its locks. */
static err *planned_next(struct dm_work *r, struct dm_place *at, struct dm_batch *b)
{
    struct rows rows;

    TRY(db_many(r->s->db, SQL_act_plan, DB_ARGS(db_i64(at->job), db_i64(at->after), db_i64(TASKS_PER_STEP)), &rows));
    *b = (struct dm_batch){.ids = arena_array(r->s->a, (size_t)rows.n + 1, sizeof(int64_t)),
                           .others = arena_array(r->s->a, (size_t)rows.n + 1, sizeof(int64_t)), .n = (size_t)rows.n};
    for (int i = 0; i < rows.n; i++) {
        struct row row = rows_at(&rows, i);
        b->ids[i] = row_i64(&row, ACT_PLAN_TASK);
        b->others[i] = row_i64(&row, ACT_PLAN_OTHER);
    }
    at->after += TASKS_PER_STEP;
    return OK;
}

/* ---------------------------------------------------------------- steps of a job */

static err *listed_next(struct dm_work *r, struct dm_place *at, struct dm_batch *b)
{
    const struct dm_selection *sel = &r->query->selection;
    size_t from = (size_t)at->after, n = sel->n - from < TASKS_PER_STEP ? sel->n - from : TASKS_PER_STEP;
    struct dm_query some = of_ids(r->query, sel->ids + from, n);

    TRY(find(r, &some, 0, 0, TASKS_PER_STEP, b));
    at->after += (int64_t)n;
    return lock(r, r->query, b);
}

/* Inner ids are not taken away: a window of them holds as many tasks at most. */
static err *window_next(struct dm_work *r, struct dm_place *at, struct dm_batch *b)
{
    int64_t end = at->after + TASKS_PER_STEP < at->upto ? at->after + TASKS_PER_STEP : at->upto;

    TRY(find(r, r->query, at->after, end, TASKS_PER_STEP, b));
    at->after = end;
    return lock(r, r->query, b);
}

err *dm_act_step(struct dm_work *r, struct dm_place *at, bool *more)
{
    struct dm_batch b = {0};

    if (at->after < at->total) {
        if (r->planned)
            TRY(planned_next(r, at, &b));
        else
            TRY(is_listed(r->query) ? listed_next(r, at, &b) : window_next(r, at, &b));
        TRY(work(r, &b));
    }
    *more = at->after < at->total;
    if (*more)
        return OK;
    if (r->planned)
        TRY(db_exec(r->s->db, SQL_act_forget, DB_ARGS(db_i64(at->job)), NULL));
    return r->action->finish ? r->action->finish(r) : OK;
}

/* ---------------------------------------------------------------- before it is done */

/* Of ids that are given the tasks are found first; else the drafts, so that a filter is asked of their tasks alone, not of all once more. */
static void drafts_write(struct sqlb *b, const struct dm_work *r)
{
    bool listed = is_listed(r->query);

    sqlb_init(b, r->s->a);
    sqlb_add_literal(b, listed ? "SELECT count(*) FROM task t JOIN draft d ON d.task_id = t.id WHERE "
                               : "SELECT count(*) FROM draft d CROSS JOIN LATERAL (SELECT FROM task t WHERE t.id = d.task_id AND ");
    dm_where(b, r->query);
    if (listed)
        return;
    sqlb_lit(b, " OFFSET 0) t WHERE d.project_id = ");
    sqlb_param(b, db_i64(r->project));
    sqlb_lit(b, "::int4");
}

static err *drafts_count(struct dm_work *r, struct dm_reach *out)
{
    struct sqlb sql;
    struct rows rows;
    struct row row;

    drafts_write(&sql, r);
    TRY(dm_run_brief(r->s, &sql, DM_BRIEF_MS, &rows, &out->drafts_known));
    if (!out->drafts_known)
        return OK;
    row = rows_at(&rows, 0);
    out->drafts = row_i64(&row, 0);
    return OK;
}

err *dm_act_reach(struct dm_work *r, bool with_drafts, struct dm_reach *out)
{
    struct sqlb sql;
    struct rows rows;
    struct row row;
    bool known;

    *out = (struct dm_reach){.known = false};
    sqlb_init(&sql, r->s->a);
    sqlb_lit(&sql, "SELECT count(*), coalesce(sum(t.total_annotations + t.cancelled_annotations), 0), coalesce(sum(t.total_predictions), 0) "
                   "FROM task t WHERE ");
    dm_where(&sql, r->query);
    TRY(dm_run_brief(r->s, &sql, DM_BRIEF_MS, &rows, &known));
    if (!known)
        return OK;
    row = rows_at(&rows, 0);
    *out = (struct dm_reach){.known = true, .tasks = row_i64(&row, 0), .annotations = row_i64(&row, 1), .predictions = row_i64(&row, 2)};
    return with_drafts ? drafts_count(r, out) : OK;
}

/* ---------------------------------------------------------------- within the request */

/* The tasks, when they are few enough for a request. In a big project filters are asked for as many as decide it, and what takes long to
 * find is not waited for: a job looks window by window. */
static err *find_few(struct dm_work *r, struct dm_batch *b, bool *few)
{
    const struct dm_query *q = r->query;
    struct project_counts all;

    TRY(project_counts(r->s, r->project, &all));
    *few = all.tasks <= DM_AT_ONCE;
    if (*few)
        TRY(find(r, q, 0, 0, DM_AT_ONCE + 1, b));
    else if (q->n > 0 || is_listed(q))
        TRY(find_brief(r, q, b, few));
    *few = *few && b->n <= DM_AT_ONCE;
    return OK;
}

static err *at_once(struct dm_work *r, struct dm_batch *b)
{
    TRY(lock(r, r->query, b));
    if (r->planned && b->n > 0)
        TRY(plan_at_once(r, b));
    TRY(work(r, b));
    return r->action->finish ? r->action->finish(r) : OK;
}

static err *later(struct dm_work *r, int64_t *job)
{
    struct strbuf b;
    struct jw w;
    struct row row;

    TRY(db_one(r->s->db, SQL_task_last, DB_ARGS(db_i64(r->project)), &row));
    strbuf_init(&b, r->s->a, JOB_BODY_MOST);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_ki64(&w, "project", r->project);
    jw_kstr(&w, "action", r->action->id);
    jw_ki64(&w, "by", r->s->user);
    jw_ki64(&w, "upto", row_i64(&row, TASK_LAST_INNER_ID));
    if (r->moment)
        jw_kstr(&w, "moment", r->moment);
    jw_kraw(&w, "body", r->text);
    jw_kraw(&w, "view", r->view);
    jw_end(&w);
    TRY(strbuf_check(&b));
    return queue_add(r->s->db, "action", r->s->organization, b.buf, NULL, job);
}

static err *count(struct dm_work *r)
{
    struct task_list_totals total;

    TRY(dm_list_count(r->s, r->query, &total));
    r->tasks = total.tasks;
    return OK;
}

err *dm_act(struct dm_work *r, int64_t *job)
{
    struct dm_batch b;
    struct row row;
    bool few;

    *job = 0;
    r->tasks = r->items = r->more_items = 0;
    if (r->action->flags & ACT_COUNTED)
        return count(r);
    if (r->action->flags & (ACT_TRASHES_TASKS | ACT_TRASHES_ANNOTATIONS)) {
        TRY(db_one(r->s->db, SQL_act_moment, NULL, 0, &row));
        r->moment = row_text(&row, ACT_MOMENT_MOMENT);
    }
    TRY(find_few(r, &b, &few));
    return few ? at_once(r, &b) : later(r, job);
}
