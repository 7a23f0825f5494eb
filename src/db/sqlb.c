/* The SQL builder: text from literals, values as numbered parameters. */
#include "db/sqlb.h"

enum { SQL_MOST = 1024 * 1024 };

void sqlb_init(struct sqlb *b, struct arena *a)
{
    strbuf_init(&b->text, a, SQL_MOST);
    b->n = 0;
}

void sqlb_add_literal(struct sqlb *b, const char *s)
{
    strbuf_puts(&b->text, s);
}

void sqlb_param(struct sqlb *b, struct db_arg v)
{
    if (b->n == SQLB_PARAMS) {
        b->text.overflow = true;
        return;
    }
    b->args[b->n++] = v;
    strbuf_printf(&b->text, "$%zu", b->n);
}

err *sqlb_run(struct sqlb *b, struct db *db, struct rows *out)
{
    TRY(strbuf_check(&b->text));
    return db_run(db, b->text.buf, b->args, b->n, out);
}
