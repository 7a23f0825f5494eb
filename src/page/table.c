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

/* ---- the pages around ---- */

static const char *page_href(struct arena *a, const struct dm_state *s, int64_t page)
{
    struct dm_state there = *s;

    there.page = page;
    there.quick = 0;
    return dm_state_href(a, &there);
}

/* The page that is asked for, of those that there are; sets what follows from it. */
static void page_number(struct rq *rq, struct dm_state *s, struct table *t)
{
    int64_t last = t->total ? (t->total - 1) / TASKS_PAGE + 1 : 1;

    if (s->page > last)
        s->page = last;
    t->first = (s->page - 1) * TASKS_PAGE + 1;
    t->prev = s->page > 1 ? page_href(rq->a, s, s->page - 1) : NULL;
    t->next = s->page < last ? page_href(rq->a, s, s->page + 1) : NULL;
}

/* ---- where the rows come from ---- */

/* All tasks: pages are numbered, and the count of each block of inner ids finds their start. */
static err *numbered(struct rq *rq, struct dm_state *s, struct table *t)
{
    struct task_list_totals totals;
    int64_t from;
    bool found;

    TRY(task_list_totals(rq->scope, s->project, &totals));
    t->total = totals.tasks;
    page_number(rq, s, t);
    TRY(task_list_start(rq->scope, s->project, (s->page - 1) * TASKS_PAGE, &found, &from));
    return task_list_page(rq->scope, s->project, from, TASKS_PAGE, &t->rows);
}

static const char *behind_href(struct arena *a, const struct dm_state *s, int64_t after, int64_t at)
{
    struct dm_state there = *s;

    there.after = after;
    there.at = at;
    there.quick = 0;
    return dm_state_href(a, &there);
}

/* By state: pages begin after an inner id; `at` only says how many rows lie before. */
static err *by_state(struct rq *rq, const struct dm_state *s, struct table *t)
{
    bool labeled = strcmp(s->state, "done") == 0;
    int64_t before;
    struct row edge;

    TRY(overview_tasks_count(rq->scope, s->project, labeled, &t->total));
    TRY(overview_tasks(rq->scope, s->project, labeled, s->after, TASKS_PAGE, &t->rows));
    t->first = s->at + 1;
    if (s->after > 0) {
        TRY(overview_tasks_before(rq->scope, s->project, labeled, s->after + 1, TASKS_PAGE, &before));
        t->prev = behind_href(rq->a, s, before, s->at > TASKS_PAGE ? s->at - TASKS_PAGE : 0);
    }
    if (t->rows.n == TASKS_PAGE && s->at + t->rows.n < t->total) {
        edge = rows_at(&t->rows, t->rows.n - 1);
        t->next = behind_href(rq->a, s, task_row_inner_id(&edge), s->at + TASKS_PAGE);
    }
    return OK;
}

/* The first page of what many tasks match, before they are counted: the page asks for that later, with exact=1. *shown: this was it, or
 * the list is open. */
static err *first_found(struct rq *rq, struct dm_list *list, struct dm_state *s, struct table *t, bool *shown)
{
    int64_t ids[TASKS_PAGE + 1];
    size_t n;

    TRY(dm_list_glance(rq->scope, list->q, TASKS_PAGE, list));
    *shown = list->uncounted;
    if (*shown)
        TRY(dm_list_first(list, TASKS_PAGE + 1, ids, &n, shown));
    if (!*shown)
        return OK;
    t->uncounted = n > TASKS_PAGE;
    t->total = (int64_t)n;
    page_number(rq, s, t);
    return task_list_rows(rq->scope, s->project, ids, t->uncounted ? TASKS_PAGE : n, &t->rows);
}

/* Whatever the engine finds. */
static err *found(struct rq *rq, const struct dm_query *q, struct dm_state *s, struct table *t)
{
    struct dm_list list = {.q = q, .uncounted = true};
    bool shown = false;
    int64_t ids[TASKS_PAGE];
    size_t n;

    if (s->page == 1 && dm_by_id(q) && !rq_query(rq, "exact"))
        TRY(first_found(rq, &list, s, t, &shown));
    if (shown)
        return OK;
    if (list.uncounted)
        TRY(dm_list_open(rq->scope, q, s->page * TASKS_PAGE, &list));
    t->total = list.total.tasks;
    page_number(rq, s, t);
    TRY(dm_list_ids(&list, (s->page - 1) * TASKS_PAGE, TASKS_PAGE, ids, &n));
    return task_list_rows(rq->scope, s->project, ids, n, &t->rows);
}

/* A filter that cannot be, or finds no end, is the reader's to mend: said on the page, which keeps what was asked. */
static err *told(struct arena *a, struct dm_state *s, err *e)
{
    if (!e || (e->kind != ERR_VALIDATION && e->kind != ERR_TIMEOUT))
        return e;
    s->problem = e->kind == ERR_TIMEOUT ? "Finding these tasks took too long and was stopped. No task was changed." : page_error_words(a, e);
    return OK;
}

err *table_read(struct rq *rq, struct dm_state *s, struct table *out)
{
    struct dm_query *query = ARENA_NEW(rq->a, struct dm_query);
    bool filters = s->q || s->filters || s->selected;

    *out = (struct table){.first = 1, .context = ARENA_NEW(rq->a, struct dm_context)};
    TRY(dm_context_read(rq->scope, s->project, out->context));
    if (s->problem)
        return OK;
    if (!filters && !s->ordering)
        return s->state ? by_state(rq, s, out) : numbered(rq, s, out);
    TRY(told(rq->a, s, dm_compile(rq->a, out->context, dm_state_question(rq->a, s), query)));
    if (s->problem)
        return OK;
    TRY(told(rq->a, s, found(rq, query, s, out)));
    out->slow = s->problem ? query : NULL;
    return OK;
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
                               page_count(a, t->first + t->rows.n - 1), t->uncounted ? "more" : page_count(a, t->total)));
    page_set_text(o, "prev_href", t->prev);
    page_set_text(o, "next_href", t->next);
    return o;
}

json_t *table_chips(struct arena *a, const struct dm_state *state)
{
    struct dm_state all = *state;

    all.state = NULL;
    if (!state->state)
        return json_array();
    return json_pack("[{s:s, s:s}]", "text",
                     strcmp(state->state, "done") == 0 ? "State: labelled" : "State: not labelled", "href",
                     dm_state_first(a, &all));
}
