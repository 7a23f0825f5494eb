/* Arguments of queries: constructors, and their form on the wire (text, except bytea). */
#include <assert.h>
#include <limits.h>
#include <math.h>

#include "base/strbuf.h"
#include "db/conn.h"

enum {
    OID_UNKNOWN = 0,      /* the server infers it */
    OID_BYTEA = 17,
    ARRAY_MOST = 256 * 1024 * 1024,
};

struct db_arg db_null(void)
{
    return (struct db_arg){.kind = DB_ARG_NULL};
}

struct db_arg db_i64(int64_t v)
{
    return (struct db_arg){.kind = DB_ARG_I64, .v.i = v};
}

struct db_arg db_f64(double v)
{
    return (struct db_arg){.kind = DB_ARG_F64, .v.f = v};
}

struct db_arg db_bool(bool v)
{
    return (struct db_arg){.kind = DB_ARG_BOOL, .v.b = v};
}

struct db_arg db_text(const char *s)
{
    return s ? (struct db_arg){.kind = DB_ARG_TEXT, .v.t = {s, strlen(s)}} : db_null();
}

struct db_arg db_span(struct span s)
{
    return s.p ? (struct db_arg){.kind = DB_ARG_SPAN, .v.t = s} : db_null();
}

struct db_arg db_bytes(const void *p, size_t len)
{
    return (struct db_arg){.kind = DB_ARG_BYTES, .v.t = {p, len}};
}

struct db_arg db_opt_i64(bool has, int64_t v)
{
    return has ? db_i64(v) : db_null();
}

struct db_arg db_i64s(struct arena *a, const int64_t *v, size_t n)
{
    struct strbuf b;

    strbuf_init(&b, a, ARRAY_MOST);
    strbuf_putc(&b, '{');
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&b, "%s%lld", i ? "," : "", (long long)v[i]);
    strbuf_putc(&b, '}');
    return (struct db_arg){.kind = b.overflow ? DB_ARG_TOO_LARGE : DB_ARG_TEXT, .v.t = {b.buf, b.len}};
}

static void put_element(struct strbuf *b, const char *s)
{
    if (!s) {
        strbuf_puts(b, "NULL");
        return;
    }
    strbuf_putc(b, '"');
    while (*s) {
        size_t plain = strcspn(s, "\"\\");

        strbuf_add(b, s, plain);
        s += plain;
        if (*s) {
            strbuf_putc(b, '\\');
            strbuf_putc(b, *s++);
        }
    }
    strbuf_putc(b, '"');
}

struct db_arg db_texts(struct arena *a, const char *const *v, size_t n)
{
    struct strbuf b;

    strbuf_init(&b, a, ARRAY_MOST);
    strbuf_putc(&b, '{');
    for (size_t i = 0; i < n; i++) {
        if (i)
            strbuf_putc(&b, ',');
        put_element(&b, v[i]);
    }
    strbuf_putc(&b, '}');
    return (struct db_arg){.kind = b.overflow ? DB_ARG_TOO_LARGE : DB_ARG_TEXT, .v.t = {b.buf, b.len}};
}

static const char *f64_text(struct arena *a, double v)
{
    if (isnan(v))
        return "NaN";
    if (isinf(v))
        return v > 0 ? "Infinity" : "-Infinity";
    return arena_printf(a, "%.17g", v);
}

/* libpq reads a text parameter up to its NUL: one inside a span would cut the value short without a word. */
static err *pack_span(struct db *db, struct span s, const char **out)
{
    if (memchr(s.p, '\0', s.len))
        return err_new(db->a, ERR_BAD_REQUEST, "The request holds a value that cannot be stored: NUL character");
    *out = arena_strndup(db->a, s.p, s.len);
    return OK;
}

static err *pack_one(struct db *db, const struct db_arg *arg, struct db_packed *p, size_t i)
{
    switch (arg->kind) {
    case DB_ARG_NULL:
        return OK;
    case DB_ARG_I64:
        p->values[i] = arena_printf(db->a, "%lld", (long long)arg->v.i);
        return OK;
    case DB_ARG_F64:
        p->values[i] = f64_text(db->a, arg->v.f);
        return OK;
    case DB_ARG_BOOL:
        p->values[i] = arg->v.b ? "t" : "f";
        return OK;
    case DB_ARG_TEXT:
        p->values[i] = arg->v.t.p;
        return OK;
    case DB_ARG_SPAN:
        return pack_span(db, arg->v.t, &p->values[i]);
    case DB_ARG_BYTES:
        assert(arg->v.t.len <= INT_MAX);
        p->values[i] = arg->v.t.p ? arg->v.t.p : "";
        p->lengths[i] = (int)arg->v.t.len;
        p->formats[i] = 1;
        p->types[i] = OID_BYTEA;
        return OK;
    case DB_ARG_TOO_LARGE:
        break;
    }
    return err_new(db->a, ERR_TOO_LARGE, "Too many values in one request");
}

err *arg_pack(struct db *db, const struct db_arg *args, size_t nargs, struct db_packed *p)
{
    assert(nargs <= UINT16_MAX);
    p->n = (int)nargs;
    p->values = arena_array(db->a, nargs, sizeof(*p->values));
    p->lengths = arena_array(db->a, nargs, sizeof(*p->lengths));
    p->formats = arena_array(db->a, nargs, sizeof(*p->formats));
    p->types = arena_array(db->a, nargs, sizeof(*p->types));
    for (size_t i = 0; i < nargs; i++)
        TRY(pack_one(db, &args[i], p, i));
    return OK;
}
