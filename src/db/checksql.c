/* Comparing a named query with what the server makes of it, for `labeld-admin check-sql`. */
#include "db/checksql.h"

#include "base/strbuf.h"
#include "db/conn.h"

enum { PROBLEM_MOST = 4096 };

static void add(struct strbuf *b, const char *text)
{
    if (b->len)
        strbuf_puts(b, "; ");
    strbuf_puts(b, text);
}

/* $7, not the beginning of $70. */
static bool uses(const char *text, int n)
{
    char name[16];
    int len = snprintf(name, sizeof(name), "$%d", n);

    for (const char *p = text; (p = strstr(p, name)) != NULL; p += len)
        if (p[len] < '0' || p[len] > '9')
            return true;
    return false;
}

static void check_params(struct arena *a, const struct sql_query *q, const PGresult *res, struct strbuf *b)
{
    if (PQnparams(res) != q->nparams)
        add(b, arena_printf(a, "takes %d parameters, the header has %d", PQnparams(res), q->nparams));
    for (int i = 0; i < q->nparams; i++)
        if (!uses(q->text, i + 1))
            add(b, arena_printf(a, "parameter %s ($%d) is not used", q->param_names[i], i + 1));
}

static void check_columns(struct arena *a, const struct sql_query *q, const PGresult *res, struct strbuf *b)
{
    int n = PQnfields(res);

    if (q->kind == 'e')
        return;
    if (n != q->ncols)
        add(b, arena_printf(a, "gives %d columns, the header has %d", n, q->ncols));
    for (int i = 0; i < n && i < q->ncols; i++)
        if (strcmp(PQfname(res, i), q->cols[i]))
            add(b, arena_printf(a, "column %d is \"%s\", the header says \"%s\"", i + 1, PQfname(res, i), q->cols[i]));
}

static err *describe(struct db *db, const struct sql_query *q, struct strbuf *b)
{
    PGresult *res = PQdescribePrepared(db->conn, q->name);

    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        return conn_fail(db, res, q);
    check_params(db->a, q, res, b);
    check_columns(db->a, q, res, b);
    PQclear(res);
    return OK;
}

err *checksql_query(struct db *db, const struct sql_query *q, const char **problem)
{
    struct strbuf b;
    err *e;

    *problem = NULL;
    TRY(conn_ready(db));
    strbuf_init(&b, db->a, PROBLEM_MOST);
    e = conn_prepare(db, q);
    if (!e)
        TRY(describe(db, q, &b));
    else if (e->kind == ERR_UNAVAILABLE)
        return e;
    else
        add(&b, e->internal);
    if (b.len)
        *problem = b.buf;
    return OK;
}
