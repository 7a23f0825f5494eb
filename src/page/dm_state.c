/* The state of the Data Manager page: read from the address and the open tab, written back as a query string, and as a question to the
 * engine in dm/. */
#include "page/dm_state.h"

#include <string.h>

#include "base/cfg.h"
#include "base/text.h"
#include "core/project.h"
#include "core/scope.h"
#include "dm/view.h"
#include "dm/view.sql.h"
#include "http/query.h"
#include "page/dm_filter.h"

enum { HREF_MOST = 1 << 16, Q_MOST = 500 };

/* ---- parameters ---- */

bool dm_state_names(const char *parameter)
{
    static const char *const names[] = {"tab", "q", "state", "ordering", "direction", "as", "columns", "type", "size", "page", "after", "at"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], parameter) == 0)
            return true;
    return dm_lines_name(parameter);
}

static int64_t number(struct rq *rq, const char *name, int64_t least)
{
    int64_t n;

    return rq_query(rq, name) && int_parse(rq_query(rq, name), least, INT32_MAX, &n) ? n : least;
}

/* One of two words, or NULL. */
static const char *one_of(const char *text, const char *first, const char *second)
{
    if (text && strcmp(text, first) == 0)
        return first;
    return text && strcmp(text, second) == 0 ? second : NULL;
}

static const char *size_of(const char *text)
{
    const char *small_or_large = one_of(text, "s", "l");

    return small_or_large ? small_or_large : one_of(text, "m", "m");
}

static const char *filled(const char *text)
{
    return text && *text ? text : NULL;
}

/* ---- the tab ---- */

static err *tree(struct arena *a, const char *text, json_t **out)
{
    *out = NULL;
    return text ? jin_parse(a, (struct span){text, strlen(text)}, (int)cfg.json_max_depth, out) : OK;
}

/* "-tasks:data.x", "tasks:-data.x" → "-data.x" */
static const char *ordering_of(struct arena *a, const json_t *ordering)
{
    const char *name = json_string_value(json_array_get(ordering, 0));
    bool down = false;

    if (!name)
        return NULL;
    if (*name == '-')
        down = true, name++;
    if (text_starts(name, "tasks:"))
        name += strlen("tasks:");
    if (*name == '-' && !down)
        down = true, name++;
    return arena_printf(a, "%s%s", down ? "-" : "", name);
}

static bool shown_as_number(struct arena *a, const json_t *view, const char *ordering)
{
    const char *name = arena_printf(a, "tasks:%s", ordering + (ordering[0] == '-'));
    const char *type = json_string_value(json_object_get(json_object_get(view, "columnsDisplayType"), name));

    return type && strcmp(type, "Number") == 0;
}

/* The reference's clients count the columns of the grid. */
static const char *size_of_width(const json_t *view)
{
    int64_t n = json_integer_value(json_object_get(view, "gridWidth"));

    return n >= 5 ? "s" : n == 1 || n == 2 ? "l" : "m";
}

static err *tab_read(struct arena *a, struct dm_state *s)
{
    struct row r = rows_at(&s->tabs, s->tab_row);
    const char *type;
    json_t *ordering;

    s->tab = row_i64(&r, VIEW_TABS_ID);
    TRY(tree(a, row_json(&r, VIEW_TABS_DATA), &s->view));
    TRY(tree(a, row_json(&r, VIEW_TABS_FILTERS), &s->filters));
    TRY(tree(a, row_json(&r, VIEW_TABS_SELECTED_ITEMS), &s->selected));
    TRY(tree(a, row_json(&r, VIEW_TABS_ORDERING), &ordering));
    s->ordering = ordering_of(a, ordering);
    s->as_number = s->ordering && shown_as_number(a, s->view, s->ordering);
    type = json_string_value(json_object_get(s->view, "type"));
    s->grid = type && strcmp(type, "grid") == 0;
    s->size = size_of_width(s->view);
    return OK;
}

static err *tabs_read(struct rq *rq, struct dm_state *s)
{
    int64_t asked = number(rq, "tab", 0);

    s->tab_row = -1;
    if (!scope_can(rq->scope, PERM_VIEWS_VIEW))
        return OK;
    TRY(view_tabs(rq->scope, s->project, &s->tabs));
    for (int i = 0; i < s->tabs.n && asked > 0; i++) {
        struct row r = rows_at(&s->tabs, i);
        if (row_i64(&r, VIEW_TABS_ID) == asked)
            s->tab_row = i;
    }
    return s->tab_row < 0 ? OK : tab_read(rq->a, s);
}

/* ---- the address ---- */

static err *lines_read(struct rq *rq, struct dm_state *s)
{
    struct rq_pair *lines = arena_array(rq->a, rq->nquery, sizeof *lines);

    for (size_t i = 0; i < rq->nquery; i++)
        if (dm_lines_name(rq->query[i].name))
            lines[s->n_lines++] = rq->query[i];
    return s->n_lines ? dm_filter_read(rq, lines, s->n_lines, s) : OK;
}

static void ordering_read(struct rq *rq, struct dm_state *s)
{
    const char *ordering = rq_query(rq, "ordering");

    if (!ordering)
        return;
    s->given |= DM_GIVEN_ORDERING;
    s->as_number = rq_query(rq, "as") && strcmp(rq_query(rq, "as"), "number") == 0;
    ordering = dm_filter_order(rq, ordering, &s->as_number);
    s->ordering = *ordering && strcmp(ordering, "id") != 0 ? ordering : NULL;
    s->as_number = s->as_number && s->ordering;
}

static void looks_read(struct rq *rq, struct dm_state *s)
{
    const char *type = one_of(rq_query(rq, "type"), "list", "grid"), *size = size_of(rq_query(rq, "size"));

    if (type) {
        s->given |= DM_GIVEN_TYPE;
        s->grid = strcmp(type, "grid") == 0;
    }
    if (size) {
        s->given |= DM_GIVEN_SIZE;
        s->size = size;
    }
    s->columns = filled(rq_query(rq, "columns"));
    if (s->columns)
        s->given |= DM_GIVEN_COLUMNS;
}

err *dm_state_read(struct rq *rq, int64_t project, struct dm_state *out)
{
    *out = (struct dm_state){.project = project, .size = "m"};
    TRY(tabs_read(rq, out));
    TRY(lines_read(rq, out));
    ordering_read(rq, out);
    looks_read(rq, out);
    out->state = one_of(rq_query(rq, "state"), "done", "todo");
    out->q = filled(rq_query(rq, "q"));
    if (out->q)
        out->q = text_cut(rq->a, out->q, Q_MOST);
    out->page = number(rq, "page", 1);
    out->after = number(rq, "after", 0);
    out->at = number(rq, "at", 0);
    out->quick = number(rq, "quick", 0);
    return OK;
}

err *dm_state_form(struct rq *rq, struct dm_state *out)
{
    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(rq_body(rq));
    return dm_state_read(rq, rq_int(rq, "id"), out);
}

/* ---- back to an address ---- */

static void put(struct strbuf *b, const char *name, const char *value)
{
    strbuf_printf(b, "%s%s=%s", b->len > 1 ? "&" : "", name, url_encode(b->a, value));
}

static void put_number(struct strbuf *b, const char *name, int64_t n, int64_t least)
{
    if (n > least)
        strbuf_printf(b, "%s%s=%lld", b->len > 1 ? "&" : "", name, (long long)n);
}

static void put_looks(struct strbuf *b, const struct dm_state *s)
{
    if (s->given & DM_GIVEN_ORDERING) {
        put(b, "ordering", s->ordering ? s->ordering : "id");
        if (s->as_number)
            put(b, "as", "number");
    }
    if (s->given & DM_GIVEN_COLUMNS)
        put(b, "columns", s->columns);
    if (s->given & DM_GIVEN_TYPE)
        put(b, "type", s->grid ? "grid" : "list");
    if (s->given & DM_GIVEN_SIZE)
        put(b, "size", s->size);
}

const char *dm_state_href(struct arena *a, const struct dm_state *s)
{
    struct strbuf b;

    strbuf_init(&b, a, HREF_MOST);
    strbuf_putc(&b, '?');
    put_number(&b, "tab", s->tab, 0);
    for (size_t i = 0; i < s->n_lines && s->given & DM_GIVEN_FILTERS; i++)
        put(&b, s->lines[i].name, s->lines[i].value);
    if (s->q)
        put(&b, "q", s->q);
    if (s->state)
        put(&b, "state", s->state);
    put_looks(&b, s);
    put_number(&b, "page", s->page, 1);
    put_number(&b, "after", s->after, 0);
    put_number(&b, "at", s->at, 0);
    put_number(&b, "quick", s->quick, 0);
    return b.buf;
}

const char *dm_state_first(struct arena *a, const struct dm_state *s)
{
    struct dm_state first = *s;

    first.page = 1;
    first.after = first.at = first.quick = 0;
    return dm_state_href(a, &first);
}

json_t *dm_query_fields(struct arena *a, const char *query)
{
    json_t *fields = json_array();
    struct rq_pair *pairs;
    size_t n;

    if (query_parse(a, "query", query, strlen(query), &pairs, &n))
        return fields;
    for (size_t i = 0; i < n; i++)
        json_array_append_new(fields, json_pack("{s:s, s:s}", "name", pairs[i].name, "value", pairs[i].value));
    return fields;
}

json_t *dm_state_fields(struct arena *a, const struct dm_state *s)
{
    return dm_query_fields(a, dm_state_first(a, s) + 1);
}

/* ---- a question ---- */

static void release(void *json)
{
    json_decref(json);
}

static json_t *search_item(const char *q)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "filter", "filter:tasks:search", "operator", "contains", "type", "String", "value", q);
}

static json_t *state_item(const char *state)
{
    return json_pack("{s:s, s:s, s:s, s:b}", "filter", "filter:tasks:is_labeled", "operator", "equal", "type", "Boolean", "value",
                     strcmp(state, "done") == 0);
}

/* A filter and its children hold together, whatever stands between the filters. */
static void child_append(json_t *item, json_t *child)
{
    json_t *next;

    while (json_is_object(next = json_object_get(item, "child_filter")))
        item = next;
    json_object_set_new(item, "child_filter", json_deep_copy(child));
}

/* Beside filters that hold all, one more; into each of those of which one is enough. */
static void item_add(json_t *filters, json_t *item)
{
    json_t *items = json_object_get(filters, "items"), *one;
    const char *conjunction = json_string_value(json_object_get(filters, "conjunction"));
    size_t i;

    if (conjunction && strcmp(conjunction, "or") == 0 && json_array_size(items) > 0)
        json_array_foreach(items, i, one)
            child_append(one, item);
    else
        json_array_append(items, item);
    json_decref(item);
}

static json_t *filters_json(const struct dm_state *s)
{
    json_t *filters = json_deep_copy(s->filters);

    if (!s->q && !s->state)
        return filters;
    if (!json_is_array(json_object_get(filters, "items"))) {
        json_decref(filters);
        filters = json_pack("{s:s, s:[]}", "conjunction", "and", "items");
    }
    if (s->state)
        item_add(filters, state_item(s->state));
    if (s->q)
        item_add(filters, search_item(s->q));
    return filters;
}

json_t *dm_state_question(struct arena *a, const struct dm_state *s)
{
    json_t *json = json_object(), *filters = filters_json(s);

    arena_defer(a, release, json);
    if (filters)
        json_object_set_new(json, "filters", filters);
    if (s->selected)
        json_object_set(json, "selectedItems", s->selected);
    if (s->ordering) {
        bool down = s->ordering[0] == '-';
        const char *name = arena_printf(a, "tasks:%s", s->ordering + down);
        json_object_set_new(json, "ordering", json_pack("[s+]", down ? "-" : "", name));
        json_object_set_new(json, "columnsDisplayType", json_pack("{s:s}", name, s->as_number ? "Number" : "String"));
    }
    return json;
}

bool dm_state_filters(const struct dm_state *s)
{
    return s->q || s->state || s->selected || json_array_size(json_object_get(s->filters, "items")) > 0;
}

bool dm_state_changed(const struct dm_state *s)
{
    return s->tab && (s->given || s->q || s->state);
}
