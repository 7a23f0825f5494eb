/* What people choose for their table: columns, widths, table or cards. Without a tab it is kept for them; with one it goes into the address,
 * where it can be saved to the tab. And the figures above the table, which scripts bring up to date. */
#include <string.h>

#include "api/handlers.h"
#include "base/text.h"
#include "core/overview.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "dm/look.h"
#include "dm/view.sql.h"
#include "page/dm_columns.h"
#include "page/fields.h"
#include "page/project_page.h"

enum { NAMES_MOST = 1 << 15 /* of columns, in an address */ };

static void release(void *json)
{
    json_decref(json);
}

static err *back(struct rq *rq, struct dm_state *s, const char *said)
{
    return page_see_other(rq, arena_printf(rq->a, "%s%s", project_page_href(rq->a, s->project, "data"), dm_state_href(rq->a, s)),
                          said ? "good" : NULL, said);
}

/* ---- columns ---- */

/* "up:NAME", "down:NAME": a button that moves one line of the form. */
static void move(json_t *names, const char *how)
{
    bool up = text_starts(how, "up:");
    const char *name = strchr(how, ':');

    for (size_t i = 0; name && i < json_array_size(names); i++) {
        json_t *one = json_array_get(names, i);
        if (strcmp(json_string_value(one), name + 1) != 0)
            continue;
        json_incref(one);
        json_array_remove(names, i);
        json_array_insert_new(names, up ? (i ? i - 1 : 0) : i + 1 <= json_array_size(names) ? i + 1 : i, one);
        return;
    }
}

static json_t *columns_sent(struct rq *rq)
{
    json_t *names = json_array();

    for (size_t i = 0; i < rq->nform; i++)
        if (strcmp(rq->form[i].name, "column") == 0)
            json_array_append_new(names, json_string(rq->form[i].value));
    move(names, page_sent(rq, "move"));
    arena_defer(rq->a, release, names);
    return names;
}

static const char *with_commas(struct arena *a, const json_t *names)
{
    struct strbuf b;

    strbuf_init(&b, a, NAMES_MOST);
    for (size_t i = 0; i < json_array_size(names); i++)
        strbuf_printf(&b, "%s%s", i ? "," : "", json_string_value(json_array_get(names, i)));
    return b.buf;
}

static err *keep(struct rq *rq, int64_t project, json_t *part)
{
    arena_defer(rq->a, release, part);
    return look_set(rq->scope, project, part);
}

static err *columns_choose(struct rq *rq, struct dm_state *s)
{
    json_t *names = columns_sent(rq);

    s->given &= ~(unsigned)DM_GIVEN_COLUMNS;
    if (s->tab) {
        s->given |= DM_GIVEN_COLUMNS;
        s->columns = json_array_size(names) ? with_commas(rq->a, names) : "id";
        return OK;
    }
    return keep(rq, s->project, json_pack("{s:O}", "columns", names));
}

/* The widths go, too. */
static err *columns_reset(struct rq *rq, struct dm_state *s)
{
    s->given &= ~(unsigned)DM_GIVEN_COLUMNS;
    return look_clear(rq->scope, s->project);
}

/* ---- widths ---- */

/* What widths may be of: the tabs that are there, and the table without one; the columns. */
static void widths_of(struct arena *a, const struct dm_state *s, const struct table_columns *c, struct look_width *w)
{
    const char **tabs = arena_array(a, (size_t)s->tabs.n + 1, sizeof *tabs), **columns = arena_array(a, c->n + 1, sizeof *columns);

    tabs[w->n_tabs++] = "0";
    for (int i = 0; i < s->tabs.n; i++) {
        struct row r = rows_at(&s->tabs, i);
        tabs[w->n_tabs++] = arena_printf(a, "%lld", (long long)row_i64(&r, VIEW_TABS_ID));
    }
    for (size_t i = 0; i < c->n; i++)
        columns[w->n_columns++] = c->list[i].name;
    w->tabs = tabs;
    w->columns = columns;
}

/* One column at a time, as it is dragged, for the tab that is open. */
static err *width_choose(struct rq *rq, struct dm_state *s)
{
    struct look_width w = {.tab = arena_printf(rq->a, "%lld", (long long)s->tab), .column = page_sent(rq, "column")};
    struct table_columns columns;

    TRY(table_columns_read(rq, s, &columns));
    if (!table_columns_find(&columns, w.column) || !int_parse(page_sent(rq, "width"), 0, 4000, &w.pixels))
        return err_new(rq->a, ERR_BAD_REQUEST, "A column and its width are expected.");
    widths_of(rq->a, s, &columns, &w);
    return look_set_width(rq->scope, s->project, &w);
}

/* ---- table or cards ---- */

static err *layout_choose(struct rq *rq, struct dm_state *s)
{
    bool grid = strcmp(page_sent(rq, "type"), "grid") == 0;
    const char *size = strcmp(page_sent(rq, "size"), "s") == 0 ? "s" : strcmp(page_sent(rq, "size"), "l") == 0 ? "l" : "m";

    s->given &= ~(unsigned)(DM_GIVEN_TYPE | DM_GIVEN_SIZE);
    if (!s->tab)
        return keep(rq, s->project, json_pack("{s:s, s:s}", "type", grid ? "grid" : "list", "size", size));
    s->given |= grid ? DM_GIVEN_TYPE | DM_GIVEN_SIZE : DM_GIVEN_TYPE;
    s->grid = grid;
    s->size = size;
    return OK;
}

err *page_data_look_post(struct rq *rq)
{
    struct dm_state s;
    const char *action;

    TRY(dm_state_form(rq, &s));
    action = page_sent(rq, "action");
    if (strcmp(action, "width") == 0) {
        TRY(width_choose(rq, &s));
        return rs_no_content(rq);
    }
    if (strcmp(action, "reset") == 0)
        TRY(columns_reset(rq, &s));
    else if (strcmp(action, "layout") == 0)
        TRY(layout_choose(rq, &s));
    else if (strcmp(action, "columns") == 0 || *page_sent(rq, "move"))
        TRY(columns_choose(rq, &s));
    else
        return err_new(rq->a, ERR_BAD_REQUEST, "There is no action \"%s\".", action);
    return back(rq, &s, NULL);
}

/* ---- figures ---- */

err *page_data_figures(struct rq *rq)
{
    int64_t id = rq_int(rq, "id"), annotators, today;
    struct row r;
    struct jw *w;

    TRY(project_row(rq->scope, id, &r));
    TRY(overview_annotators(rq->scope, &id, 1, &annotators));
    TRY(overview_today(rq->scope, &id, 1, &today));
    w = rs_json(rq);
    jw_obj(w);
    jw_kstr(w, "done", page_count(rq->a, row_i64(&r, PROJECT_BY_IDS_FINISHED_TASK_NUMBER)));
    jw_kstr(w, "total", page_count(rq->a, row_i64(&r, PROJECT_BY_IDS_TASK_NUMBER)));
    jw_kstr(w, "today", project_page_today(rq->a, today));
    jw_kstr(w, "annotators", annotators ? page_counted(rq->a, annotators, "annotator", "annotators") : NULL);
    jw_end(w);
    return OK;
}
