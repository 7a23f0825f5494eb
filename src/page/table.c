/* The rows of the task table and the way to its other pages. How they look is data.c. */
#include "page/table.h"

#include <string.h>

#include "base/text.h"
#include "core/overview.h"
#include "core/task.h"
#include "core/task.sql.h"
#include "dm/list.h"
#include "page/page.h"

enum { TASKS_PAGE = 100 };

const char *table_href(struct arena *a, const struct table_query *q)
{
    return arena_printf(a, "?%s%s%s%s%s%s", q->state ? "state=" : "", q->state ? q->state : "", q->state && q->ordering ? "&" : "",
                        q->ordering ? "ordering=" : "", q->ordering ? url_encode(a, q->ordering) : "", q->as_number ? "&as=number" : "");
}

static const char *page_href(struct arena *a, const struct table_query *q, int64_t page)
{
    const char *href = table_href(a, q);

    return arena_printf(a, "%s%spage=%lld", href, href[1] ? "&" : "", (long long)page);
}

/* The page that is asked for, of those that there are; sets what follows from it. */
static int64_t page_number(struct rq *rq, struct table *t)
{
    int64_t page = 1, last = t->total ? (t->total - 1) / TASKS_PAGE + 1 : 1;

    if (rq_query(rq, "page") && !int_parse(rq_query(rq, "page"), 1, last, &page))
        page = last;
    t->first = (page - 1) * TASKS_PAGE + 1;
    t->prev = page > 1 ? page_href(rq->a, &t->q, page - 1) : NULL;
    t->next = page < last ? page_href(rq->a, &t->q, page + 1) : NULL;
    return page;
}

/* All tasks: pages are numbered, and the count of each block of inner ids finds their start. */
static err *numbered(struct rq *rq, int64_t project, struct table *t)
{
    struct task_list_totals totals;
    int64_t page, from;
    bool found;

    TRY(task_list_totals(rq->scope, project, &totals));
    t->total = totals.tasks;
    page = page_number(rq, t);
    TRY(task_list_start(rq->scope, project, (page - 1) * TASKS_PAGE, &found, &from));
    return task_list_page(rq->scope, project, from, TASKS_PAGE, &t->rows);
}

static int64_t query_number(struct rq *rq, const char *name)
{
    int64_t n;

    return rq_query(rq, name) && int_parse(rq_query(rq, name), 0, INT32_MAX, &n) ? n : 0;
}

/* By state: pages begin after an inner id; `at` only says how many rows lie before. */
static err *by_state(struct rq *rq, int64_t project, struct table *t)
{
    const char *state = t->q.state;
    bool labeled = strcmp(state, "done") == 0;
    int64_t after = query_number(rq, "after"), at = query_number(rq, "at"), before;
    struct row edge;

    TRY(overview_tasks_count(rq->scope, project, labeled, &t->total));
    TRY(overview_tasks(rq->scope, project, labeled, after, TASKS_PAGE, &t->rows));
    t->first = at + 1;
    if (after > 0) {
        TRY(overview_tasks_before(rq->scope, project, labeled, after + 1, TASKS_PAGE, &before));
        t->prev = arena_printf(rq->a, "?state=%s&after=%lld&at=%lld", state, (long long)before,
                               (long long)(at > TASKS_PAGE ? at - TASKS_PAGE : 0));
    }
    if (t->rows.n == TASKS_PAGE && at + t->rows.n < t->total) {
        edge = rows_at(&t->rows, t->rows.n - 1);
        t->next = arena_printf(rq->a, "?state=%s&after=%lld&at=%lld", state,
                               (long long)task_row_inner_id(&edge), (long long)at + TASKS_PAGE);
    }
    return OK;
}

/* ---- sorted by a column ---- */

static void release(void *tree)
{
    json_decref(tree);
}

/* The question as the Data Manager understands it. */
static json_t *question(struct arena *a, const struct table_query *q)
{
    bool down = q->ordering[0] == '-';
    const char *name = arena_printf(a, "%stasks:%s", down ? "-" : "", q->ordering + down);
    json_t *json = json_pack("{s:[s], s:{s:s}}", "ordering", name, "columnsDisplayType", name + down,
                             q->as_number ? "Number" : "String");

    arena_defer(a, release, json);
    if (q->state)
        json_object_set_new(json, "filters",
                            json_pack("{s:s, s:[{s:s, s:s, s:s, s:b}]}", "conjunction", "and", "items", "filter",
                                      "filter:tasks:is_labeled", "operator", "equal", "type", "Boolean", "value",
                                      strcmp(q->state, "done") == 0));
    return json;
}

static err *sorted(struct rq *rq, const struct dm_query *q, struct table *t)
{
    struct dm_list list;
    int64_t ids[TASKS_PAGE], page = 1;
    size_t n;

    if (rq_query(rq, "page") && !int_parse(rq_query(rq, "page"), 1, INT32_MAX, &page))
        page = 1;
    TRY(dm_list_open(rq->scope, q, page * TASKS_PAGE, &list));
    t->total = list.total.tasks;
    TRY(dm_list_ids(&list, (page_number(rq, t) - 1) * TASKS_PAGE, TASKS_PAGE, ids, &n));
    return task_list_rows(rq->scope, q->context->project, ids, n, &t->rows);
}

/* "done", "todo", or NULL for all. */
static const char *state_asked(struct rq *rq)
{
    const char *state = rq_query(rq, "state");

    if (state && strcmp(state, "done") == 0)
        return "done";
    return state && strcmp(state, "todo") == 0 ? "todo" : NULL;
}

err *table_read(struct rq *rq, int64_t project, struct table *out)
{
    const char *ordering = rq_query(rq, "ordering");
    struct dm_context *context = ARENA_NEW(rq->a, struct dm_context);
    struct dm_query query;

    *out = (struct table){.q = {.state = state_asked(rq)}};
    if (ordering && *ordering && strcmp(ordering, "id") != 0) {
        out->q.ordering = ordering;
        out->q.as_number = rq_query(rq, "as") && strcmp(rq_query(rq, "as"), "number") == 0;
        TRY(dm_context_read(rq->scope, project, context));
        if (dm_compile(rq->a, context, question(rq->a, &out->q), &query) == OK)
            return sorted(rq, &query, out);
        out->q = (struct table_query){.state = out->q.state};
    }
    return out->q.state ? by_state(rq, project, out) : numbered(rq, project, out);
}

/* ---- for the template ---- */

json_t *table_pager(struct arena *a, const struct table *t)
{
    json_t *o;

    if (!t->prev && !t->next)
        return json_null();
    o = json_object();
    page_set_text(o, "text",
                  arena_printf(a, "%s–%s of %s", page_count(a, t->first),
                               page_count(a, t->first + t->rows.n - 1), page_count(a, t->total)));
    page_set_text(o, "prev_href", t->prev);
    page_set_text(o, "next_href", t->next);
    return o;
}

json_t *table_chips(struct arena *a, const struct table_query *q)
{
    struct table_query all = *q;

    all.state = NULL;
    if (!q->state)
        return json_array();
    return json_pack("[{s:s, s:s}]", "text",
                     strcmp(q->state, "done") == 0 ? "State: labelled" : "State: not labelled", "href",
                     table_href(a, &all));
}
