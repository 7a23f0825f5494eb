/* Comparing a named query with what the server makes of it, for `labeld-admin check-sql`. */
#include "db/checksql.h"

#include "base/strbuf.h"
#include "db/conn.h"

enum { PROBLEM_MOST = 4096 };

struct check {
    const struct sql_query *q;
    struct strbuf *problems;
};

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

/* Unnamed, and both steps in one transaction: a pooler may have another session for the next. */
static err *describe(struct db *db, void *arg)
{
    struct check *c = arg;
    PGresult *res = PQprepare(db->conn, "", c->q->text, c->q->nparams, c->q->types);

    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        return conn_fail(db, res, c->q);
    PQclear(res);
    res = PQdescribePrepared(db->conn, "");
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        return conn_fail(db, res, c->q);
    check_params(db->a, c->q, res, c->problems);
    check_columns(db->a, c->q, res, c->problems);
    PQclear(res);
    return OK;
}

err *checksql_query(struct db *db, const struct sql_query *q, const char **problem)
{
    struct strbuf b;
    err *e;

    *problem = NULL;
    strbuf_init(&b, db->a, PROBLEM_MOST);
    e = tx_run(db, TX_WRITE, describe, &(struct check){.q = q, .problems = &b});
    if (e && e->kind == ERR_UNAVAILABLE)
        return e;
    if (e)
        add(&b, e->internal);
    if (b.len)
        *problem = b.buf;
    return OK;
}
