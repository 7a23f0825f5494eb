/* Reading bodies against a spec: which fields came, which are missing, and handing out the checked values.
 * The checks of the single types are in jincheck.c. */
#include "json/jin.h"

#include "base/log.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "json/jincheck.h"
#include "json/jnum.h"

/* ---- trees ---- */

/* Roughly what jansson allocates for each; and the most for one tree: ten million numbers, two million objects. */
enum { OBJECT_BYTES = 240, ARRAY_BYTES = 112, STRING_BYTES = 64, ELEMENT_BYTES = 40, TREE_MOST = 512 << 20 };

/* Ten megabytes of "{}," become a tree of a gigabyte: the text is weighed before anything is built from it. */
static err *weigh(struct arena *a, struct span text)
{
    const char *end = text.p + text.len;
    size_t bytes = text.len;
    bool quoted = false;

    for (const char *p = text.p; p < end && bytes <= TREE_MOST; p++) {
        if (quoted && *p == '\\')
            p++;
        else if (*p == '"')
            bytes += (quoted = !quoted) ? STRING_BYTES : 0;
        else if (!quoted)
            bytes += *p == '{' ? OBJECT_BYTES : *p == '[' ? ARRAY_BYTES : *p == ',' ? ELEMENT_BYTES : 0;
    }
    return bytes <= TREE_MOST ? OK : err_new(a, ERR_TOO_LARGE, "The JSON text holds too many values.");
}

void jin_release(void *tree)
{
    json_decref(tree);
}

/* Copy of the text in which integers past int64 are reals, the one thing in checked text that jansson refuses. */
static struct span soften_integers(struct arena *a, struct span text)
{
    struct span rest = text, num;
    const char *copied = text.p;
    struct strbuf b;
    int64_t v;

    strbuf_init(&b, a, SIZE_MAX);
    while (jnum_next(&rest, &num)) {
        if (!jnum_is_int(num) || int_parse(span_dup(a, num), INT64_MIN, INT64_MAX, &v))
            continue;
        strbuf_add(&b, copied, (size_t)(num.p - copied));
        copied = num.p + num.len;
        if (num.len <= 300)
            strbuf_printf(&b, "%.*s.0", (int)num.len, num.p);
        else
            strbuf_puts(&b, *num.p == '-' ? "-1e308" : "1e308");
    }
    strbuf_add(&b, copied, (size_t)(text.p + text.len - copied));
    return (struct span){b.buf, b.len};
}

err *jin_parse(struct arena *a, struct span text, int max_depth, json_t **out)
{
    json_error_t why;
    struct span soft;

    TRY(jspan_check(a, text, max_depth));
    TRY(weigh(a, text));
    if (jspan_unstorable(text))
        return verr_one(a, NULL, "%s", jspan_unstorable(text));
    *out = json_loadb(text.p, text.len, JSON_DECODE_ANY, &why);
    if (!*out) {
        soft = soften_integers(a, text);
        *out = json_loadb(soft.p, soft.len, JSON_DECODE_ANY, &why);
    }
    if (!*out)
        return err_new(a, ERR_PARSE, "JSON parse error - %s: line %d column %d", why.text, why.line, why.column);
    arena_defer(a, jin_release, *out);
    return OK;
}

const char *jin_type_name(const json_t *v)
{
    if (!v)
        return "NoneType";
    switch (json_typeof(v)) {
    case JSON_OBJECT:
        return "dict";
    case JSON_ARRAY:
        return "list";
    case JSON_STRING:
        return "str";
    case JSON_INTEGER:
        return "int";
    case JSON_REAL:
        return "float";
    case JSON_TRUE:
    case JSON_FALSE:
        return "bool";
    default:
        return "NoneType";
    }
}

/* ---- reading ---- */

static size_t spec_count(const struct jin_spec *spec)
{
    size_t n = 0;

    while (spec->fields[n].name)
        n++;
    return n;
}

static ptrdiff_t spec_find(const struct jin_spec *spec, const char *name)
{
    for (ptrdiff_t i = 0; spec->fields[i].name; i++)
        if (strcmp(spec->fields[i].name, name) == 0)
            return i;
    return -1;
}

static void begin(struct arena *a, const struct jin_spec *spec, struct jin *out)
{
    *out = (struct jin){.a = a, .spec = spec};
    out->values = arena_array(a, spec_count(spec) + 1, sizeof *out->values);
}

static void require(const struct jin *in, bool partial, struct verr *errors)
{
    for (size_t i = 0; in->spec->fields[i].name; i++) {
        const struct jin_field *f = &in->spec->fields[i];

        if ((f->flags & JIN_REQUIRED) && !partial && !in->values[i].present)
            verr_add(errors, f->name, "This field is required.");
    }
}

/* Later members of the same name replace earlier ones before anything is checked, so only source bytes are noted here. */
static err *collect(struct jin *in, int max_depth)
{
    struct arena_mark m;
    struct span value;
    const char *key;
    struct jspan s;
    bool more;

    TRY(jspan_open(&s, in->a, in->text, max_depth));
    for (;;) {
        ptrdiff_t i;

        m = arena_mark(in->a);
        TRY(jspan_next(&s, &more, &key, &value));
        if (!more)
            return OK;
        i = spec_find(in->spec, key);
        if (i >= 0 && !(in->spec->fields[i].flags & JIN_READONLY))
            in->values[i] = (struct jin_value){.present = true, .src = value};
        arena_rewind(in->a, m);
    }
}

static void check_json_field(struct jin *in, size_t i, int max_depth, struct verr *errors)
{
    struct jin_check c = {
        .a = in->a,
        .errors = errors,
        .field = &in->spec->fields[i],
        .max_depth = max_depth,
        .src = in->values[i].src,
        .type = jspan_type(in->values[i].src),
        .out = &in->values[i],
    };

    if (c.type == JSON_T_STRING)
        c.text = jscan_text(in->a, (struct span){c.src.p + 1, c.src.len - 2}, &c.odd);
    jin_check(&c);
}

err *jin_read(struct arena *a, const struct jin_spec *spec, struct span text, bool partial, int max_depth,
              struct jin *out)
{
    struct verr *errors = verr_new(a);

    begin(a, spec, out);
    out->text = text.len ? text : (struct span){"{}", 2};
    if (jspan_type(out->text) != JSON_T_OBJECT) {
        TRY(jspan_check(a, text, max_depth));
        return verr_one(a, NULL, "Invalid data. Expected a dictionary, but got %s.", jin_span_type_name(text));
    }
    TRY(collect(out, max_depth));
    TRY(weigh(a, out->text));
    for (size_t i = 0; spec->fields[i].name; i++)
        if (out->values[i].present)
            check_json_field(out, i, max_depth, errors);
    require(out, partial, errors);
    return verr_done(errors);
}

/* ---- forms ---- */

enum { FORM_JSON_DEPTH = 200 };   /* as the default of json_max_depth */

static const char *form_value(const char *name, const char *const *names, const char *const *values, size_t n)
{
    while (n--)
        if (strcmp(names[n], name) == 0)
            return values[n];
    return NULL;
}

static bool textual(enum jin_type t)
{
    return t == JIN_TEXT || t == JIN_ENUM || t == JIN_TIME || t == JIN_UUID || t == JIN_COLOR || t == JIN_EMAIL;
}

/* Not sent; an empty optional field that cannot be "" or null counts so too, as in the reference. */
static bool left_out(const struct jin_field *f, const char *value)
{
    return !value || (!*value && !(f->flags & (JIN_REQUIRED | JIN_BLANK | JIN_NULL)));
}

/* HTML forms do not send unchecked boxes. */
static void absent_from_form(const struct jin_field *f, bool partial, struct jin_value *out)
{
    if (f->type == JIN_BOOL && !partial && !(f->flags & JIN_NULL))
        out->present = true;
}

static void check_form_field(struct jin *in, size_t i, const char *value, int max_depth, struct verr *errors)
{
    struct jin_check c = {
        .a = in->a,
        .errors = errors,
        .field = &in->spec->fields[i],
        .form = true,
        .max_depth = max_depth,
        .type = JSON_T_STRING,
        .text = value,
        .out = &in->values[i],
    };

    if (utf8_valid(value, strlen(value)))
        jin_check(&c);
    else
        verr_add(errors, c.field->name, "Not a valid string.");
}

err *jin_read_form(struct arena *a, const struct jin_spec *spec, const char *const *names, const char *const *values,
                   size_t n, bool partial, struct jin *out)
{
    struct verr *errors = verr_new(a);

    begin(a, spec, out);
    for (size_t i = 0; spec->fields[i].name; i++) {
        const struct jin_field *f = &spec->fields[i];
        const char *value = form_value(f->name, names, values, n);

        if (f->flags & JIN_READONLY)
            continue;
        if (value)
            TRY(weigh(a, (struct span){value, strlen(value)}));
        if (left_out(f, value))
            absent_from_form(f, partial, &out->values[i]);
        else
            check_form_field(out, i, value, FORM_JSON_DEPTH, errors);
    }
    require(out, partial, errors);
    return verr_done(errors);
}

/* ---- values ---- */

static struct jin_value *get(const struct jin *in, const char *name)
{
    ptrdiff_t i = spec_find(in->spec, name);

    if (i < 0)
        BUG("field \"%s\" is not in spec %s", name, in->spec->name);
    return &in->values[i];
}

/* A value that is there, NULL when absent or null. Asking for another type than the spec says is a bug. */
static struct jin_value *get_typed(const struct jin *in, const char *name, bool (*fits)(enum jin_type))
{
    struct jin_value *v = get(in, name);

    if (!fits(in->spec->fields[v - in->values].type))
        BUG("field \"%s\" of spec %s has another type", name, in->spec->name);
    return v->present && !v->null ? v : NULL;
}

static bool is_int(enum jin_type t)
{
    return t == JIN_INT;
}

static bool is_float(enum jin_type t)
{
    return t == JIN_FLOAT;
}

static bool is_bool(enum jin_type t)
{
    return t == JIN_BOOL;
}

static bool is_json(enum jin_type t)
{
    return t == JIN_JSON || t == JIN_OBJECT || t == JIN_ARRAY;
}

bool jin_has(const struct jin *in, const char *name)
{
    return get(in, name)->present;
}

bool jin_is_null(const struct jin *in, const char *name)
{
    return get(in, name)->null;
}

const char *jin_text(const struct jin *in, const char *name)
{
    const struct jin_value *v = get_typed(in, name, textual);

    return v ? v->text : NULL;
}

int64_t jin_int(const struct jin *in, const char *name, int64_t absent)
{
    const struct jin_value *v = get_typed(in, name, is_int);

    return v ? v->i : absent;
}

double jin_float(const struct jin *in, const char *name, double absent)
{
    const struct jin_value *v = get_typed(in, name, is_float);

    return v ? v->f : absent;
}

bool jin_bool(const struct jin *in, const char *name, bool absent)
{
    const struct jin_value *v = get_typed(in, name, is_bool);

    return v ? v->b : absent;
}

const char *jin_json(const struct jin *in, const char *name)
{
    struct jin_value *v = get_typed(in, name, is_json);

    if (!v)
        return jin_is_null(in, name) ? "null" : NULL;
    if (!v->json)
        v->json = span_dup(in->a, v->src);
    return v->json;
}

json_t *jin_tree(const struct jin *in, const char *name)
{
    struct jin_value *v = get_typed(in, name, is_json);

    if (!v)
        return jin_is_null(in, name) ? json_null() : NULL;
    if (!v->tree && jin_parse(in->a, v->src, JSCAN_DEPTH, &v->tree))
        BUG("checked JSON of field \"%s\" does not parse", name);
    return v->tree;
}
