/* Values of filters: from JSON to arguments of SQL. What SQL could not cast is refused here, in words. */
#include "dm/value.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "json/jw.h"
#include "json/verr.h"

enum { LIST_MOST = 100000, TEXT_MOST = 1 << 20 };

static err *refuse(struct arena *a, const struct dm_term *t, const char *expected)
{
    return verr_one(a, "filters", "Filter by \"%s%s\": expected %s.", t->key ? "data." : t->column->name, t->key ? t->key : "", expected);
}

/* ---------------------------------------------------------------- scalars as text */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *digits(const char *p)
{
    while (is_digit(*p))
        p++;
    return p;
}

/* A decimal number as SQL reads it: no hexadecimal, no infinity, an exponent of few digits. */
static bool is_number(const char *s)
{
    const char *p = s + (*s == '-' || *s == '+'), *start = p, *end;

    p = digits(p);
    end = p;
    if (*p == '.')
        end = digits(p + 1);
    if (end - start - (*p == '.') < 1)
        return false;
    if (*end == 'e' || *end == 'E') {
        const char *first = end + 1 + (end[1] == '-' || end[1] == '+');
        end = digits(first);
        if (end == first || end - first > 3)
            return false;
    }
    return *end == '\0' && end - start < 400;
}

/* The text of a JSON number: whole ones stay whole, others are the shortest that reads back equal. */
static const char *number_text(struct arena *a, const json_t *v)
{
    struct strbuf b;
    struct jw w;

    if (json_is_integer(v))
        return arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    strbuf_init(&b, a, 64);
    jw_init_strbuf(&w, &b);
    jw_f64(&w, json_real_value(v));
    return b.buf;
}

static const char *as_number(struct arena *a, const json_t *v)
{
    const char *text;

    if (json_is_number(v))
        return number_text(a, v);
    if (!json_is_string(v))
        return NULL;
    text = text_trim(a, json_string_value(v), json_string_length(v));
    return is_number(text) && isfinite(strtod(text, NULL)) ? text : NULL;
}

const char *dm_value_text(struct arena *a, const json_t *v)
{
    if (json_is_string(v))
        return json_string_value(v);
    if (json_is_boolean(v))
        return json_is_true(v) ? "true" : "false";
    return json_is_number(v) ? number_text(a, v) : NULL;
}

static const char *as_json(struct arena *a, const json_t *v)
{
    struct strbuf b;

    if (!json_is_string(v))
        return dm_value_text(a, v);
    strbuf_init(&b, a, SIZE_MAX);
    json_quote(&b, json_string_value(v), json_string_length(v));
    return b.buf;
}

static bool as_bool(const json_t *v, bool *out)
{
    if (json_is_boolean(v)) {
        *out = json_is_true(v);
        return true;
    }
    if (json_is_integer(v) && (json_integer_value(v) == 0 || json_integer_value(v) == 1)) {
        *out = json_integer_value(v) == 1;
        return true;
    }
    return json_is_string(v) && bool_parse(json_string_value(v), out);
}

/* ---------------------------------------------------------------- times */

static bool two_digits(const char **p, int least, int most, int *out)
{
    if (!is_digit((*p)[0]) || !is_digit((*p)[1]))
        return false;
    *out = ((*p)[0] - '0') * 10 + (*p)[1] - '0';
    *p += 2;
    return *out >= least && *out <= most;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0));
}

static bool skip(const char **p, const char *one_of)
{
    if (!**p || !strchr(one_of, **p))
        return false;
    (*p)++;
    return true;
}

static bool date_read(const char **p)
{
    int century, year, month, day;

    return two_digits(p, 0, 99, &century) && two_digits(p, 0, 99, &year) && century * 100 + year > 0 && skip(p, "-") &&
           two_digits(p, 1, 12, &month) && skip(p, "-") && two_digits(p, 1, days_of(century * 100 + year, month), &day);
}

/* hh:mm[:ss[.fraction]] */
static bool clock_read(const char **p)
{
    int n;

    if (!two_digits(p, 0, 23, &n) || !skip(p, ":") || !two_digits(p, 0, 59, &n))
        return false;
    if (skip(p, ":") && !two_digits(p, 0, 59, &n))
        return false;
    if (skip(p, ".")) {
        const char *end = digits(*p);
        if (end == *p)
            return false;
        *p = end;
    }
    return true;
}

static bool zone_read(const char **p)
{
    int n;

    if (!**p || skip(p, "Zz"))
        return true;
    return skip(p, "+-") && two_digits(p, 0, 14, &n) && (skip(p, ":") || **p) && two_digits(p, 0, 59, &n);
}

bool dm_value_is_time(const char *s)
{
    if (!date_read(&s))
        return false;
    if (!*s)
        return true;
    return skip(&s, "T ") && clock_read(&s) && zone_read(&s) && !*s;
}

/* ---------------------------------------------------------------- one value of a class */

static const char *class_expects(enum dm_class c)
{
    switch (c) {
    case DM_INT:
    case DM_FLOAT:
    case DM_NUMBER:
        return "a number";
    case DM_TIME:
        return "a time such as \"2026-01-31T12:00:00.000Z\"";
    case DM_BOOL:
        return "true or false";
    case DM_USER:
        return "the id of a user";
    default:
        return "a text, a number, true or false";
    }
}

static enum dm_cast class_cast(enum dm_class c)
{
    switch (c) {
    case DM_INT:
    case DM_USER:
    case DM_IDS:
        return DM_INT8;
    case DM_FLOAT:
        return DM_FLOAT8;
    case DM_NUMBER:
        return DM_NUMERIC;
    case DM_TIME:
        return DM_TIMESTAMP;
    case DM_BOOL:
        return DM_BOOLEAN;
    case DM_DATA:
    case DM_RESULT:
        return DM_JSONB;
    default:
        return DM_STRING;
    }
}

/* The value's text for SQL, NULL when it is none of the class. */
static const char *scalar(struct arena *a, enum dm_class c, const json_t *v)
{
    const char *text;
    bool flag;

    switch (c) {
    case DM_INT:
    case DM_FLOAT:
    case DM_NUMBER:
        return as_number(a, v);
    case DM_TIME:
        return json_is_string(v) && dm_value_is_time(json_string_value(v)) ? json_string_value(v) : NULL;
    case DM_BOOL:
        return as_bool(v, &flag) ? (flag ? "true" : "false") : NULL;
    case DM_DATA:
        return as_json(a, v);
    default:
        text = dm_value_text(a, v);
        return text && strlen(text) <= TEXT_MOST ? text : NULL;
    }
}

/* Whole numbers compare as such, and go by index; others make the comparison one of doubles. */
static void cast_settle(struct dm_term *t, const char *text)
{
    int64_t n;

    if (t->cast == DM_INT8 && !int_parse(text, INT64_MIN, INT64_MAX, &n))
        t->cast = DM_FLOAT8;
}

static err *one_read(struct arena *a, struct dm_term *t, const json_t *v, struct db_arg *out)
{
    const char *text = scalar(a, t->class, v);

    if (!text)
        return refuse(a, t, class_expects(t->class));
    cast_settle(t, text);
    *out = db_text(text);
    return OK;
}

/* Strings of task data are put in order as text, everything else as JSON. */
static err *ordered_read(struct arena *a, struct dm_term *t, const json_t *v, struct db_arg *out)
{
    if (!t->is_string)
        return one_read(a, t, v, out);
    *out = db_text(json_string_value(v));
    return OK;
}

static err *pair_read(struct arena *a, struct dm_term *t, const json_t *v)
{
    const json_t *least = json_object_get(v, "min"), *most = json_object_get(v, "max");

    if (!least || !most || (t->class == DM_DATA && json_is_string(least) != json_is_string(most)))
        return refuse(a, t, "{\"min\": …, \"max\": …}");
    t->is_string = t->class == DM_DATA && json_is_string(least);
    TRY(ordered_read(a, t, least, &t->value));
    return ordered_read(a, t, most, &t->most);
}

static err *list_read(struct arena *a, struct dm_term *t, const json_t *v)
{
    size_t n = json_array_size(v);
    const char **texts;

    if (!json_is_array(v) || n > LIST_MOST)
        return refuse(a, t, json_is_array(v) ? "a shorter list" : "a list");
    texts = arena_array(a, n, sizeof *texts);
    for (size_t i = 0; i < n; i++) {
        struct db_arg one;
        TRY(one_read(a, t, json_array_get(v, i), &one));
        texts[i] = one.v.t.p;
    }
    t->value = db_texts(a, texts, n);
    return OK;
}

/* ---------------------------------------------------------------- contains */

/* %text% for LIKE, with what LIKE would take for more than itself escaped. */
static const char *like_pattern(struct arena *a, const char *text)
{
    struct strbuf b;

    strbuf_init(&b, a, SIZE_MAX);
    strbuf_putc(&b, '%');
    for (; *text; text++) {
        if (strchr("\\%_", *text))
            strbuf_putc(&b, '\\');
        strbuf_putc(&b, *text);
    }
    strbuf_putc(&b, '%');
    return b.buf;
}

/* "1, 3;4" → {1,3,4}; what is no number is left out. */
static struct db_arg ids_of_text(struct arena *a, const char *text)
{
    int64_t *ids = arena_array(a, strlen(text) + 1, sizeof *ids);
    size_t n = 0;

    while (*text) {
        size_t len = strcspn(text, ",; \t\n");
        if (int_parse(arena_strndup(a, text, len), 0, INT64_MAX, &ids[n]))
            n++;
        text += len;
        text += strspn(text, ",; \t\n");
    }
    return db_i64s(a, ids, n);
}

static err *ids_read(struct arena *a, struct dm_term *t, const json_t *v)
{
    struct strbuf b;

    if (!json_is_array(v)) {
        const char *text = dm_value_text(a, v);
        if (!text)
            return refuse(a, t, "ids of annotations");
        t->value = ids_of_text(a, text);
        return OK;
    }
    strbuf_init(&b, a, TEXT_MOST);
    for (size_t i = 0; i < json_array_size(v); i++) {
        const char *text = dm_value_text(a, json_array_get(v, i));
        strbuf_printf(&b, "%s,", text ? text : "");
    }
    TRY(strbuf_check(&b));
    t->value = ids_of_text(a, b.buf);
    return OK;
}

/* A model version, or a list of which any one may occur. */
static err *versions_read(struct arena *a, struct dm_term *t, const json_t *v)
{
    size_t n = json_is_array(v) ? json_array_size(v) : 1;
    const char **texts = arena_array(a, n, sizeof *texts);

    for (size_t i = 0; i < n; i++) {
        texts[i] = dm_value_text(a, json_is_array(v) ? json_array_get(v, i) : v);
        if (!texts[i])
            return refuse(a, t, "a model version or a list of them");
        texts[i] = like_pattern(a, texts[i]);
    }
    t->flag = n == 0;
    t->value = db_texts(a, texts, n);
    return OK;
}

static err *contains_read(struct arena *a, struct dm_term *t, const json_t *v)
{
    const char *text;

    switch (t->class) {
    case DM_USER:
        text = as_number(a, v);
        if (!text)
            return refuse(a, t, class_expects(DM_USER));
        cast_settle(t, text);
        t->value = db_text(text);
        return OK;
    case DM_IDS:
        return ids_read(a, t, v);
    case DM_VERSIONS:
        return versions_read(a, t, v);
    default:
        t->cast = DM_STRING;
        text = dm_value_text(a, v);
        if (!text || strlen(text) > TEXT_MOST)
            return refuse(a, t, "a text");
        t->value = db_text(t->class == DM_RESULT ? text : like_pattern(a, text));
        return OK;
    }
}

/* ---------------------------------------------------------------- by operator */

static err *regex_read(struct arena *a, struct dm_term *t, const json_t *v)
{
    t->cast = DM_STRING;
    if (!json_is_string(v) || json_string_length(v) > TEXT_MOST)
        return refuse(a, t, "a regular expression");
    t->value = db_text(json_string_value(v));
    return OK;
}

/* One id; anything else is the id of no annotation. Results: a JSON text, and what is none equals nothing. */
static err *equal_read(struct arena *a, struct dm_term *t, const json_t *v)
{
    const char *text;
    int64_t id;

    if (t->class == DM_IDS) {
        text = dm_value_text(a, v);
        t->value = db_i64(text && int_parse(text, 0, INT64_MAX, &id) ? id : -1);
        return OK;
    }
    if (t->class == DM_RESULT) {
        text = json_is_string(v) ? json_string_value(v) : NULL;
        if (!text)
            return refuse(a, t, "a text that holds JSON");
        t->flag = jspan_check(a, (struct span){text, strlen(text)}, 100) != OK || jspan_unstorable((struct span){text, strlen(text)});
        t->value = db_text(t->flag ? "null" : text);
        return OK;
    }
    if (t->class == DM_DATA && (json_is_array(v) || json_is_object(v)))
        return verr_one(a, NULL, "Not supported filter type");
    return one_read(a, t, v, &t->value);
}

err *dm_value_read(struct arena *a, struct dm_term *t, const json_t *v)
{
    t->cast = class_cast(t->class);
    switch (t->op) {
    case DM_OP_BETWEEN:
        return pair_read(a, t, v);
    case DM_OP_LIST:
        return list_read(a, t, v);
    case DM_OP_CONTAINS:
        return contains_read(a, t, v);
    case DM_OP_REGEX:
        return regex_read(a, t, v);
    case DM_OP_EMPTY:
        return as_bool(v, &t->flag) ? OK : refuse(a, t, "true or false");
    case DM_OP_EQUAL:
        return equal_read(a, t, v);
    default:
        t->is_string = t->class == DM_DATA && json_is_string(v);
        return ordered_read(a, t, v, &t->value);
    }
}
