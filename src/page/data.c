/* The task table: a page of tasks with previews of their data, all of them or those of one state;
 * delete and restore. The labelling page, which has the same address, is labelling.c. */
#include "page/data.h"

#include <string.h>

#include "api/handlers.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/overview.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "core/task.h"
#include "core/task.sql.h"
#include "core/wire.h"
#include "page/cells.h"
#include "page/labelling.h"

enum { TASKS_PAGE = 100, LONG_TEXT = 40 /* bytes that a cell shows for sure */ };

/* One page of the table, wherever it comes from. */
struct table {
    struct rows rows;
    int64_t total;           /* tasks that match */
    int64_t first;           /* number of the first row, from 1 */
    const char *prev, *next; /* queries */
};

/* ---- which tasks ---- */

/* All tasks: pages are numbered, and the count of each block of inner ids finds their start. */
static err *numbered(struct rq *rq, int64_t project, struct table *t)
{
    struct task_list_totals totals;
    int64_t page = 1, last, from;
    bool found;

    TRY(task_list_totals(rq->scope, project, &totals));
    t->total = totals.tasks;
    last = t->total ? (t->total - 1) / TASKS_PAGE + 1 : 1;
    if (rq_query(rq, "page") && !int_parse(rq_query(rq, "page"), 1, last, &page))
        page = last;
    TRY(task_list_start(rq->scope, project, (page - 1) * TASKS_PAGE, &found, &from));
    TRY(task_list_page(rq->scope, project, from, TASKS_PAGE, &t->rows));
    t->first = (page - 1) * TASKS_PAGE + 1;
    t->prev = page > 1 ? arena_printf(rq->a, "?page=%lld", (long long)page - 1) : NULL;
    t->next = page < last ? arena_printf(rq->a, "?page=%lld", (long long)page + 1) : NULL;
    return OK;
}

static int64_t query_number(struct rq *rq, const char *name)
{
    int64_t n;

    return rq_query(rq, name) && int_parse(rq_query(rq, name), 0, INT32_MAX, &n) ? n : 0;
}

/* By state: pages begin after an inner id; `at` only says how many rows lie before. */
static err *by_state(struct rq *rq, int64_t project, const char *state, struct table *t)
{
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

/* "done", "todo", or NULL for all. */
static const char *state_asked(struct rq *rq)
{
    const char *state = rq_query(rq, "state");

    if (state && strcmp(state, "done") == 0)
        return "done";
    return state && strcmp(state, "todo") == 0 ? "todo" : NULL;
}

/* ---- how they look ---- */

static const char *state_of(const struct row *r)
{
    if (row_bool(r, TASK_PAGE_IS_LABELED))
        return "done";
    if (row_i64(r, TASK_PAGE_TOTAL_ANNOTATIONS) > 0)
        return "started";
    return row_i64(r, TASK_PAGE_CANCELLED_ANNOTATIONS) > 0 ? "skipped" : "todo";
}

static json_t *cell(struct arena *a, struct span value)
{
    const char *text = cell_text(a, value);
    json_t *o = json_object();

    page_set_text(o, "text", text);
    page_set_bool(o, "long", strlen(text) > LONG_TEXT);
    page_set_text(o, "image_href", cell_image(a, value, cfg.base_path));
    return o;
}

static json_t *row_object(struct rq *rq, const struct row *r, const struct span *values, size_t n)
{
    struct arena *a = rq->a;
    int64_t id = task_row_id(r);
    json_t *o = json_object(), *cells = json_array();

    page_set_int(o, "id", id);
    page_set_int(o, "inner_id", task_row_inner_id(r));
    page_set_text(
        o, "href",
        project_page_href(a, rq_int(rq, "id"), arena_printf(a, "data?task=%lld", (long long)id)));
    for (size_t i = 0; i < n; i++)
        json_array_append_new(cells, cell(a, values[i]));
    json_object_set_new(o, "cells", cells);
    json_object_set_new(o, "state", json_pack("{s:b}", state_of(r), 1));
    page_set_text(o, "annotations_text", page_count(a, row_i64(r, TASK_PAGE_TOTAL_ANNOTATIONS)));
    page_set_text(o, "predictions_text", page_count(a, row_i64(r, TASK_PAGE_TOTAL_PREDICTIONS)));
    page_set_time(a, o, "updated", wire_time_text(a, row_text(r, TASK_PAGE_UPDATED_AT)));
    return o;
}

static void column(json_t *columns, const char *text, bool numeric, bool sorted)
{
    json_t *o = json_object();

    page_set_text(o, "text", text);
    json_object_set_new(o, "href", json_null());
    page_set_bool(o, "numeric", numeric);
    json_object_set_new(o, "sorted", sorted ? json_string("ascending") : json_null());
    page_set_bool(o, "sorted_up", sorted);
    json_object_set_new(o, "sorted_down", json_false());
    json_array_append_new(columns, o);
}

static json_t *columns_list(const struct cells *c)
{
    json_t *columns = json_array();

    column(columns, "ID", true, true);
    column(columns, "Inner ID", true, false);
    for (size_t i = 0; i < c->n; i++)
        column(columns, c->keys[i], false, false);
    column(columns, "State", false, false);
    column(columns, "Annotations", true, false);
    column(columns, "Predictions", true, false);
    column(columns, "Updated", false, false);
    return columns;
}

/* What the label configuration shows comes first. */
static void configured_columns(const struct lc *lc, struct cells *c)
{
    size_t n;
    const struct lc_data_key *keys = lc_data_keys(lc, &n);

    for (size_t i = 0; i < n; i++)
        if (!strpbrk(keys[i].key, ".["))
            cells_column(c, keys[i].key);
}

static err *fill_rows(struct rq *rq, json_t *ctx, const struct table *t)
{
    struct span (*values)[CELLS_MOST] = arena_array(rq->a, (size_t)t->rows.n, sizeof *values);
    json_t *list = json_array();
    struct cells c = {0};
    const struct lc *lc;

    TRY(project_config(rq->scope, rq_int(rq, "id"), &lc, NULL, NULL));
    configured_columns(lc, &c);
    for (int i = 0; i < t->rows.n; i++) {
        struct row r = rows_at(&t->rows, i);
        cells_read(rq->a, &c,
                   (struct span){row_json(&r, TASK_PAGE_DATA), row_len(&r, TASK_PAGE_DATA)},
                   values[i]);
    }
    for (int i = 0; i < t->rows.n; i++) {
        struct row r = rows_at(&t->rows, i);
        json_array_append_new(list, row_object(rq, &r, values[i], c.n));
    }
    json_object_set_new(ctx, "columns", columns_list(&c));
    json_object_set_new(ctx, "rows", list);
    page_set_bool(ctx, "has_rows", t->rows.n > 0);
    return OK;
}

static json_t *pager(struct rq *rq, const struct table *t)
{
    struct arena *a = rq->a;
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

static json_t *chips(const char *state)
{
    if (!state)
        return json_array();
    return json_pack("[{s:s, s:s}]", "text",
                     strcmp(state, "done") == 0 ? "State: labelled" : "State: not labelled", "href",
                     "?");
}

static err *table_page(struct rq *rq)
{
    const char *state = state_asked(rq);
    struct table t = {0};
    struct row r;
    json_t *ctx;

    TRY(project_page(rq, "data", NULL, &r, &ctx));
    TRY(state ? by_state(rq, rq_int(rq, "id"), state, &t) : numbered(rq, rq_int(rq, "id"), &t));
    TRY(fill_rows(rq, ctx, &t));
    page_set_bool(ctx, "filtered", state != NULL);
    page_set_bool(ctx, "own_only", scope_own_only(rq->scope));
    page_set_bool(ctx, "needs_setup", !row_bool(&r, PROJECT_BY_IDS_CONFIG_HAS_CONTROL_TAGS));
    page_set_text(ctx, "query", data_query(rq));
    page_set_text(ctx, "matched_text", page_counted(rq->a, t.total, "task", "tasks"));
    json_object_set_new(ctx, "chips", chips(state));
    json_object_set_new(ctx, "pager", pager(rq, &t));
    return page_render(rq, "projects/data", ctx);
}

const char *data_query(struct rq *rq)
{
    static const char *const kept[] = {"state", "page", "after", "at"};
    struct strbuf b;

    strbuf_init(&b, rq->a, 1 << 16);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (rq_query(rq, kept[i]))
            strbuf_printf(&b, "%c%s=%s", b.len ? '&' : '?', kept[i],
                          url_encode(rq->a, rq_query(rq, kept[i])));
    return b.buf;
}

err *page_data(struct rq *rq)
{
    return rq_query(rq, "labeling") || rq_query(rq, "task") ? labelling_page(rq) : table_page(rq);
}

/* ---- delete and restore ---- */

/* Every `ids` of the form; each may be a comma list, as the undo button sends it. */
static err *ids_read(struct rq *rq, int64_t **ids, size_t *n)
{
    size_t room = 0;

    for (size_t i = 0; i < rq->nform; i++)
        room += strcmp(rq->form[i].name, "ids") == 0 ? strlen(rq->form[i].value) / 2 + 1 : 0;
    *ids = arena_array(rq->a, room + 1, sizeof **ids);
    *n = 0;
    for (size_t i = 0; i < rq->nform; i++) {
        if (strcmp(rq->form[i].name, "ids") != 0)
            continue;
        for (const char *p = rq->form[i].value; *p;) {
            size_t len = strcspn(p, ",");
            if (!int_parse(arena_strndup(rq->a, p, len), 1, INT32_MAX, &(*ids)[*n]))
                return err_new(rq->a, ERR_BAD_REQUEST, "A task number is expected, not \"%s\".",
                               rq->form[i].value);
            ++*n;
            p += len + (p[len] == ',');
        }
    }
    return OK;
}

static json_t *undo_fields(struct rq *rq, const int64_t *ids, size_t n)
{
    struct strbuf b;

    strbuf_init(&b, rq->a, 1 << 20);
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&b, "%s%lld", i ? "," : "", (long long)ids[i]);
    return json_pack("[{s:s, s:s}, {s:s, s:s}]", "name", "action", "value", "restore_tasks", "name",
                     "ids", "value", b.buf);
}

err *page_data_post(struct rq *rq)
{
    const char *action, *back;
    int64_t *ids, done, job;
    size_t n;

    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(rq_body(rq));
    TRY(ids_read(rq, &ids, &n));
    action = rq_form(rq, "action") ? rq_form(rq, "action") : "";
    back = arena_printf(rq->a, "%s%s", project_page_href(rq->a, rq_int(rq, "id"), "data"),
                        data_query(rq));
    if (n == 0)
        return page_see_other(rq, back, "bad", "No task was selected.");
    if (strcmp(action, "restore_tasks") == 0) {
        TRY(task_restore(rq->scope, ids, n, &done));
        return page_see_other(
            rq, back, "good",
            arena_printf(rq->a, "%s back.", page_counted(rq->a, done, "task is", "tasks are")));
    }
    if (strcmp(action, "delete_tasks") != 0)
        return err_new(rq->a, ERR_BAD_REQUEST, "There is no action \"%s\".", action);
    TRY(task_delete(rq->scope, ids, n, &done, &job));
    return page_see_other_undo(
        rq, back, arena_printf(rq->a, "%s deleted.", page_counted(rq->a, done, "task", "tasks")),
        back, undo_fields(rq, ids, n));
}
