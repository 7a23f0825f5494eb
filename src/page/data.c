/* The task table: a page of tasks with previews of their data. Which tasks: table.c. What is done to them: dm_actions.c. The labelling page,
 * which has the same address, is labelling.c. */
#include "page/data.h"

#include <string.h>

#include "api/gate.h"
#include "api/handlers.h"
#include "base/text.h"
#include "core/pause.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "core/task.h"
#include "page/dm_actions.h"
#include "page/dm_advice.h"
#include "page/dm_cells.h"
#include "page/dm_filter.h"
#include "page/dm_tabs.h"
#include "page/labelling.h"
#include "page/table.h"

/* ---- heads of columns ---- */

static void order_by(const struct table_column *c, bool down, struct arena *a, struct dm_state *to)
{
    to->ordering = down ? arena_printf(a, "-%s", c->name) : c->name;
    to->as_number = c->key && strcmp(c->kind, "number") == 0;
    to->given |= DM_GIVEN_ORDERING;
    if (strcmp(to->ordering, "id") != 0)
        return;
    to->ordering = NULL;
    if (!to->tab)
        to->given &= ~(unsigned)DM_GIVEN_ORDERING;
}

static json_t *head(struct arena *a, const struct table_column *c, const struct dm_state *s)
{
    const char *now = s->ordering ? s->ordering : "id";
    bool down = now[0] == '-', sorted = strcmp(now + down, c->name) == 0;
    struct dm_state next = *s;
    json_t *o = json_object();

    order_by(c, sorted && !down, a, &next);
    page_set_text(o, "text", c->title);
    page_set_text(o, "name", c->name);
    page_set_text(o, "kind", c->kind);
    json_object_set_new(o, "width", c->width ? json_integer(c->width) : json_null());
    page_set_bool(o, "numeric", strcmp(c->kind, "id") == 0 || strcmp(c->kind, "number") == 0 || strcmp(c->kind, "seconds") == 0);
    page_set_text(o, "help", c->help);
    page_set_text(o, "href", dm_state_first(a, &next));
    page_set_text(o, "sorted", sorted ? (down ? "descending" : "ascending") : NULL);
    page_set_bool(o, "sorted_up", sorted && !down);
    page_set_bool(o, "sorted_down", sorted && down);
    return o;
}

static json_t *heads(struct arena *a, const struct table_columns *c, const struct dm_state *s)
{
    json_t *list = json_array();

    for (size_t i = 0; i < c->n_shown; i++)
        json_array_append_new(list, head(a, &c->list[i], s));
    return list;
}

/* ---- the page ---- */

static void search_fill(struct rq *rq, const struct dm_state *s, json_t *ctx)
{
    struct dm_state without = *s;

    without.q = NULL;
    json_object_set_new(ctx, "find", json_pack("{s:s?, s:o, s:s?}", "text", s->q, "fields", dm_state_fields(rq->a, &without), "clear_href",
                                               s->q ? dm_state_first(rq->a, &without) : NULL));
}

static void looks_fill(const struct dm_state *s, const struct table_columns *c, json_t *ctx)
{
    json_object_set_new(ctx, "picker", table_columns_picker(c));
    json_object_set_new(ctx, "grid", s->grid ? json_pack("{s:b}", s->size, 1) : json_null());
    page_set_text(ctx, "grid_size", s->size);
    json_object_set_new(ctx, "page_style", json_pack("[s, s]", "data", "data-filter"));
}

/* How many match, or the address that counts them. */
static void matched_fill(struct rq *rq, const struct dm_state *s, const struct table *t, json_t *ctx)
{
    const char *query = dm_state_href(rq->a, s), *text = page_counted(rq->a, t->uncounted ? t->rows.n : t->total, "task", "tasks");

    page_set_text(ctx, "matched_text", s->problem ? "" : t->uncounted ? arena_printf(rq->a, "More than %s", text) : text);
    page_set_text(ctx, "count_href", t->uncounted ? project_page_href(rq->a, s->project, arena_printf(rq->a, "data%s%sexact=1", query, query[1] ? "&" : "")) : NULL);
}

static err *table_page(struct rq *rq)
{
    struct dm_state state;
    struct table_columns columns;
    struct table t;
    struct row r;
    json_t *ctx;

    TRY(project_page(rq, "data", NULL, &r, &ctx));
    if (project_page_table_hidden(rq, &r))
        return rs_redirect(rq, 302, project_page_href(rq->a, rq_int(rq, "id"), "data?labeling=1&mode=review"));
    TRY(pause_check(rq->scope, rq_int(rq, "id")));
    TRY(dm_state_read(rq, rq_int(rq, "id"), &state));
    TRY(table_columns_read(rq, &state, &columns));
    TRY(table_read(rq, &state, &t));
    TRY(table_rows_fill(rq, &columns, &t, ctx));
    json_object_set_new(ctx, "columns", heads(rq->a, &columns, &state));
    looks_fill(&state, &columns, ctx);
    search_fill(rq, &state, ctx);
    tabs_fill(rq, &state, ctx);
    page_set_bool(ctx, "has_rows", t.rows.n > 0);
    TRY(dm_filter_fill(rq, &state, t.context, ctx));
    page_set_bool(ctx, "filtered", dm_state_filters(&state));
    page_set_text(ctx, "problem", state.problem);
    TRY(dm_advice_fill(rq, &state, t.slow, ctx));
    page_set_bool(ctx, "own_only", scope_own_only(rq->scope));
    page_set_bool(ctx, "needs_setup", !row_bool(&r, PROJECT_BY_IDS_CONFIG_HAS_CONTROL_TAGS));
    page_set_text(ctx, "query", data_query(rq));
    matched_fill(rq, &state, &t, ctx);
    dm_actions_fill(rq, ctx, &state, t.uncounted ? -1 : t.total);
    TRY(dm_quick_fill(rq, ctx, &state));
    json_object_set_new(ctx, "chips", table_chips(rq->a, &state));
    json_object_set_new(ctx, "pager", table_pager(rq->a, &t));
    gate_csp_media(rq);
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
