/* Gathering the messages of a failed validation, by field, in the order they were found.
 * The wording is the callers'; the envelope around it is http/rs.c's. */
#include "json/verr.h"

#include "json/jw.h"

struct message {
    struct message *next;
    const char *text;
};

struct field {
    struct field *next;
    const char *name;
    struct message *first, **last;
    const char *nested;      /* JSON: what is wrong below it, instead of messages */
};

struct verr {
    struct arena *a;
    struct field *first, **last;
};

struct verr *verr_new(struct arena *a)
{
    struct verr *v = ARENA_NEW(a, struct verr);

    v->a = a;
    v->last = &v->first;
    return v;
}

static struct field *field_get(struct verr *v, const char *name)
{
    struct field *f;

    for (f = v->first; f; f = f->next)
        if (strcmp(f->name, name) == 0)
            return f;
    f = ARENA_NEW(v->a, struct field);
    f->name = arena_strdup(v->a, name);
    f->last = &f->first;
    *v->last = f;
    v->last = &f->next;
    return f;
}

static void add(struct verr *v, const char *field, const char *text)
{
    struct field *f = field_get(v, field ? field : "non_field_errors");
    struct message *m = ARENA_NEW(v->a, struct message);

    m->text = text;
    *f->last = m;
    f->last = &m->next;
}

void verr_add(struct verr *v, const char *field, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    add(v, field, arena_vprintf(v->a, fmt, ap));
    va_end(ap);
}

void verr_nest(struct verr *v, const char *field, const err *e)
{
    field_get(v, field)->nested = e->validation_json;
}

bool verr_any(const struct verr *v)
{
    return v->first;
}

static const char *to_json(const struct verr *v)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, v->a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    for (const struct field *f = v->first; f; f = f->next) {
        jw_key(&w, f->name);
        if (f->nested) {
            jw_raw(&w, f->nested);
            continue;
        }
        jw_arr(&w);
        for (const struct message *m = f->first; m; m = m->next)
            jw_str(&w, m->text);
        jw_end(&w);
    }
    jw_end(&w);
    return b.buf;
}

err *verr_done(struct verr *v)
{
    err *e;

    if (!verr_any(v))
        return OK;
    e = err_new(v->a, ERR_VALIDATION, NULL);
    e->validation_json = to_json(v);
    return e;
}

err *verr_one(struct arena *a, const char *field, const char *fmt, ...)
{
    struct verr *v = verr_new(a);
    va_list ap;

    va_start(ap, fmt);
    add(v, field, arena_vprintf(a, fmt, ap));
    va_end(ap);
    return verr_done(v);
}

err *verr_text(struct arena *a, const char *field, const char *fmt, ...)
{
    err *e = err_new(a, ERR_VALIDATION, NULL);
    struct strbuf b;
    struct jw w;
    va_list ap;

    strbuf_init(&b, a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    va_start(ap, fmt);
    jw_kstr(&w, field, arena_vprintf(a, fmt, ap));
    va_end(ap);
    jw_end(&w);
    e->validation_json = b.buf;
    return e;
}
