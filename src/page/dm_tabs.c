/* Tabs: views of the project, the open one among them, and what its menu does. What a tab says is made from the state of the page. */
#include "page/dm_tabs.h"

#include <string.h>

#include "api/handlers.h"
#include "base/text.h"
#include "dm/tab.h"
#include "dm/view.sql.h"
#include "page/dm_columns.h"
#include "page/fields.h"
#include "page/project_page.h"

enum { TITLE_MOST = 100 /* characters count less than bytes; the form says 50 */ };

/* ---- for the template ---- */

static const char *title_of(struct arena *a, const json_t *data, int64_t id)
{
    const char *title = json_string_value(json_object_get(data, "title"));

    return title && *title ? arena_strdup(a, title) : arena_printf(a, "Tab %lld", (long long)id);
}

static json_t *tab_object(struct arena *a, const struct dm_state *s, int i, int64_t user)
{
    struct row r = rows_at(&s->tabs, i);
    json_t *data = json_loads(row_json(&r, VIEW_TABS_DATA), 0, NULL), *o = json_object();

    page_set_int(o, "id", row_i64(&r, VIEW_TABS_ID));
    page_set_text(o, "title", title_of(a, data, row_i64(&r, VIEW_TABS_ID)));
    page_set_text(o, "href", arena_printf(a, "?tab=%lld", (long long)row_i64(&r, VIEW_TABS_ID)));
    page_set_bool(o, "open", i == s->tab_row);
    page_set_bool(o, "shared", !row_bool(&r, VIEW_TABS_IS_PRIVATE));
    page_set_bool(o, "is_mine", row_i64(&r, VIEW_TABS_USER_ID) == user);
    json_decref(data);
    return o;
}

void tabs_fill(struct rq *rq, const struct dm_state *s, json_t *ctx)
{
    json_t *list = json_array(), *open = NULL;

    for (int i = 0; i < s->tabs.n; i++) {
        json_t *o = tab_object(rq->a, s, i, rq->scope->user);
        json_array_append_new(list, o);
        if (i == s->tab_row)
            open = json_copy(o);
    }
    if (open) {
        page_set_bool(open, "can_left", s->tab_row > 0);
        page_set_bool(open, "can_right", s->tab_row + 1 < s->tabs.n);
        page_set_bool(open, "changed", dm_state_changed(s));
    }
    json_object_set_new(ctx, "views", json_pack("{s:o, s:b, s:o?}", "list", list, "none_open", s->tab == 0, "view", open));
}

/* ---- what a tab keeps ---- */

static void release(void *json)
{
    json_decref(json);
}

static json_t *of_tasks(struct arena *a, const char *name)
{
    return json_string(arena_printf(a, "tasks:%s", name));
}

static void columns_keep(struct arena *a, const struct table_columns *c, json_t *data)
{
    json_t *order = json_array(), *hidden = json_array(), *widths = json_object();

    for (size_t i = 0; i < c->n; i++) {
        json_array_append_new(c->list[i].shown ? order : hidden, of_tasks(a, c->list[i].name));
        if (c->list[i].width)
            json_object_set_new(widths, arena_printf(a, "tasks:%s", c->list[i].name), json_integer(c->list[i].width * WIDTH_STEP));
    }
    json_object_set_new(data, "columnsOrder", order);
    json_object_set_new(data, "columnsWidth", widths);
    json_object_set_new(data, "hiddenColumns", json_pack("{s:o, s:o}", "explore", hidden, "labeling", json_array()));
}

/* The state as a view: clients of the API read the same. */
static err *tab_of(struct rq *rq, struct dm_state *s, const char *title, struct tab *out)
{
    json_t *data = json_object(), *question = dm_state_question(rq->a, s);
    struct table_columns columns;

    arena_defer(rq->a, release, data);
    TRY(table_columns_read(rq, s, &columns));
    json_object_update_missing(data, s->view ? s->view : data);
    json_object_set_new(data, "title", json_string(title));
    json_object_set_new(data, "type", json_string(s->grid ? "grid" : "list"));
    json_object_set_new(data, "target", json_string("tasks"));
    json_object_set_new(data, "gridWidth", json_integer(s->size[0] == 's' ? 6 : s->size[0] == 'l' ? 2 : 4));
    if (json_object_get(question, "columnsDisplayType"))
        json_object_set(data, "columnsDisplayType", json_object_get(question, "columnsDisplayType"));
    columns_keep(rq->a, &columns, data);
    *out = (struct tab){.data = data, .filters = json_object_get(question, "filters"), .ordering = json_object_get(question, "ordering"),
                        .selected = s->selected, .is_private = true};
    return OK;
}

/* ---- the forms ---- */


static const char *title_sent(struct rq *rq, const char *otherwise)
{
    const char *title = text_trim(rq->a, page_sent(rq, "title"), strlen(page_sent(rq, "title")));

    return *title ? text_cut(rq->a, title, TITLE_MOST) : otherwise;
}

static err *to_tab(struct rq *rq, const struct dm_state *s, int64_t tab, const char *text)
{
    const char *query = tab ? arena_printf(rq->a, "data?tab=%lld", (long long)tab) : "data";

    return page_see_other(rq, project_page_href(rq->a, s->project, query), text ? "good" : NULL, text);
}

/* What is made of an open tab under its own name is a copy. */
static err *create(struct rq *rq, struct dm_state *s)
{
    const char *now = s->view ? title_of(rq->a, s->view, s->tab) : "", *title = title_sent(rq, *now ? now : "New tab");
    struct tab t;
    int64_t id;

    if (strcmp(title, now) == 0)
        title = arena_printf(rq->a, "%s, copy", now);
    TRY(tab_of(rq, s, title, &t));
    t.is_private = !*page_sent(rq, "shared");
    TRY(tab_add(rq->scope, s->project, &t, &id));
    return to_tab(rq, s, id, arena_printf(rq->a, "“%s” is a tab now.", title));
}

static err *save(struct rq *rq, struct dm_state *s)
{
    struct tab t;

    TRY(scope_need(rq->scope, PERM_VIEWS_CHANGE));
    TRY(tab_of(rq, s, title_of(rq->a, s->view, s->tab), &t));
    TRY(tab_save(rq->scope, s->project, s->tab, &t));
    return to_tab(rq, s, s->tab, "The tab is saved.");
}

static err *name_it(struct rq *rq, struct dm_state *s)
{
    TRY(scope_need(rq->scope, PERM_VIEWS_CHANGE));
    TRY(tab_rename(rq->scope, s->project, s->tab, title_sent(rq, title_of(rq->a, s->view, s->tab))));
    return OK;
}

static err *put(struct rq *rq, struct dm_state *s, const char *action)
{
    int64_t place = s->tab_row + (strcmp(action, "left") == 0 ? -1 : 1), view = s->tab;

    TRY(scope_need(rq->scope, PERM_VIEWS_CHANGE));
    if (strcmp(action, "place") == 0 && (!int_parse(page_sent(rq, "place"), 0, INT32_MAX, &place) || !int_parse(page_sent(rq, "view"), 1, INT32_MAX, &view)))
        return err_new(rq->a, ERR_BAD_REQUEST, "A tab and its place are expected.");
    return tab_move(rq->scope, s->project, view, place < 0 ? 0 : place);
}

static err *delete(struct rq *rq, struct dm_state *s)
{
    const char *href = project_page_href(rq->a, s->project, "data/tabs");

    TRY(scope_need(rq->scope, PERM_VIEWS_DELETE));
    TRY(tab_trash(rq->scope, s->project, s->tab));
    return page_see_other_undo(rq, project_page_href(rq->a, s->project, "data"),
                               arena_printf(rq->a, "The tab “%s” is deleted.", title_of(rq->a, s->view, s->tab)), href,
                               json_pack("[{s:s, s:s}, {s:s, s:s}]", "name", "action", "value", "restore", "name", "view", "value",
                                         arena_printf(rq->a, "%lld", (long long)s->tab)));
}

static err *restore(struct rq *rq, const struct dm_state *s)
{
    int64_t view, n = 0;

    TRY(scope_need(rq->scope, PERM_VIEWS_DELETE));
    if (int_parse(page_sent(rq, "view"), 1, INT32_MAX, &view))
        TRY(tab_restore(rq->scope, s->project, view, &n));
    return n ? to_tab(rq, s, view, "The tab is back.")
             : page_see_other(rq, project_page_href(rq->a, s->project, "data"), "bad", "The tab cannot be brought back any more.");
}

static err *share(struct rq *rq, struct dm_state *s, bool with_project)
{
    TRY(scope_need(rq->scope, PERM_VIEWS_CHANGE));
    TRY(tab_share(rq->scope, s->project, s->tab, with_project));
    return page_see_other(rq, arena_printf(rq->a, "%s%s", project_page_href(rq->a, s->project, "data"), dm_state_href(rq->a, s)), "good",
                          with_project ? "Everybody in the project sees this tab now." : "Only you see this tab now.");
}

/* What leaves the page in the state that it was in. */
static err *changed(struct rq *rq, struct dm_state *s, const char *action)
{
    if (strcmp(action, "rename") == 0)
        TRY(name_it(rq, s));
    else if (strcmp(action, "left") == 0 || strcmp(action, "right") == 0 || strcmp(action, "place") == 0)
        TRY(put(rq, s, action));
    else
        return err_new(rq->a, ERR_BAD_REQUEST, "There is no action \"%s\".", action);
    return page_see_other(rq, arena_printf(rq->a, "%s%s", project_page_href(rq->a, s->project, "data"), dm_state_href(rq->a, s)), NULL, NULL);
}

err *page_data_tabs_post(struct rq *rq)
{
    struct dm_state s;
    const char *action;

    TRY(dm_state_form(rq, &s));
    action = page_sent(rq, "action");
    if (strcmp(action, "create") == 0)
        return create(rq, &s);
    if (strcmp(action, "restore") == 0)
        return restore(rq, &s);
    if (!s.tab && strcmp(action, "place") != 0)
        return page_see_other(rq, project_page_href(rq->a, s.project, "data"), "bad", "The tab is not there any more.");
    if (strcmp(action, "save") == 0)
        return save(rq, &s);
    if (strcmp(action, "delete") == 0)
        return delete(rq, &s);
    if (strcmp(action, "share") == 0 || strcmp(action, "keep") == 0)
        return share(rq, &s, action[0] == 's');
    return changed(rq, &s, action);
}
