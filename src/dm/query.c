/* Reading a query: JSON as clients send it becomes terms, an order and a selection. Nothing here is SQL; that is compile.c. */
#include "dm/query.h"

#include <string.h>

#include "base/text.h"
#include "dm/value.h"
#include "json/jin.h"
#include "json/verr.h"

enum { FILTERS_MOST = 100, SELECTED_MOST = 10000000 };

#define PREFIX "filter:tasks:"

struct reader {
    struct arena *a;
    const json_t *json;
    struct dm_query *q;
};

static err *bad(const struct reader *r, const char *field, const char *text)
{
    return verr_one(r->a, field, "%s", text);
}

/* ---------------------------------------------------------------- operators */

static const struct operator {
    const char *name;
    enum dm_op op;
    bool negated;
} operators[] = {
#define OPERATOR(name, base, negated) {name, DM_OP_##base, negated},
#define BASE(base, classes)
#include "dm/operators.def"
#undef OPERATOR
#undef BASE
};

#define C(class) (1u << DM_##class)
static const unsigned allowed[] = {
#define OPERATOR(name, base, negated)
#define BASE(base, classes) [DM_OP_##base] = (classes),
#include "dm/operators.def"
#undef OPERATOR
#undef BASE
};
#undef C

static err *operator_read(const struct reader *r, const json_t *item, struct dm_term *t)
{
    const char *name = json_string_value(json_object_get(item, "operator"));
    const struct operator *o = NULL;

    if (!name)
        return bad(r, "filters", "Every filter needs an \"operator\".");
    for (size_t i = 0; i < sizeof operators / sizeof *operators && !o; i++)
        if (strcmp(operators[i].name, name) == 0)
            o = &operators[i];
    if (!o)
        return verr_one(r->a, "filters", "Unknown operator \"%s\".", name);
    t->op = o->op;
    t->negated = o->negated;
    if (t->op == DM_OP_EQUAL && (t->class == DM_USER || t->class == DM_VERSIONS))
        return bad(r, NULL, "Not supported filter type");
    if (!(allowed[t->op] >> t->class & 1))
        return verr_one(r->a, "filters", "Operator \"%s\" is not available for column \"%s\".", name, t->column->name);
    return OK;
}

/* ---------------------------------------------------------------- columns */

static err *column_read(const struct reader *r, const char *field, const char *name, const struct dm_column **column, const char **key)
{
    if (strstr(name, "__") && !text_starts(name, "data."))
        return verr_one(r->a, NULL, "\"__\" is not generally allowed in filters. Consider asking your administrator to add \"%s\" to "
                        "DATA_MANAGER_FILTER_ALLOWLIST, but note that some filter expressions may pose a security risk", name);
    *column = r->q->context->hide_annotators && dm_column_names_annotators(name) ? NULL : dm_column_find(name, key);
    return *column ? OK : verr_one(r->a, field, "Unknown column \"%s\".", name);
}

static err *filter_column_read(const struct reader *r, const json_t *item, struct dm_term *t)
{
    const char *name = json_string_value(json_object_get(item, "filter"));
    const char *type = json_string_value(json_object_get(item, "type"));

    if (!name)
        return bad(r, "filters", "Every filter needs a \"filter\", the name of its column.");
    if (!text_starts(name, PREFIX))
        return verr_one(r->a, "filters", "Filter \"%s\" should start with \"" PREFIX "\"", name);
    TRY(column_read(r, "filters", name + strlen(PREFIX), &t->column, &t->key));
    t->class = t->column->class;
    if (t->class == DM_DATA && type && strcmp(type, "Number") == 0)
        t->class = DM_NUMBER;
    return OK;
}

/* "true" is a text of task data, unless the filter says that it is not. */
static const json_t *value_meant(const struct dm_term *t, const char *type, const json_t *value)
{
    bool flag;

    if (t->class != DM_DATA || strcmp(type, "Boolean") != 0 || !json_is_string(value) || !bool_parse(json_string_value(value), &flag))
        return value;
    return flag ? json_true() : json_false();
}

static err *term_read(const struct reader *r, const json_t *item, struct dm_term *t)
{
    const char *type = json_string_value(json_object_get(item, "type"));
    const json_t *value = json_object_get(item, "value");

    if (!json_is_object(item))
        return bad(r, "filters", "Every filter must be an object.");
    TRY(filter_column_read(r, item, t));
    TRY(operator_read(r, item, t));
    if (!type)
        return bad(r, "filters", "Every filter needs a \"type\".");
    if (!value || json_is_null(value))
        return bad(r, "filters", "Every filter needs a \"value\".");
    r->q->computed |= t->column->computed;
    return dm_value_read(r->a, t, value_meant(t, type, value));
}

/* A filter with its child, and a child of the child, if there is one: clients send one level. */
static err *terms_read(const struct reader *r, const json_t *item, struct dm_term *t)
{
    for (int level = 0;; level++) {
        const json_t *child;
        TRY(term_read(r, item, t));
        child = json_object_get(item, "child_filter");
        if (!child || json_is_null(child))
            return OK;
        if (level == 8)
            return bad(r, "filters", "Filters are nested too deep.");
        t->child = ARENA_NEW(r->a, struct dm_term);
        t = t->child;
        item = child;
    }
}

static err *filters_read(const struct reader *r)
{
    const json_t *filters = json_object_get(r->json, "filters"), *items, *conjunction;

    if (!filters || json_is_null(filters))
        return OK;
    if (!json_is_object(filters))
        return bad(r, "filters", "Expected an object with \"conjunction\" and \"items\".");
    items = json_object_get(filters, "items");
    conjunction = json_object_get(filters, "conjunction");
    if (!items || json_is_null(items) || (json_is_array(items) && json_array_size(items) == 0))
        return OK;
    if (!json_is_array(items) || json_array_size(items) > FILTERS_MOST)
        return bad(r, "filters", json_is_array(items) ? "Too many filters." : "\"items\" must be a list.");
    if (!json_is_string(conjunction) || (strcmp(json_string_value(conjunction), "and") && strcmp(json_string_value(conjunction), "or")))
        return bad(r, "filters", "\"conjunction\" must be \"and\" or \"or\".");
    r->q->any = strcmp(json_string_value(conjunction), "or") == 0;
    r->q->n = json_array_size(items);
    r->q->terms = arena_array(r->a, r->q->n, sizeof *r->q->terms);
    for (size_t i = 0; i < r->q->n; i++)
        TRY(terms_read(r, json_array_get(items, i), &r->q->terms[i]));
    return OK;
}

/* ---------------------------------------------------------------- order */

/* Is a data column shown as a number, so that it is put in order as one? */
static bool shown_as_number(const struct reader *r, const char *key)
{
    const json_t *types = json_object_get(r->json, "columnsDisplayType");
    const char *type = json_string_value(json_object_get(types, arena_printf(r->a, "tasks:data.%s", key)));

    return type && strcmp(type, "Number") == 0;
}

/* Only the first counts. */
static err *ordering_read(const struct reader *r)
{
    const json_t *ordering = json_object_get(r->json, "ordering");
    const char *name;

    if (!ordering || json_is_null(ordering) || (json_is_array(ordering) && json_array_size(ordering) == 0))
        return OK;
    name = json_string_value(json_array_get(ordering, 0));
    if (!name)
        return bad(r, "ordering", "Expected a list of column names.");
    if (*name == '-') {
        r->q->descending = true;
        name++;
    }
    if (text_starts(name, "tasks:"))
        name += strlen("tasks:");
    if (*name == '-' && !r->q->descending) {
        r->q->descending = true;
        name++;
    }
    TRY(column_read(r, "ordering", name, &r->q->order, &r->q->order_key));
    r->q->computed |= r->q->order->computed;
    r->q->order_number = r->q->order_key && shown_as_number(r, r->q->order_key);
    return OK;
}

/* ---------------------------------------------------------------- selection */

static err *ids_read(const struct reader *r, const json_t *list, struct dm_selection *s)
{
    int64_t *ids;

    if (!list || json_is_null(list))
        return OK;
    if (!json_is_array(list) || json_array_size(list) > SELECTED_MOST)
        return bad(r, "selectedItems", "Expected a list of task ids.");
    ids = arena_array(r->a, json_array_size(list), sizeof *ids);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        ids[i] = json_integer_value(v);
        if (!json_is_integer(v) && (!json_is_string(v) || !int_parse(json_string_value(v), 0, INT32_MAX, &ids[i])))
            return bad(r, "selectedItems", "Expected a list of task ids.");
        if (ids[i] < 0 || ids[i] > INT32_MAX)
            ids[i] = 0;      /* the id of no task */
    }
    s->ids = ids;
    s->n = json_array_size(list);
    return OK;
}

/* The object itself, or its JSON in a string. */
static err *selection_read(const struct reader *r)
{
    static const char shape[] = "selectedItems must be dict: {\"all\": [true|false], \"excluded | included\": [...task_ids...]}";
    const json_t *selected = json_object_get(r->json, "selectedItems"), *all;
    struct dm_selection *s = &r->q->selection;

    if (json_is_string(selected)) {
        json_t *inner;
        struct span text = {json_string_value(selected), json_string_length(selected)};
        if (jin_parse(r->a, text, 10, &inner))
            return bad(r, "selectedItems", shape);
        selected = inner;
    }
    if (!selected || json_is_null(selected))
        return OK;
    all = json_object_get(selected, "all");
    s->all = json_is_true(all);
    if (!json_is_object(selected) || !(json_is_boolean(all) || (json_is_string(all) && bool_parse(json_string_value(all), &s->all))))
        return bad(r, "selectedItems", shape);
    s->given = true;
    return ids_read(r, json_object_get(selected, s->all ? "excluded" : "included"), s);
}

/* ---------------------------------------------------------------- what the answer shows */

static bool lists(const json_t *names, const char *name)
{
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *one = json_string_value(json_array_get(names, i));
        if (one && text_starts(one, "tasks:") && strcmp(one + strlen("tasks:"), name) == 0)
            return true;
    }
    return false;
}

/* A client that says what it hides sees every other column: those that are hidden in both of its lists are left out. */
static void visible_read(const struct reader *r)
{
    const json_t *hidden = json_object_get(r->json, "hiddenColumns");
    const char *key;

    if (!json_is_object(hidden))
        return;
    for (size_t i = 0; i < dm_listed_n; i++) {
        const char *name = dm_listed[i].name;
        if (!lists(json_object_get(hidden, "explore"), name) || !lists(json_object_get(hidden, "labeling"), name))
            r->q->computed |= dm_column_find(name, &key)->computed;
    }
}

err *dm_compile(struct arena *a, const struct dm_context *c, const json_t *json, struct dm_query *out)
{
    struct reader r = {a, json, out};

    *out = (struct dm_query){.context = c};
    if (!json || json_is_null(json))
        return OK;
    if (!json_is_object(json))
        return verr_one(a, "query", "Expected a JSON object.");
    TRY(filters_read(&r));
    TRY(ordering_read(&r));
    TRY(selection_read(&r));
    visible_read(&r);
    return OK;
}

bool dm_selects_nothing(const struct dm_query *q)
{
    return q->selection.given && !q->selection.all && q->selection.n == 0;
}

bool dm_by_id(const struct dm_query *q)
{
    return !q->order || strcmp(q->order->name, "id") == 0 || strcmp(q->order->name, "inner_id") == 0;
}

static bool is_plain(const struct dm_column *c)
{
    return c->sql && text_starts(c->sql, "t.") && c->class != DM_WHOLE;
}

bool dm_filters_plain(const struct dm_query *q)
{
    for (size_t i = 0; i < q->n; i++)
        for (const struct dm_term *t = &q->terms[i]; t; t = t->child)
            if (!is_plain(t->column))
                return false;
    return q->context->own == 0 && q->selection.n == 0;
}

/* Those who annotated a task are in its row, too; of those annotators see themselves only. */
bool dm_orders_by_kept_people(const struct dm_query *q)
{
    return q->order && q->order->relation == DM_ANNOTATION && q->order->class == DM_USER && q->context->own == 0;
}

bool dm_orders_plain(const struct dm_query *q)
{
    return !q->order || q->order_key || is_plain(q->order) || dm_orders_by_kept_people(q);
}

bool dm_in_list_order(const struct dm_query *q)
{
    return !q->descending && dm_by_id(q);
}

bool dm_plain(const struct dm_query *q)
{
    return q->n == 0 && q->selection.n == 0 && dm_in_list_order(q);
}
