/* The expressions of add_data_field. */
#include "dm/actions/expression.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "json/jw.h"
#include "json/verr.h"

enum { CHOICES_MOST = 1000 };

struct reader {
    struct arena *a;
    const char *p;
};

static void blanks(struct reader *r)
{
    r->p += strspn(r->p, " \t\r\n");
}

static bool take(struct reader *r, char c)
{
    blanks(r);
    if (*r->p != c)
        return false;
    r->p++;
    return true;
}

/* A text in single or double quotes; a backslash takes the next character as it is. */
static const char *text_take(struct reader *r)
{
    struct strbuf b;
    char quote;

    blanks(r);
    quote = *r->p;
    if (quote != '"' && quote != '\'')
        return NULL;
    strbuf_init(&b, r->a, 1 << 20);
    for (r->p++; *r->p && *r->p != quote; r->p++) {
        if (*r->p == '\\' && r->p[1])
            r->p++;
        strbuf_add(&b, r->p, 1);
    }
    return take(r, quote) ? b.buf : NULL;
}

/* A number as it stands there. */
static const char *number_take(struct reader *r)
{
    const char *text;
    size_t len;

    blanks(r);
    len = strspn(r->p, "+-.0123456789eE");
    text = arena_strndup(r->a, r->p, len);
    r->p += len;
    return len ? text : NULL;
}

static bool int_take(struct reader *r, int64_t *out)
{
    const char *text = number_take(r);

    return text && int_parse(text, INT32_MIN, INT32_MAX, out);
}

static bool float_take(struct reader *r, double *out)
{
    const char *text = number_take(r);
    char *end;

    if (!text)
        return false;
    *out = strtod(text, &end);
    return *end == '\0' && isfinite(*out);
}

/* One choice as JSON: a text, or a number, whole or with a fraction. */
static const char *choice_take(struct reader *r)
{
    const char *text = text_take(r);
    struct strbuf b;
    struct jw w;
    struct reader again = *r;
    int64_t whole;
    double number;

    strbuf_init(&b, r->a, 1 << 21);
    jw_init_strbuf(&w, &b);
    if (text)
        jw_str(&w, text);
    else if (int_take(r, &whole))
        jw_i64(&w, whole);
    else if (*r = again, float_take(r, &number))
        jw_f64(&w, number);
    else
        return NULL;
    return b.buf;
}

/* [a, b, …] */
static bool choices_take(struct reader *r, struct field_value *out)
{
    const char **choices = arena_array(r->a, CHOICES_MOST, sizeof *choices);

    if (!take(r, '['))
        return false;
    do {
        if (out->n == CHOICES_MOST || !(choices[out->n] = choice_take(r)))
            return false;
        out->n++;
    } while (take(r, ','));
    out->choices = choices;
    return take(r, ']');
}

/* As many weights, none below zero and not all of them zero; without any all choices weigh the same. */
static bool weights_take(struct reader *r, struct field_value *out)
{
    double *upto = arena_array(r->a, out->n, sizeof *upto), sum = 0, weight = 1;
    bool given = take(r, ',');

    out->upto = upto;
    if (given && !take(r, '['))
        return false;
    for (size_t i = 0; i < out->n; i++) {
        if (given && ((i > 0 && !take(r, ',')) || !float_take(r, &weight) || weight < 0))
            return false;
        upto[i] = sum += weight;
    }
    return sum > 0 && isfinite(sum) && (!given || take(r, ']'));
}

static bool range_read(struct reader *r, struct field_value *out)
{
    return int_take(r, &out->from);
}

static bool sample_read(struct reader *r, struct field_value *out)
{
    (void)r;
    (void)out;
    return true;
}

static bool random_read(struct reader *r, struct field_value *out)
{
    return int_take(r, &out->from) && take(r, ',') && int_take(r, &out->to) && out->from <= out->to;
}

static bool choices_read(struct reader *r, struct field_value *out)
{
    return choices_take(r, out) && weights_take(r, out);
}

static bool replace_read(struct reader *r, struct field_value *out)
{
    return (out->was = text_take(r)) && take(r, ',') && (out->is = text_take(r));
}

static const struct {
    const char *name;
    enum field_mode mode;
    bool (*read)(struct reader *r, struct field_value *out);
    const char *usage;
} functions[] = {
    {"range", FIELD_RANGE, range_read, "range(start:int) should have start argument "},
    {"sample", FIELD_SAMPLE, sample_read, "sample() has no arguments"},
    {"random", FIELD_RANDOM, random_read, "random(min, max) should have 2 args: min & max"},
    {"choices", FIELD_CHOICES, choices_read, "choices([\"<value1>\", \"<value2>\", ...], [<weight1>, <weight2>, ...]) is expected"},
    {"replace", FIELD_REPLACE, replace_read, "replace(old_value:str, new_value:str) should have 2 args: old value & new value"},
};

err *expression_read(struct arena *a, const char *text, struct field_value *out)
{
    struct reader r = {a, text};
    size_t len;

    blanks(&r);
    len = strspn(r.p, "abcdefghijklmnopqrstuvwxyz");
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        if (strlen(functions[i].name) != len || strncmp(functions[i].name, r.p, len) != 0)
            continue;
        r.p += len;
        *out = (struct field_value){.mode = functions[i].mode};
        if (!take(&r, '(') || !functions[i].read(&r, out) || !take(&r, ')') || (blanks(&r), *r.p))
            return verr_one(a, NULL, "%s", functions[i].usage);
        return OK;
    }
    return verr_one(a, NULL, "Undefined expression, you can use: range(2) or sample() or random(<min_int>, <max_int>) or "
                    "choices([\"<value1>\", \"<value2>\", ...], [<weight1>, <weight2>, ...]) or replace(\"old-string\", \"new-string\")");
}
