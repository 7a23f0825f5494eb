/* The checks behind each jin_type, with the wording of the reference API letter by letter (Django REST framework's).
 * Which fields there are, and that required ones are present, is jin.c's part. */
#include "json/jincheck.h"

#include <math.h>
#include <strings.h>

#include "base/text.h"
#include "json/jnum.h"

enum { NUMBER_TEXT_MOST = 1000 };   /* the reference refuses longer ones unread */

static void bad(struct jin_check *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void bad(struct jin_check *c, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    verr_add(c->errors, c->field->name, "%s", arena_vprintf(c->a, fmt, ap));
    va_end(ap);
}

static bool has(const struct jin_check *c, enum jin_flags flag)
{
    return c->field->flags & flag;
}

/* A number as the reference turns it into text: integers as written, reals in their shortest form. */
static const char *number_text(struct jin_check *c)
{
    char text[JNUM_BYTES];
    double v;

    if (jnum_is_int(c->src))
        return c->src.len == 2 && memcmp(c->src.p, "-0", 2) == 0 ? "0" : span_dup(c->a, c->src);
    v = jnum_value(c->src);
    if (!isfinite(v))
        return v < 0 ? "-inf" : "inf";
    jnum_f64(text, v);
    return arena_strdup(c->a, text);
}

/* ---- texts ---- */

static bool no_maximum(const struct jin_field *f)
{
    return f->max == 0 && f->min >= 0;
}

static void check_length(struct jin_check *c, const char *s)
{
    int64_t n = (int64_t)utf8_count(s, strlen(s));

    if (!no_maximum(c->field) && n > c->field->max)
        bad(c, "Ensure this field has no more than %lld characters.", (long long)c->field->max);
    if (n < c->field->min)
        bad(c, "Ensure this field has at least %lld characters.", (long long)c->field->min);
}

static void check_storable(struct jin_check *c)
{
    if (c->odd.nul)
        bad(c, "Null characters are not allowed.");
    if (c->odd.surrogate)
        bad(c, "Surrogate characters are not allowed: U+%04X.", c->odd.surrogate);
}

/* True when out->text is there for further checks, though perhaps with errors already. */
static bool check_text_body(struct jin_check *c, const char *no_text)
{
    const char *s = c->type == JSON_T_STRING ? c->text : NULL;
    const char *trimmed;

    if (c->type == JSON_T_NUMBER)
        s = number_text(c);
    if (!s) {
        bad(c, "%s", no_text);
        return false;
    }
    trimmed = text_trim(c->a, s, strlen(s));
    c->out->text = has(c, JIN_RAW) ? s : trimmed;
    if (!*s || (!*trimmed && !has(c, JIN_RAW))) {
        if (!has(c, JIN_BLANK))
            bad(c, "This field may not be blank.");
        return false;
    }
    check_length(c, c->out->text);
    check_storable(c);
    return true;
}

static void check_text(struct jin_check *c)
{
    check_text_body(c, "Not a valid string.");
}

static void check_color(struct jin_check *c)
{
    const char *s;
    unsigned char rgb[3];

    if (!check_text_body(c, "Not a valid string."))
        return;
    s = c->out->text;
    if (s[0] != '#' || strlen(s) != 7 || !hex_decode(s + 1, 6, rgb))
        bad(c, "Color must be in \"#RRGGBB\" format");
}

/* ---- e-mail ---- */

static bool alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Dot-separated atoms, none empty. */
static bool local_part(const char *s, const char *end)
{
    for (bool inside = false; s < end; s++) {
        if (*s == '.' ? !inside : !alnum(*s) && !strchr("!#$%&'*+/=?^_`{|}~-", *s))
            return false;
        inside = *s != '.';
        if (s + 1 == end)
            return inside;
    }
    return false;
}

/* Letters (also outside ASCII), digits, inner hyphens. */
static bool domain_label(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!alnum(s[i]) && (unsigned char)s[i] < 0x80 && (s[i] != '-' || i == 0 || i == len - 1))
            return false;
    return len >= 1 && len <= 63;
}

static bool domain(const char *s)
{
    int labels = 0;
    size_t len;

    if (strcmp(s, "localhost") == 0)
        return true;
    for (;; s += len + 1) {
        len = strcspn(s, ".");
        labels++;
        if (!domain_label(s, len))
            return false;
        if (!s[len])
            return labels >= 2 && len >= 2;
    }
}

static void check_email(struct jin_check *c)
{
    static const char wrong[] = "Enter a valid email address.";
    const char *at;

    if (!check_text_body(c, wrong))
        return;
    at = strrchr(c->out->text, '@');
    if (!at || strlen(c->out->text) > 320 || !local_part(c->out->text, at) || !domain(at + 1))
        bad(c, "%s", wrong);
}

/* ---- choices and UUIDs ---- */

static bool is_choice(const char *choices, const char *s)
{
    size_t len = strlen(s);

    for (const char *p = choices; *p;) {
        size_t n = strcspn(p, "|");

        if (n == len && memcmp(p, s, n) == 0)
            return true;
        p += n + (p[n] == '|');
    }
    return false;
}

/* What the message quotes; a list or an object is quoted as its source. */
static const char *choice_text(struct jin_check *c)
{
    switch (c->type) {
    case JSON_T_STRING:
        return c->text;
    case JSON_T_NUMBER:
        return number_text(c);
    case JSON_T_TRUE:
        return "True";
    case JSON_T_FALSE:
        return "False";
    default:
        return span_dup(c->a, c->src);
    }
}

static void check_enum(struct jin_check *c)
{
    const char *s = choice_text(c);

    c->out->text = s;
    if (!*s && has(c, JIN_BLANK))
        return;
    if (!*s || !is_choice(c->field->choices, s))
        bad(c, "\"%s\" is not a valid choice.", s);
}

static void check_uuid(struct jin_check *c)
{
    c->out->text = c->text;
    if (c->type != JSON_T_STRING || !uuid_valid(c->text))
        bad(c, "Must be a valid UUID.");
}

/* ---- numbers ---- */

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* "2.0 " counts as the integer 2, as in the reference. */
static char *drop_zero_fraction(struct arena *a, const char *s)
{
    char *out = text_trim(a, s, strlen(s));
    char *point = strchr(out, '.');

    if (point && point[1 + strspn(point + 1, "0")] == '\0')
        *point = '\0';
    return out;
}

/* Whole numbers past 64 bits saturate (*beyond), so that the bounds refuse them in their own words. */
static bool parse_int(const char *s, int64_t *out, bool *beyond)
{
    const char *digits = s + (*s == '-' || *s == '+');

    *beyond = !int_parse(s, INT64_MIN, INT64_MAX, out);
    if (!*beyond)
        return true;
    *out = *s == '-' ? INT64_MIN : INT64_MAX;
    return *digits && digits[strspn(digits, "0123456789")] == '\0';
}

static void check_int_bounds(struct jin_check *c, int64_t v, bool beyond)
{
    const struct jin_field *f = c->field;
    int64_t min = f->min || f->max ? f->min : INT32_MIN;
    int64_t max = no_maximum(f) ? INT32_MAX : f->max;

    if (v > max || (beyond && v > 0))
        bad(c, "Ensure this value is less than or equal to %lld.", (long long)max);
    if (v < min || (beyond && v < 0))
        bad(c, "Ensure this value is greater than or equal to %lld.", (long long)min);
}

static const char *numeric_text(struct jin_check *c)
{
    if (c->type == JSON_T_STRING)
        return c->text;
    return c->type == JSON_T_NUMBER ? number_text(c) : NULL;
}

static bool too_long_to_read(struct jin_check *c, const char *s)
{
    if (c->type != JSON_T_STRING || strlen(s) <= NUMBER_TEXT_MOST)
        return false;
    bad(c, "String value too large.");
    return true;
}

static void no_int(struct jin_check *c)
{
    if (has(c, JIN_PK))
        bad(c, "Incorrect type. Expected pk value, received %s.", c->form ? "str" : jin_span_type_name(c->src));
    else
        bad(c, "A valid %s is required.", c->field->max == INT64_MAX ? "biginteger" : "integer");
}

static void check_int(struct jin_check *c)
{
    const char *s = numeric_text(c);
    bool beyond;

    if (s && too_long_to_read(c, s))
        return;
    if (!s || !parse_int(drop_zero_fraction(c->a, s), &c->out->i, &beyond))
        no_int(c);
    else if (has(c, JIN_PK) && (c->out->i < 1 || c->out->i > INT32_MAX))
        bad(c, "Invalid pk \"%s\" - object does not exist.", s);
    else
        check_int_bounds(c, c->out->i, beyond);
}

/* Plain decimal only: strtod would also take hexadecimal, "nan" and "inf". */
static bool parse_float(const char *s, double *out)
{
    char *end;

    while (is_blank(*s))
        s++;
    *out = strtod(s, &end);
    if (end == s || strspn(s, "0123456789+-.eE") < (size_t)(end - s))
        return false;
    while (is_blank(*end))
        end++;
    return !*end && isfinite(*out);
}

static void check_float(struct jin_check *c)
{
    const struct jin_field *f = c->field;
    double *v = &c->out->f;
    const char *s = numeric_text(c);

    if (s && too_long_to_read(c, s))
        return;
    if (c->type == JSON_T_TRUE || c->type == JSON_T_FALSE)
        s = c->type == JSON_T_TRUE ? "1" : "0";   /* as Python's float() reads a bool */
    if (!s || !parse_float(s, v)) {
        bad(c, "A valid number is required.");
        return;
    }
    if (!no_maximum(f) && *v > (double)f->max)
        bad(c, "Ensure this value is less than or equal to %lld.", (long long)f->max);
    if ((f->min || f->max) && *v < (double)f->min)
        bad(c, "Ensure this value is greater than or equal to %lld.", (long long)f->min);
}

/* "not" is a spelling of query parameters only. */
static bool parse_bool(struct jin_check *c, bool *out)
{
    double v;

    if (c->type == JSON_T_STRING)
        return bool_parse(c->text, out) && strcasecmp(c->text, "not") != 0;
    *out = c->type == JSON_T_TRUE;
    if (c->type != JSON_T_NUMBER)
        return c->type == JSON_T_TRUE || c->type == JSON_T_FALSE;
    v = jnum_value(c->src);
    *out = v != 0;
    return v == 0 || v == 1;
}

static void check_bool(struct jin_check *c)
{
    if (!parse_bool(c, &c->out->b))
        bad(c, "Must be a valid boolean.");
}

/* ---- times ---- */

/* n digits at *s as a number within bounds, -1 otherwise. */
static int take_digits(const char **s, int n, int min, int max)
{
    int v = 0;

    for (int i = 0; i < n; i++, (*s)++) {
        if (**s < '0' || **s > '9')
            return -1;
        v = v * 10 + (**s - '0');
    }
    return v >= min && v <= max ? v : -1;
}

static bool take_char(const char **s, char c)
{
    if (**s != c)
        return false;
    (*s)++;
    return true;
}

static int month_days(int year, int month)
{
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (month == 2)
        return leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static bool take_date(const char **s)
{
    int year = take_digits(s, 4, 1, 9999), month, day;
    bool dashes = year > 0 && take_char(s, '-');

    month = year > 0 ? take_digits(s, 2, 1, 12) : -1;
    if (month < 0 || (dashes && !take_char(s, '-')))
        return false;
    day = take_digits(s, 2, 1, month_days(year, month));
    return day > 0;
}

/* hh:mm[:ss[.ffffff]] */
static bool take_time(const char **s)
{
    size_t n;

    if (take_digits(s, 2, 0, 23) < 0 || !take_char(s, ':') || take_digits(s, 2, 0, 59) < 0)
        return false;
    if (!take_char(s, ':'))
        return true;
    if (take_digits(s, 2, 0, 59) < 0)
        return false;
    if (!take_char(s, '.'))
        return true;
    n = strspn(*s, "0123456789");
    *s += n;
    return n >= 1 && n <= 9;
}

/* Z or ±hh[:mm]. Postgres knows offsets below 16 hours. */
static bool take_offset(const char **s)
{
    if (!**s || take_char(s, 'Z') || take_char(s, 'z'))
        return true;
    if (!take_char(s, '+') && !take_char(s, '-'))
        return false;
    if (take_digits(s, 2, 0, 15) < 0)
        return false;
    if (!**s)
        return true;
    take_char(s, ':');
    return take_digits(s, 2, 0, 59) >= 0;
}

bool jin_is_time(const char *s)
{
    if (!take_date(&s))
        return false;
    if (!*s)
        return true;
    if (!take_char(&s, 'T') && !take_char(&s, 't') && !take_char(&s, ' '))
        return false;
    return take_time(&s) && take_offset(&s) && !*s;
}

static void check_time(struct jin_check *c)
{
    const char *s = c->type == JSON_T_STRING ? text_trim(c->a, c->text, strlen(c->text)) : NULL;

    c->out->text = s;
    if (!s || !jin_is_time(s))
        bad(c, "Datetime has wrong format. Use one of these formats instead: "
               "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].");
}

/* ---- JSON ---- */

const char *jin_span_type_name(struct span value)
{
    static const char *const names[] = {
        [JSON_T_NONE] = "NoneType", [JSON_T_OBJECT] = "dict", [JSON_T_ARRAY] = "list", [JSON_T_STRING] = "str",
        [JSON_T_TRUE] = "bool",     [JSON_T_FALSE] = "bool",  [JSON_T_NULL] = "NoneType",
    };
    enum json_type t = jspan_type(value);

    if (t != JSON_T_NUMBER)
        return names[t];
    return jnum_is_int(value) ? "int" : "float";
}

/* The value's source in out->src; a form's text is parsed for it. `want` NONE takes any type. */
static void check_json_of(struct jin_check *c, enum json_type want, const char *wanted)
{
    struct span src = c->form ? (struct span){c->text, strlen(c->text)} : c->src;
    enum json_type t = jspan_type(src);

    c->out->src = src;
    c->out->null = t == JSON_T_NULL;
    if (c->form && jspan_check(c->a, src, c->max_depth))
        bad(c, "Value must be valid JSON.");
    else if (t == JSON_T_NULL && !has(c, JIN_NULL))
        bad(c, "This field may not be null.");
    else if (want != JSON_T_NONE && t != want && t != JSON_T_NULL)
        bad(c, "Expected a %s of items but got type \"%s\".", wanted, jin_span_type_name(src));
    else if (jspan_unstorable(src))
        bad(c, "%s", jspan_unstorable(src));
}

static void check_json(struct jin_check *c)
{
    check_json_of(c, JSON_T_NONE, NULL);
}

static void check_object(struct jin_check *c)
{
    check_json_of(c, JSON_T_OBJECT, "dictionary");
}

static void check_array(struct jin_check *c)
{
    check_json_of(c, JSON_T_ARRAY, "list");
}

/* ---- all ---- */

static void (*const checks[])(struct jin_check *) = {
    [JIN_TEXT] = check_text,     [JIN_INT] = check_int,       [JIN_FLOAT] = check_float, [JIN_BOOL] = check_bool,
    [JIN_JSON] = check_json,     [JIN_OBJECT] = check_object, [JIN_ARRAY] = check_array, [JIN_ENUM] = check_enum,
    [JIN_TIME] = check_time,     [JIN_UUID] = check_uuid,     [JIN_COLOR] = check_color, [JIN_EMAIL] = check_email,
};

/* Besides null itself: an empty form field, and for switches the spellings of the reference. */
static bool means_null(const struct jin_check *c)
{
    if (c->type == JSON_T_NULL)
        return true;
    if (c->type != JSON_T_STRING || !has(c, JIN_NULL))
        return false;
    if (c->field->type == JIN_BOOL)
        return !*c->text || strcmp(c->text, "null") == 0 || strcmp(c->text, "Null") == 0 || strcmp(c->text, "NULL") == 0;
    return c->form && !*c->text && !has(c, JIN_BLANK);
}

void jin_check(struct jin_check *c)
{
    c->out->present = true;
    if (means_null(c)) {
        c->out->null = true;
        c->out->src = (struct span){"null", 4};
        if (!has(c, JIN_NULL))
            bad(c, "This field may not be null.");
        return;
    }
    checks[c->field->type](c);
}
