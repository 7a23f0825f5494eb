/* The task table: a page of tasks with previews of their data. Which tasks: table.c. What is done to them: dm_actions.c. The labelling page,
 * which has the same address, is labelling.c. */
#include "page/data.h"

#include <string.h>

#include "api/handlers.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/pause.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "core/task.h"
#include "core/task.sql.h"
#include "core/wire.h"
#include "page/cells.h"
#include "page/dm_actions.h"
#include "page/dm_filter.h"
#include "page/labelling.h"
#include "page/table.h"

enum { LONG_TEXT = 40 /* bytes that a cell shows for sure */ };

/* ---- how they look ---- */

static const char *state_of(const struct row *r)
{
    if (row_bool(r, TASK_PAGE_IS_LABELED))
        return "done";
    if (row_i64(r, TASK_PAGE_TOTAL_ANNOTATIONS) > 0)
        return "started";
    return row_i64(r, TASK_PAGE_CANCELLED_ANNOTATIONS) > 0 ? "skipped" : "todo";
}

static json_t *cell(struct arena *a, struct span value, const char *kind)
{
    const char *text = cell_text(a, value);
    json_t *o = json_object();

    page_set_text(o, "text", text);
    page_set_bool(o, "long", strlen(text) > LONG_TEXT);
    page_set_bool(o, "numeric", strcmp(kind, "number") == 0);
    page_set_text(o, "image_href", cell_image(a, value, cfg.base_path));
    return o;
}

static json_t *row_object(struct rq *rq, const struct row *r, const struct span *values, const char *const *kinds, size_t n)
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
        json_array_append_new(cells, cell(a, values[i], kinds[i]));
    json_object_set_new(o, "cells", cells);
    json_object_set_new(o, "state", json_pack("{s:b}", state_of(r), 1));
    page_set_text(o, "annotations_text", page_count(a, row_i64(r, TASK_PAGE_TOTAL_ANNOTATIONS)));
    page_set_text(o, "predictions_text", page_count(a, row_i64(r, TASK_PAGE_TOTAL_PREDICTIONS)));
    page_set_time(a, o, "updated", wire_time_text(a, row_text(r, TASK_PAGE_UPDATED_AT)));
    return o;
}

/* A column's head: its text, how wide it is and, when it can be sorted by, what it is called. */
struct head {
    const char *text, *kind, *name;
};

/* Widths are those of the stylesheet (.col-…): known before the rows come, so that nothing moves. */
static json_t *column(struct arena *a, const struct head *h, const struct dm_state *s)
{
    const char *now = s->ordering ? s->ordering : "id";
    bool down = now[0] == '-', sorted = strcmp(now + down, h->name) == 0;
    bool number = strcmp(h->kind, "id") == 0 || strcmp(h->kind, "number") == 0;
    struct dm_state next = *s;
    json_t *o = json_object();

    next.ordering = sorted && !down ? arena_printf(a, "-%s", h->name) : h->name;
    next.as_number = number && text_starts(h->name, "data.");
    next.given |= DM_GIVEN_ORDERING;
    if (strcmp(next.ordering, "id") == 0) {
        next.ordering = NULL;
        if (!s->tab)
            next.given &= ~(unsigned)DM_GIVEN_ORDERING;
    }
    page_set_text(o, "text", h->text);
    page_set_text(o, "kind", h->kind);
    page_set_bool(o, "numeric", number);
    page_set_text(o, "href", dm_state_first(a, &next));
    page_set_text(o, "sorted", sorted ? (down ? "descending" : "ascending") : NULL);
    page_set_bool(o, "sorted_up", sorted && !down);
    page_set_bool(o, "sorted_down", sorted && down);
    return o;
}

/* "number" or "picture" when all values of a data column on this page are, else "text". */
static const char *kind_of(struct arena *a, struct span (*values)[CELLS_MOST], int rows, size_t column)
{
    int numbers = 0, pictures = 0, present = 0;

    for (int i = 0; i < rows; i++) {
        struct span v = values[i][column];
        present += v.p != NULL;
        numbers += v.p && jspan_type(v) == JSON_T_NUMBER;
        pictures += v.p && cell_image(a, v, "") != NULL;
    }
    if (present == 0 || (numbers < present && pictures < present))
        return "text";
    return numbers == present ? "number" : "picture";
}

static json_t *columns_list(struct arena *a, const struct cells *c, const char *const *kinds, const struct dm_state *s)
{
    static const struct head before[] = {{"ID", "id", "id"}, {"Inner ID", "id", "inner_id"}},
                             after[] = {{"State", "state", "is_labeled"},
                                        {"Annotations", "number", "total_annotations"},
                                        {"Predictions", "number", "total_predictions"},
                                        {"Updated", "time", "updated_at"}};
    json_t *columns = json_array();

    for (size_t i = 0; i < sizeof before / sizeof *before; i++)
        json_array_append_new(columns, column(a, &before[i], s));
    for (size_t i = 0; i < c->n; i++) {
        struct head h = {c->keys[i], kinds[i], arena_printf(a, "data.%s", c->keys[i])};
        json_array_append_new(columns, column(a, &h, s));
    }
    for (size_t i = 0; i < sizeof after / sizeof *after; i++)
        json_array_append_new(columns, column(a, &after[i], s));
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

static err *fill_rows(struct rq *rq, json_t *ctx, const struct dm_state *s, const struct table *t)
{
    struct span (*values)[CELLS_MOST] = arena_array(rq->a, (size_t)t->rows.n, sizeof *values);
    json_t *list = json_array();
    const char *kinds[CELLS_MOST];
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
    for (size_t k = 0; k < c.n; k++)
        kinds[k] = kind_of(rq->a, values, t->rows.n, k);
    for (int i = 0; i < t->rows.n; i++) {
        struct row r = rows_at(&t->rows, i);
        json_array_append_new(list, row_object(rq, &r, values[i], kinds, c.n));
    }
    json_object_set_new(ctx, "columns", columns_list(rq->a, &c, kinds, s));
    json_object_set_new(ctx, "rows", list);
    page_set_bool(ctx, "has_rows", t->rows.n > 0);
    return OK;
}

static err *table_page(struct rq *rq)
{
    struct dm_state state;
    struct table t;
    struct row r;
    json_t *ctx;

    TRY(project_page(rq, "data", NULL, &r, &ctx));
    if (project_page_table_hidden(rq, &r))
        return rs_redirect(rq, 302, project_page_href(rq->a, rq_int(rq, "id"), "data?labeling=1&mode=review"));
    TRY(pause_check(rq->scope, rq_int(rq, "id")));
    TRY(dm_state_read(rq, rq_int(rq, "id"), &state));
    TRY(table_read(rq, &state, &t));
    TRY(fill_rows(rq, ctx, &state, &t));
    TRY(dm_filter_fill(rq, &state, ctx));
    json_object_set_new(ctx, "page_style", json_pack("[s]", "data-filter"));
    page_set_bool(ctx, "filtered", dm_state_filters(&state));
    page_set_text(ctx, "problem", state.problem);
    page_set_bool(ctx, "own_only", scope_own_only(rq->scope));
    page_set_bool(ctx, "needs_setup", !row_bool(&r, PROJECT_BY_IDS_CONFIG_HAS_CONTROL_TAGS));
    page_set_text(ctx, "query", data_query(rq));
    page_set_text(ctx, "matched_text", page_counted(rq->a, t.total, "task", "tasks"));
    dm_actions_fill(rq, ctx, &state, t.total);
    TRY(dm_quick_fill(rq, ctx, &state));
    json_object_set_new(ctx, "chips", table_chips(rq->a, &state));
    json_object_set_new(ctx, "pager", table_pager(rq->a, &t));
    return page_render(rq, "projects/data", ctx);
}

const char *data_query(struct rq *rq)
{
    struct strbuf b;

    strbuf_init(&b, rq->a, 1 << 16);
    for (size_t i = 0; i < rq->nquery; i++)
        if (dm_state_names(rq->query[i].name))
            strbuf_printf(&b, "%c%s=%s", b.len ? '&' : '?', rq->query[i].name, url_encode(rq->a, rq->query[i].value));
    return b.buf;
}

err *page_data(struct rq *rq)
{
    return rq_query(rq, "labeling") || rq_query(rq, "task") ? labelling_page(rq) : table_page(rq);
}
