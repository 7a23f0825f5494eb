/* The SQL builder: text from literals, values as numbered parameters. */
#include "db/sqlb.h"

#include "base/log.h"

enum { SQL_MOST = 1024 * 1024 };

void sqlb_init(struct sqlb *b, struct arena *a)
{
    strbuf_init(&b->text, a, SQL_MOST);
    b->n = 0;
    b->form = SQLB_PARAMETERS;
}

void sqlb_add_literal(struct sqlb *b, const char *s)
{
    strbuf_puts(&b->text, s);
}

static const char *text_of(struct arena *a, const struct db_arg *v)
{
    switch (v->kind) {
    case DB_ARG_NULL:
        return NULL;
    case DB_ARG_I64:
        return arena_printf(a, "%lld", (long long)v->v.i);
    case DB_ARG_TEXT:
        return v->v.t.p;
    default:
        BUG("a value of kind %d in an array", (int)v->kind);
    }
}

/* A string constant whatever standard_conforming_strings says. */
static void quote(struct strbuf *b, const char *s)
{
    if (!s) {
        strbuf_puts(b, "NULL");
        return;
    }
    strbuf_puts(b, "E'");
    for (; *s; s++) {
        if (*s == '\'' || *s == '\\')
            strbuf_putc(b, *s);
        strbuf_putc(b, *s);
    }
    strbuf_putc(b, '\'');
}

void sqlb_param(struct sqlb *b, struct db_arg v)
{
    if (b->n == SQLB_PARAMS) {
        b->text.overflow = true;
        return;
    }
    b->args[b->n++] = v;
    if (b->form == SQLB_QUOTED)
        quote(&b->text, text_of(b->text.a, &v));
    else
        strbuf_printf(&b->text, b->form == SQLB_ARRAY ? "($1)[%zu]" : "$%zu", b->n);
}

struct db_arg sqlb_array(struct sqlb *b)
{
    const char **texts = arena_array(b->text.a, b->n + 1, sizeof *texts);

    for (size_t i = 0; i < b->n; i++) {
        if (b->args[i].kind == DB_ARG_TOO_LARGE)
            return b->args[i];
        texts[i] = text_of(b->text.a, &b->args[i]);
    }
    return db_texts(b->text.a, texts, b->n);
}

err *sqlb_run(struct sqlb *b, struct db *db, struct rows *out)
{
    TRY(strbuf_check(&b->text));
    return db_run(db, b->text.buf, b->args, b->n, out);
}
