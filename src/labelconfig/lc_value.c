/* Does a result value have the shape its tag demands? The shapes are lc_tags.def's field lists;
 * numbers are read as leniently as the reference reads them (a numeric text is a number, 3.0 is an
 * integer), upper bounds hold, lower ones mostly do not. */
#include "labelconfig/lc_priv.h"

#include <math.h>

typedef bool fits(json_t *v);

static bool text_number(const char *s, double *out)
{
    char *end;

    if (strpbrk(s, "xXpP(")) /* strtod also reads hexadecimal */
        return false;
    *out = strtod(s, &end);
    return end != s && end[strspn(end, " \t\r\n")] == '\0';
}

bool lc_value_number(json_t *v, double *out)
{
    if (json_is_boolean(v)) {
        *out = json_is_true(v);
        return true;
    }
    if (json_is_string(v))
        return text_number(json_string_value(v), out);
    *out = json_number_value(v);
    return json_is_number(v);
}

static bool is_num(json_t *v)
{
    double d;

    return lc_value_number(v, &d);
}

static bool at_most(json_t *v, double most)
{
    double d;

    return lc_value_number(v, &d) && d <= most;
}

static bool is_pct(json_t *v)
{
    return at_most(v, 100);
}

static bool is_half(json_t *v)
{
    return at_most(v, 50);
}

static bool is_rot(json_t *v)
{
    return at_most(v, 360);
}

static bool is_int(json_t *v)
{
    double d;

    return lc_value_number(v, &d) && isfinite(d) && floor(d) == d;
}

static bool is_index(json_t *v)
{
    double d = -1;

    return is_int(v) && lc_value_number(v, &d) && d >= 0;
}

static bool is_text(json_t *v)
{
    return json_is_string(v);
}

static bool is_bool(json_t *v)
{
    static const char *const words[] = {"true", "false", "1", "0", "yes", "no",
                                        "on",   "off",   "t", "f", "y",   "n"};

    if (json_is_boolean(v))
        return true;
    if (json_is_number(v))
        return json_number_value(v) == 0 || json_number_value(v) == 1;
    for (size_t i = 0; json_is_string(v) && i < sizeof words / sizeof *words; i++)
        if (lc_ascii_same(json_string_value(v), words[i]))
            return true;
    return false;
}

static bool is_pos(json_t *v)
{
    return json_is_string(v) || json_is_number(v) || json_is_boolean(v);
}

static bool each(json_t *list, fits *element)
{
    size_t i;
    json_t *v;

    if (!json_is_array(list))
        return false;
    json_array_foreach(list, i, v)
        if (!element(v))
            return false;
    return true;
}

static bool is_texts(json_t *v)
{
    return each(v, is_text);
}

static bool is_paths(json_t *v)
{
    return each(v, is_texts);
}

static bool is_byte(json_t *v)
{
    double d = -1;

    return is_int(v) && lc_value_number(v, &d) && d >= 0 && d <= 255;
}

static bool is_rle(json_t *v)
{
    return json_array_size(v) > 0 && each(v, is_byte);
}

static bool is_point(json_t *v)
{
    return json_array_size(v) == 2 && each(v, is_pct);
}

static bool is_points(json_t *v)
{
    return each(v, is_point);
}

static bool is_vertex(json_t *v)
{
    return lc_value_fits("x:num y:num id:text? isBezier:bool? prevPointId:text?", v);
}

static bool is_vertices(json_t *v)
{
    return each(v, is_vertex);
}

static bool is_box(json_t *v)
{
    return lc_value_fits("x:pct y:pct time:num frame:int width:pct height:pct rotation:num?", v);
}

static bool is_boxes(json_t *v)
{
    return each(v, is_box);
}

static bool is_shape(json_t *v)
{
    return lc_value_fits("time:num? frame:int closed:bool? enabled:bool? vertices:vertices", v);
}

static bool is_shapes(json_t *v)
{
    return each(v, is_shape);
}

static bool is_range(json_t *v)
{
    return lc_value_fits("start:num end:num enabled:bool?", v);
}

static bool is_ranges(json_t *v)
{
    return json_array_size(v) > 0 && each(v, is_range);
}

static bool is_message(json_t *v)
{
    return lc_value_fits("role:text content:text createdAt:int?", v);
}

static bool is_object(json_t *v)
{
    return json_is_object(v);
}

static bool is_buckets(json_t *v)
{
    const char *key;
    json_t *ids;

    json_object_foreach(v, key, ids)
        if (!is_texts(ids))
            return false;
    return json_is_object(v);
}

static const struct {
    const char *name;
    fits *fits;
} kinds[] = {
    {"num", is_num},       {"pct", is_pct},           {"half", is_half},
    {"rot", is_rot},       {"int", is_int},           {"index", is_index},
    {"text", is_text},     {"bool", is_bool},         {"pos", is_pos},
    {"texts", is_texts},   {"paths", is_paths},       {"rle", is_rle},
    {"points", is_points}, {"vertices", is_vertices}, {"boxes", is_boxes},
    {"shapes", is_shapes}, {"ranges", is_ranges},     {"message", is_message},
    {"object", is_object}, {"buckets", is_buckets},
};

/* Take the next "name:kind" off the list; '?' = may be absent or null, '!' = may be absent only. */
bool lc_next_field(const char **list, struct lc_field *f)
{
    const char *p = *list + strspn(*list, " ");

    if (!*p)
        return false;
    f->name = p;
    f->name_len = strcspn(p, ":");
    f->kind = p + f->name_len + 1;
    f->kind_len = strcspn(f->kind, " ?!");
    f->may_be_null = f->kind[f->kind_len] == '?';
    f->may_lack = f->may_be_null || f->kind[f->kind_len] == '!';
    *list = f->kind + strcspn(f->kind, " ");
    return true;
}

static bool kind_fits(const struct lc_field *f, json_t *v)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strlen(kinds[i].name) == f->kind_len &&
            strncmp(kinds[i].name, f->kind, f->kind_len) == 0)
            return kinds[i].fits(v);
    return false;
}

bool lc_value_fits(const char *fields, json_t *value)
{
    struct lc_field f;

    if (!json_is_object(value))
        return false;
    while (lc_next_field(&fields, &f)) {
        json_t *v = json_object_getn(value, f.name, f.name_len);

        if (!v && f.may_lack)
            continue;
        if (json_is_null(v) && f.may_be_null)
            continue;
        if (!v || !kind_fits(&f, v))
            return false;
    }
    return true;
}

const char *lc_value_fields(struct arena *a, const char *fields)
{
    const char *names[32];
    struct lc_field f;
    size_t n = 0;

    while (n < 32 && lc_next_field(&fields, &f))
        names[n++] = arena_strndup(a, f.name, f.name_len);
    return lc_python_texts(a, names, n);
}
