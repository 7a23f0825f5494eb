/* Forms made from tables. */
#include "page/fields.h"

#include <string.h>

#include "base/text.h"
#include "core/setting.h"

enum { TREE_DEPTH = 60 };

const char *page_sent(const struct rq *rq, const char *name)
{
    const char *text = rq_form(rq, name);

    return text ? text : "";
}

bool page_is_typed(struct arena *a, const char *typed, const char *name)
{
    return strcmp(text_trim(a, typed, strlen(typed)), text_trim(a, name, strlen(name))) == 0;
}

int64_t page_sent_id(const struct rq *rq, const char *name)
{
    int64_t id;

    return int_parse(page_sent(rq, name), 1, INT32_MAX, &id) ? id : 0;
}

err *page_tree(struct arena *a, const struct strbuf *text, json_t **out)
{
    TRY(strbuf_check(text));
    return jin_parse(a, (struct span){text->buf, text->len}, TREE_DEPTH, out);
}

err *page_body(struct arena *a, const struct jin_spec *spec, const struct strbuf *text, struct jin *in)
{
    TRY(strbuf_check(text));
    return jin_read(a, spec, (struct span){text->buf, text->len}, true, TREE_DEPTH, in);
}

/* ---- showing ---- */

static const char *input_type(enum field_kind kind)
{
    static const char *const types[] = {
        [FIELD_TEXT] = "text", [FIELD_NUMBER] = "number", [FIELD_SECRET] = "password", [FIELD_COLOR] = "color", [FIELD_URL] = "url",
    };

    return types[kind];
}

static const char *text_of(struct arena *a, const json_t *v)
{
    if (json_is_string(v))
        return json_string_value(v);
    if (json_is_integer(v))
        return arena_printf(a, "%lld", (long long)json_integer_value(v));
    return json_is_real(v) ? arena_printf(a, "%g", json_real_value(v)) : "";
}

/* Of these fields? A page may have several forms. Boxes that are not ticked are not sent, so they follow the others, and fields that are all
 * boxes follow the form. */
static bool is_sent(const struct rq *rq, const struct form_field *fields)
{
    bool boxes = true;

    if (rq->method != M_POST)
        return false;
    for (const struct form_field *f = fields; f->label; f++) {
        if (f->kind == FIELD_CHECK)
            continue;
        if (rq_form(rq, f->name))
            return true;
        boxes = false;
    }
    return boxes;
}

static json_t *options(const struct form_field *f, const char *value)
{
    json_t *list = json_array();

    for (const struct field_choice *c = f->choices; c && c->value; c++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "value", c->value, "text", c->text, "selected", strcmp(c->value, value) == 0));
    return list;
}

static void set_limits(struct arena *a, json_t *o, const struct form_field *f)
{
    bool number = f->kind == FIELD_NUMBER;

    page_set_text(o, "min", number ? arena_printf(a, "%lld", (long long)f->min) : NULL);
    page_set_text(o, "max", number && f->max ? arena_printf(a, "%lld", (long long)f->max) : NULL);
    page_set_text(o, "least", !number && f->min ? arena_printf(a, "%lld", (long long)f->min) : NULL);
    page_set_text(o, "most", !number && f->max ? arena_printf(a, "%lld", (long long)f->max) : NULL);
}

static json_t *field_object(struct rq *rq, const struct form_field *f, bool sent, const json_t *stored)
{
    const char *value = sent ? page_sent(rq, f->name) : text_of(rq->a, stored);
    json_t *o = json_object();

    page_set_text(o, "name", f->name);
    page_set_text(o, "label", f->label);
    page_set_text(o, "help", f->help);
    page_set_text(o, "error", NULL);
    page_set_bool(o, "is_area", f->kind == FIELD_AREA);
    page_set_bool(o, "is_check", f->kind == FIELD_CHECK);
    page_set_bool(o, "is_select", f->kind == FIELD_SELECT);
    page_set_text(o, "type", input_type(f->kind));
    page_set_text(o, "size", f->kind == FIELD_NUMBER || f->kind == FIELD_COLOR ? "short" : f->kind == FIELD_SECRET ? "medium" : "");
    page_set_bool(o, "required", f->required);
    page_set_bool(o, "optional", !f->required && (f->kind == FIELD_TEXT || f->kind == FIELD_AREA || f->kind == FIELD_URL));
    page_set_bool(o, "described", f->help != NULL);
    page_set_bool(o, "removable", f->removable);
    page_set_bool(o, "checked", sent ? rq_form(rq, f->name) != NULL : json_is_true(stored));
    page_set_text(o, "value", f->kind == FIELD_SECRET ? "" : value);
    json_object_set_new(o, "options", options(f, value));
    set_limits(rq->a, o, f);
    return o;
}

json_t *fields_group(struct rq *rq, const char *title, const struct form_field *fields, const json_t *values)
{
    json_t *group = json_object(), *list = json_array();
    bool sent = is_sent(rq, fields);

    for (const struct form_field *f = fields; f->label; f++)
        json_array_append_new(list, field_object(rq, f, sent, json_object_get(values, f->name)));
    page_set_text(group, "title", title);
    json_object_set_new(group, "fields", list);
    return group;
}

static json_t *field_named(json_t *group, const char *name)
{
    json_t *o;
    size_t i;

    json_array_foreach(json_object_get(group, "fields"), i, o)
        if (strcmp(json_string_value(json_object_get(o, "name")), name) == 0)
            return o;
    return NULL;
}

void choices_select(json_t *choices, const char *value)
{
    json_t *c;
    size_t i;

    json_array_foreach(choices, i, c)
        page_set_bool(c, "selected", strcmp(json_string_value(json_object_get(c, "value")), value) == 0);
}

void fields_choices(json_t *group, const char *name, json_t *choices)
{
    json_t *o = field_named(group, name);

    choices_select(choices, json_string_value(json_object_get(o, "value")));
    json_object_set_new(o, "options", choices);
}

static void group_errors(json_t *groups, const json_t *errors)
{
    json_t *group, *o;
    size_t i, k;

    json_array_foreach(groups, i, group)
    {
        json_array_foreach(json_object_get(group, "fields"), k, o)
        {
            json_t *said = json_object_get(errors, json_string_value(json_object_get(o, "name")));

            if (!said)
                continue;
            json_object_set(o, "error", said);
            page_set_bool(o, "described", true);
        }
    }
}

void fields_errors(json_t *ctx)
{
    const json_t *errors = json_object_get(ctx, "errors");

    group_errors(json_object_get(ctx, "groups"), errors);
    group_errors(json_object_get(json_object_get(ctx, "edit"), "groups"), errors);
}

json_t *page_saved(struct arena *a, const struct setting_last *last)
{
    return json_pack("{s:s, s:s, s:s?}", "iso", last->at, "text", arena_printf(a, "%.10s %.5s", last->at, last->at + 11), "by", last->by);
}

/* ---- reading ---- */

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

static void field_write(struct rq *rq, struct jw *w, const struct form_field *f)
{
    const char *sent = rq_form(rq, f->name);

    if (f->kind == FIELD_CHECK)
        jw_kbool(w, f->name, sent != NULL);
    else if (f->removable && !*page_sent(rq, f->name) && rq_form(rq, arena_printf(rq->a, "remove_%s", f->name)))
        jw_knull(w, f->name);
    else if (!sent || (f->kind == FIELD_SECRET && !*sent))
        return;
    else if (f->kind == FIELD_NUMBER && is_blank(sent) && !f->required)
        return;
    else
        jw_kstr(w, f->name, sent);
}

void fields_write(struct rq *rq, struct jw *w, const struct form_field *fields)
{
    for (const struct form_field *f = fields; f->label; f++)
        field_write(rq, w, f);
}

static bool is_changed(struct rq *rq, const struct form_field *f, const json_t *stored)
{
    const char *sent = rq_form(rq, f->name);

    return f->kind == FIELD_CHECK ? (sent != NULL) != json_is_true(stored) : sent && strcmp(sent, text_of(rq->a, stored)) != 0;
}

void fields_write_changed(struct rq *rq, struct jw *w, const struct form_field *fields, const json_t *values)
{
    for (const struct form_field *f = fields; f->label; f++)
        if (is_changed(rq, f, json_object_get(values, f->name)))
            field_write(rq, w, f);
}
