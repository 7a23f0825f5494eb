/* Lines of a filter: address → lines → JSON of the API and back. A value goes into the address as a text where reading it back means
 * the same to the Data Manager, else as JSON: so nothing that clients stored is lost by being shown. */
#include "page/dm_lines.h"

#include <string.h>

#include "base/text.h"
#include "dm/value.h"

enum {
    LINES_MOST = 101,      /* one more than a query may have: it is then refused, and no line goes unseen */
    NUMBER_MOST = 9999,
    QUERY_MOST = 1 << 20,
    DEPTH_MOST = 60,
    LONG_VALUE = 1000      /* bytes; web servers take addresses of 8 kB */
};

#define PREFIX "filter:tasks:"

/* ---------------------------------------------------------------- what a line is about */

static bool is(const char *text, const char *one, const char *other)
{
    return strcmp(text, one) == 0 || strcmp(text, other) == 0;
}

bool dm_op_lists(const char *op)
{
    return is(op, "in_list", "not_in_list");
}

bool dm_op_spans(const char *op)
{
    return is(op, "in", "not_in");
}

const char *dm_column_type(const char *column)
{
    const char *key;
    const struct dm_column *c = dm_column_find(column, &key);

    switch (c ? c->class : DM_TEXT) {
    case DM_INT:
    case DM_FLOAT:
        return "Number";
    case DM_TIME:
        return "Datetime";
    case DM_BOOL:
        return "Boolean";
    case DM_USER:
    case DM_VERSIONS:
        return "List";
    default:
        return "String";
    }
}

enum dm_class dm_line_class(const struct dm_line *line)
{
    const char *key;
    const struct dm_column *c = dm_column_find(line->column, &key);

    if (!c)
        return DM_TEXT;
    return c->class == DM_DATA && strcmp(line->type, "Number") == 0 ? DM_NUMBER : c->class;
}

static bool is_text_always(const struct dm_line *line)
{
    return strcmp(line->op, "regex") == 0 || (dm_line_class(line) == DM_RESULT && strstr(line->op, "equal"));
}

static bool has_versions(const struct dm_line *line)
{
    return dm_line_class(line) == DM_VERSIONS && is(line->op, "contains", "not_contains");
}

static bool is_flag(const struct dm_line *line)
{
    return line->n_v == 1 && is(line->v[0], "true", "false");
}

bool dm_line_complete(const struct dm_line *line)
{
    if (!*line->column || !*line->op)
        return false;
    if (line->json)
        return true;
    if (dm_op_spans(line->op))
        return line->n_v > 0 && *line->v[0] && line->w && *line->w;
    for (size_t i = 0; i < line->n_v; i++)
        if (line->v[i][strspn(line->v[i], "\r\n")])
            return true;
    return false;
}

const struct dm_line *dm_lines_find(const struct dm_lines *l, int number)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->line[i].number == number)
            return &l->line[i];
    return NULL;
}

/* ---------------------------------------------------------------- text → JSON */

static json_t *number_json(struct arena *a, const char *text)
{
    int64_t n;

    if (int_parse(text, INT64_MIN, INT64_MAX, &n) && strcmp(arena_printf(a, "%lld", (long long)n), text) == 0)
        return json_integer(n);
    return json_string(text);
}

static json_t *scalar_json(struct arena *a, const struct dm_line *line, const char *text)
{
    enum dm_class class = dm_line_class(line);

    if (is_text_always(line))
        return json_string(text);
    if (strcmp(line->type, "Number") == 0 || class == DM_INT || class == DM_FLOAT || class == DM_USER)
        return number_json(a, text);
    if ((strcmp(line->type, "Boolean") == 0 || class == DM_BOOL) && is(text, "true", "false"))
        return json_boolean(strcmp(text, "true") == 0);
    return json_string(text);
}

/* Each value, and each line of one; what is empty is none. */
static json_t *list_json(struct arena *a, const struct dm_line *line)
{
    json_t *list = json_array();

    for (size_t i = 0; i < line->n_v; i++) {
        const char *p = line->v[i] + strspn(line->v[i], "\r\n");
        while (*p) {
            size_t len = strcspn(p, "\r\n");
            json_array_append_new(list, scalar_json(a, line, arena_strndup(a, p, len)));
            p += len + strspn(p + len, "\r\n");
        }
    }
    return list;
}

static json_t *versions_json(const struct dm_line *line)
{
    json_t *list = json_array();

    for (size_t i = 0; i < line->n_v; i++)
        if (*line->v[i])
            json_array_append_new(list, json_string(line->v[i]));
    return list;
}

static void release(void *json)
{
    json_decref(json);
}

static json_t *source_json(struct arena *a, const char *text)
{
    json_t *json;

    return jin_parse(a, (struct span){text, strlen(text)}, DEPTH_MOST, &json) ? json_null() : json_incref(json);
}

static json_t *value_json(struct arena *a, const struct dm_line *line)
{
    json_t *span;

    if (line->json)
        return source_json(a, line->json);
    if (dm_op_lists(line->op))
        return list_json(a, line);
    if (has_versions(line))
        return versions_json(line);
    if (line->n_v == 0)
        return json_null();
    if (strcmp(line->op, "empty") == 0 && is_flag(line))
        return json_boolean(strcmp(line->v[0], "true") == 0);
    if (!dm_op_spans(line->op))
        return scalar_json(a, line, line->v[0]);
    span = json_object();
    json_object_set_new(span, "min", scalar_json(a, line, line->v[0]));
    json_object_set_new(span, "max", scalar_json(a, line, line->w ? line->w : ""));
    return span;
}

json_t *dm_line_json(struct arena *a, const struct dm_line *line)
{
    json_t *item = json_object();

    json_object_set_new(item, "filter", json_string(arena_printf(a, PREFIX "%s", line->column)));
    json_object_set_new(item, "operator", json_string(line->op));
    json_object_set_new(item, "type", json_string(line->type));
    json_object_set_new(item, "value", value_json(a, line));
    return item;
}

/* The children of a line one within the other, in their order: together they speak of the same row. */
static json_t *item_json(struct arena *a, const struct dm_lines *l, const struct dm_line *line)
{
    json_t *item = dm_line_json(a, line), *last = item;

    for (size_t i = 0; i < l->n; i++) {
        json_t *child;
        if (l->line[i].parent != line->number || !dm_line_complete(&l->line[i]))
            continue;
        child = dm_line_json(a, &l->line[i]);
        json_object_set_new(last, "child_filter", child);
        last = child;
    }
    return item;
}

json_t *dm_lines_json(struct arena *a, const struct dm_lines *l)
{
    json_t *items = json_array(), *filters;

    for (size_t i = 0; i < l->n; i++)
        if (l->line[i].parent == 0 && dm_line_complete(&l->line[i]))
            json_array_append_new(items, item_json(a, l, &l->line[i]));
    if (json_array_size(items) == 0) {
        json_decref(items);
        return NULL;
    }
    filters = json_object();
    json_object_set_new(filters, "conjunction", json_string(l->any ? "or" : "and"));
    json_object_set_new(filters, "items", items);
    arena_defer(a, release, filters);
    return filters;
}

/* ---------------------------------------------------------------- the address → lines */

/* "v12" → 'v' and 12; 0 for what is no part of a line. */
static char part_of(const char *name, int *number)
{
    int64_t n;

    if (!*name || !strchr("fovwtpjk", *name) || name[1] == '+' || !int_parse(name + 1, 1, NUMBER_MOST, &n))
        return 0;
    *number = (int)n;
    return *name;
}

bool dm_lines_name(const char *parameter)
{
    int number;

    return is(parameter, "match", "filter") || strcmp(parameter, "drop") == 0 || part_of(parameter, &number);
}

static struct dm_line *line_at(struct dm_lines *l, int number)
{
    size_t i = 0;

    while (i < l->n && l->line[i].number < number)
        i++;
    if (i < l->n && l->line[i].number == number)
        return &l->line[i];
    if (l->n == LINES_MOST)
        return NULL;
    memmove(&l->line[i + 1], &l->line[i], (l->n - i) * sizeof *l->line);
    l->n++;
    l->line[i] = (struct dm_line){.number = number, .column = "", .op = "", .type = ""};
    return &l->line[i];
}

static void value_add(struct arena *a, struct dm_line *line, const char *text)
{
    const char **v = arena_array(a, line->n_v + 1, sizeof *v);

    if (line->n_v)
        memcpy(v, line->v, line->n_v * sizeof *v);
    v[line->n_v++] = text;
    line->v = v;
}

static void part_take(struct arena *a, struct dm_line *line, char part, const char *value)
{
    int64_t parent;    /* or the line that is kept */

    switch (part) {
    case 'f':
        line->column = value;
        break;
    case 'o':
        line->op = value;
        break;
    case 't':
        line->type = value;
        break;
    case 'v':
        value_add(a, line, value);
        break;
    case 'w':
        line->w = value;
        break;
    case 'j':
        line->json = *value ? value : NULL;
        break;
    case 'k':
        line->kept = int_parse(value, 1, NUMBER_MOST, &parent) ? (int)parent : 0;
        break;
    default:
        line->parent = int_parse(value, 1, NUMBER_MOST, &parent) ? (int)parent : 0;
    }
}

static void value_set(struct arena *a, struct dm_line *line, const char *text)
{
    line->n_v = 0;
    value_add(a, line, text);
}

/* The forms have words of their own: "Number.less" asks task data as numbers, "not_empty" is empty with false, "label" a text of results
 * that is a whole one. */
static void words_settle(struct arena *a, struct dm_line *line)
{
    const char *dot = strchr(line->op, '.');

    if (dot) {
        line->type = arena_strndup(a, line->op, (size_t)(dot - line->op));
        line->op = dot + 1;
    }
    if (is(line->op, "label", "not_label") && line->n_v && *line->v[0]) {
        struct strbuf b;
        strbuf_init(&b, a, QUERY_MOST);
        json_quote(&b, line->v[0], strlen(line->v[0]));
        value_set(a, line, b.buf);
        line->op = *line->op == 'l' ? "contains" : "not_contains";
    }
    if (is(line->op, "empty", "not_empty") && !line->json) {
        bool no = *line->op == 'n' || (line->n_v && strcmp(line->v[0], "false") == 0);
        value_set(a, line, no ? "false" : "true");
        line->op = "empty";
    }
    if (!*line->type)
        line->type = dm_column_type(line->column);
}

/* Children are of a line of their own filter that comes before them, and has no parent itself: they may stand deeper in the address. */
static void parents_settle(struct dm_lines *l)
{
    for (size_t i = 0; i < l->n; i++) {
        struct dm_line *line = &l->line[i];
        const struct dm_line *parent = line->parent && line->parent < line->number ? dm_lines_find(l, line->parent) : NULL;
        line->parent = !parent ? 0 : parent->parent ? parent->parent : parent->number;
    }
}

void dm_lines_read(struct arena *a, const struct rq_pair *query, size_t n, struct dm_lines *out)
{
    int64_t drop = 0;

    *out = (struct dm_lines){.line = arena_array(a, LINES_MOST, sizeof *out->line)};
    for (size_t i = 0; i < n; i++) {
        int number;
        char part = part_of(query[i].name, &number);
        struct dm_line *line = part ? line_at(out, number) : NULL;
        if (line)
            part_take(a, line, part, query[i].value);
        else if (strcmp(query[i].name, "match") == 0)
            out->any = strcmp(query[i].value, "or") == 0;
        else if (strcmp(query[i].name, "drop") == 0 && !int_parse(query[i].value, 1, NUMBER_MOST, &drop))
            drop = 0;
    }
    for (size_t i = 0; i < out->n; i++)
        words_settle(a, &out->line[i]);
    parents_settle(out);
    if (drop)
        *out = dm_lines_without(a, out, (int)drop);
}

void dm_lines_keep(struct dm_lines *l, const struct dm_lines *tab)
{
    for (size_t i = 0; i < l->n; i++) {
        struct dm_line *line = &l->line[i], was = *line;
        const struct dm_line *kept = was.kept ? dm_lines_find(tab, was.kept) : NULL;
        if (!was.kept)
            continue;
        *line = kept ? *kept : (struct dm_line){.column = "?", .op = "equal", .type = "String", .json = "null"};
        line->number = was.number;
        line->parent = was.parent;
        line->kept = was.kept;
    }
}

struct dm_lines dm_lines_without(struct arena *a, const struct dm_lines *l, int number)
{
    struct dm_lines out = {.any = l->any, .line = arena_array(a, l->n + 1, sizeof *out.line)};

    for (size_t i = 0; i < l->n; i++)
        if (l->line[i].number != number && l->line[i].parent != number)
            out.line[out.n++] = l->line[i];
    return out;
}

/* ---------------------------------------------------------------- JSON → lines */

/* Do two values mean the same to dm_value_read? Task data tells 5 from "5", most columns do not. */
static bool is_same(struct arena *a, const struct dm_line *line, const json_t *x, const json_t *y)
{
    const char *one, *other;

    if (json_equal(x, y))
        return true;
    if (strcmp(line->op, "empty") == 0 || is_text_always(line) || dm_line_class(line) == DM_DATA || dm_line_class(line) == DM_TIME)
        return false;
    one = dm_value_text(a, x);
    other = dm_value_text(a, y);
    return one && other && strcmp(one, other) == 0;
}

static bool are_same(struct arena *a, const struct dm_line *line, const json_t *x, const json_t *y)
{
    if (json_is_object(x) && json_is_object(y))
        return is_same(a, line, json_object_get(x, "min"), json_object_get(y, "min")) &&
               is_same(a, line, json_object_get(x, "max"), json_object_get(y, "max"));
    if (!json_is_array(x) || !json_is_array(y) || json_array_size(x) != json_array_size(y))
        return is_same(a, line, x, y);
    for (size_t i = 0; i < json_array_size(x); i++)
        if (!is_same(a, line, json_array_get(x, i), json_array_get(y, i)))
            return false;
    return true;
}

static void texts_take(struct arena *a, struct dm_line *line, const json_t *value)
{
    if (json_is_object(value)) {
        line->w = dm_value_text(a, json_object_get(value, "max"));
        value = json_object_get(value, "min");
    }
    if (!json_is_array(value) && dm_value_text(a, value))
        value_set(a, line, dm_value_text(a, value));
    for (size_t i = 0; i < json_array_size(value); i++)
        if (dm_value_text(a, json_array_get(value, i)))
            value_add(a, line, dm_value_text(a, json_array_get(value, i)));
}

static const char *source(struct arena *a, const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    const char *copy = arena_strdup(a, text ? text : "null");

    free(text);
    return copy;
}

/* As texts where those say the same, else as JSON. A single version may have come as a text, and is a list of one here. */
static void value_take(struct arena *a, struct dm_line *line, const json_t *value)
{
    json_t *back;
    bool same;

    texts_take(a, line, value);
    if (line->n_v == 1 && has_versions(line) && json_is_string(value) && *line->v[0])
        return;
    back = value_json(a, line);
    same = value && dm_line_complete(line) && are_same(a, line, value, back) && (strcmp(line->op, "empty") != 0 || is_flag(line));
    json_decref(back);
    if (same)
        return;
    line->n_v = 0;
    line->w = NULL;
    line->json = source(a, value);
}

static const char *member(const json_t *item, const char *name)
{
    const char *text = json_string_value(json_object_get(item, name));

    return text ? text : "";
}

static void item_take(struct arena *a, struct dm_lines *l, const json_t *item, int parent)
{
    struct dm_line *line = json_is_object(item) && l->n < LINES_MOST ? line_at(l, (int)l->n + 1) : NULL;
    const char *name = member(item, "filter");

    if (!line)
        return;
    line->parent = parent;
    line->kept = line->number;
    line->column = text_starts(name, PREFIX) ? name + strlen(PREFIX) : name;
    line->op = member(item, "operator");
    line->type = *member(item, "type") ? member(item, "type") : dm_column_type(line->column);
    value_take(a, line, json_object_get(item, "value"));
    item_take(a, l, json_object_get(item, "child_filter"), parent ? parent : line->number);
}

void dm_lines_of_json(struct arena *a, const json_t *filters, struct dm_lines *out)
{
    const char *conjunction = member(filters, "conjunction");
    const json_t *items = json_object_get(filters, "items");

    *out = (struct dm_lines){.any = strcmp(conjunction, "or") == 0, .line = arena_array(a, LINES_MOST, sizeof *out->line)};
    for (size_t i = 0; i < json_array_size(items); i++)
        item_take(a, out, json_array_get(items, i), 0);
}

/* ---------------------------------------------------------------- lines → the address */

static void put(struct strbuf *b, char part, int number, const char *value)
{
    strbuf_printf(b, "%s%c%d=%s", b->len ? "&" : "", part, number, url_encode(b->a, value));
}

bool dm_line_long(const struct dm_line *line)
{
    size_t len = line->json ? strlen(line->json) : 0;

    for (size_t i = 0; i < line->n_v && !line->json; i++)
        len += strlen(line->v[i]);
    return line->kept && len > LONG_VALUE;
}

static void line_put(struct strbuf *b, const struct dm_line *line)
{
    if (dm_line_long(line)) {
        strbuf_printf(b, "%sk%d=%d", b->len ? "&" : "", line->number, line->kept);
        if (line->parent)
            strbuf_printf(b, "&p%d=%d", line->number, line->parent);
        return;
    }
    put(b, 'f', line->number, line->column);
    put(b, 'o', line->number, line->op);
    if (strcmp(line->type, dm_column_type(line->column)) != 0)
        put(b, 't', line->number, line->type);
    for (size_t i = 0; i < line->n_v && !line->json; i++)
        put(b, 'v', line->number, line->v[i]);
    if (line->w && !line->json)
        put(b, 'w', line->number, line->w);
    if (line->json)
        put(b, 'j', line->number, line->json);
    if (line->parent)
        strbuf_printf(b, "&p%d=%d", line->number, line->parent);
}

const char *dm_lines_query(struct arena *a, const struct dm_lines *l)
{
    struct strbuf b;

    strbuf_init(&b, a, QUERY_MOST);
    for (size_t i = 0; i < l->n; i++)
        if (dm_line_complete(&l->line[i]))
            line_put(&b, &l->line[i]);
    if (b.len == 0)
        return "filter=none";
    return l->any ? arena_printf(a, "match=or&%s", b.buf) : b.buf;
}
