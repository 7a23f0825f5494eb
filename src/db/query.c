/* Running named and composed queries, and reading large results row by row. */
#include "base/log.h"
#include "db/conn.h"

/* FNV-1a; names are short and few. */
static size_t slot_of(const struct db *db, const char *name)
{
    uint64_t h = 1469598103934665603u;
    size_t i;

    for (const char *p = name; *p; p++)
        h = (h ^ (unsigned char)*p) * 1099511628211u;
    for (i = h % db->cap_prepared; db->prepared[i]; i = (i + 1) % db->cap_prepared)
        if (!strcmp(db->prepared[i], name))
            break;
    return i;
}

static void grow_prepared(struct db *db)
{
    const char **old = db->prepared;
    size_t cap = db->cap_prepared;

    db->cap_prepared *= 2;
    db->prepared = arena_array(db->home, db->cap_prepared, sizeof(*db->prepared));
    for (size_t i = 0; i < cap; i++)
        if (old[i])
            db->prepared[slot_of(db, old[i])] = old[i];
}

err *conn_prepare(struct db *db, const struct sql_query *q, size_t nargs)
{
    size_t slot = slot_of(db, q->name);
    PGresult *res;

    if ((size_t)q->nparams != nargs)
        BUG("query %s takes %d arguments, called with %zu", q->name, q->nparams, nargs);
    if (db->prepared[slot])
        return OK;
    res = PQprepare(db->conn, q->name, q->text, q->nparams, q->types);
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        return conn_fail(db, res, q);
    PQclear(res);
    db->prepared[slot] = q->name;
    if (++db->n_prepared * 4 > db->cap_prepared * 3)
        grow_prepared(db);
    return OK;
}

static err *check_call(struct db *db, const struct sql_query *q, size_t nargs)
{
    TRY(conn_alive(db));
    TRY(conn_allowed(db));
    return db->pooled ? OK : conn_prepare(db, q, nargs);
}

static PGresult *exec_packed(struct db *db, const struct sql_query *q, const struct db_packed *p)
{
    if (db->pooled)
        return PQexecParams(db->conn, q->text, p->n, q->types, p->values, p->lengths, p->formats, 0);
    return PQexecPrepared(db->conn, q->name, p->n, p->values, p->lengths, p->formats, 0);
}

bool conn_succeeded(const PGresult *res)
{
    ExecStatusType s = PQresultStatus(res);

    return s == PGRES_TUPLES_OK || s == PGRES_COMMAND_OK;
}

static err *run_packed(struct db *db, const struct sql_query *q, const struct db_packed *p, PGresult **out)
{
    *out = NULL;
    if (db->n_ahead > 0)
        TRY(ahead_exec(db, q, p, out));
    if (*out)
        return OK;
    *out = exec_packed(db, q, p);
    return conn_succeeded(*out) ? OK : conn_fail(db, *out, q);
}

/* The packed arguments are scratch: what stays in the arena is the result alone. */
static err *execute_here(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs, PGresult **out)
{
    struct arena_mark m;
    struct db_packed p;
    PGresult *res;

    TRY(check_call(db, q, nargs));
    m = arena_mark(db->a);
    TRY(arg_pack(db, args, nargs, &p));
    TRY(run_packed(db, q, &p, &res));
    arena_rewind(db->a, m);
    /* An :exec query may call a function, whose column nobody wants. */
    if (PQresultStatus(res) == PGRES_TUPLES_OK && q->kind != 'e' && PQnfields(res) != q->ncols)
        BUG("query %s gives %d columns, its header in %s:%d says %d", q->name, PQnfields(res), q->file, q->line, q->ncols);
    *out = res;
    return OK;
}

static err *run_here(struct db *db, const char *text, const struct db_arg *args, size_t nargs, PGresult **out)
{
    struct arena_mark m;
    struct db_packed p;
    PGresult *res;

    TRY(conn_ready(db));
    m = arena_mark(db->a);
    TRY(arg_pack(db, args, nargs, &p));
    res = PQexecParams(db->conn, text, p.n, p.types, p.values, p.lengths, p.formats, 0);
    arena_rewind(db->a, m);
    if (!conn_succeeded(res))
        return conn_fail(db, res, NULL);
    *out = res;
    return OK;
}

/* A statement outside of any transaction that needs one for its pool's settings. */
struct lone {
    const struct sql_query *q;
    const char *text;                  /* without q */
    const struct db_arg *args;
    size_t nargs;
    PGresult *res;
};

static err *lone_in_tx(struct db *db, void *arg)
{
    struct lone *l = arg;

    PQclear(l->res);                   /* of an attempt whose transaction failed */
    l->res = NULL;
    return l->q ? execute_here(db, l->q, l->args, l->nargs, &l->res) : run_here(db, l->text, l->args, l->nargs, &l->res);
}

static err *run_lone(struct db *db, struct lone *l, PGresult **out)
{
    err *e = session_differs(db) && !tx_active(db) ? tx_run(db, TX_WRITE, lone_in_tx, l) : lone_in_tx(db, l);

    if (e)
        PQclear(l->res);
    else
        *out = l->res;
    return e;
}

static err *execute(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs, PGresult **out)
{
    return run_lone(db, &(struct lone){.q = q, .args = args, .nargs = nargs}, out);
}

err *db_many(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs, struct rows *out)
{
    PGresult *res;

    TRY(execute(db, q, args, nargs, &res));
    arena_defer(db->a, conn_clear_result, res);
    *out = (struct rows){.res = res, .q = q, .n = PQntuples(res)};
    return OK;
}

err *db_opt(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs, struct row *out, bool *found)
{
    struct rows rows;

    TRY(db_many(db, q, args, nargs, &rows));
    if (rows.n > 1)
        return err_internal(db->a, "query %s gave %d rows, at most one was expected", q->name, rows.n);
    *found = rows.n == 1;
    if (*found)
        *out = rows_at(&rows, 0);
    return OK;
}

err *db_one(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs, struct row *out)
{
    bool found;

    TRY(db_opt(db, q, args, nargs, out, &found));
    if (!found)
        return err_new(db->a, ERR_NOT_FOUND, "%s", err_default_detail(ERR_NOT_FOUND));
    return OK;
}

err *db_exec(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs, int64_t *n)
{
    PGresult *res;

    TRY(execute(db, q, args, nargs, &res));
    if (n)
        *n = strtoll(PQcmdTuples(res), NULL, 10);
    PQclear(res);
    return OK;
}

err *db_run(struct db *db, const char *text, const struct db_arg *args, size_t nargs, struct rows *out)
{
    PGresult *res;

    TRY(run_lone(db, &(struct lone){.text = text, .args = args, .nargs = nargs}, &res));
    arena_defer(db->a, conn_clear_result, res);
    *out = (struct rows){.res = res, .n = PQntuples(res)};
    return OK;
}

err *db_script(struct db *db, const char *text)
{
    PGresult *res;

    TRY(conn_ready(db));
    res = PQexec(db->conn, text);
    if (!conn_succeeded(res) && PQresultStatus(res) != PGRES_EMPTY_QUERY)
        return conn_fail(db, res, NULL);
    PQclear(res);
    return OK;
}

err *conn_command(struct db *db, const char *text, char *tag, size_t tag_size)
{
    PGresult *res;

    TRY(conn_alive(db));
    res = PQexec(db->conn, text);
    if (!conn_succeeded(res))
        return conn_fail(db, res, NULL);
    if (tag)
        snprintf(tag, tag_size, "%s", PQcmdStatus(res));
    PQclear(res);
    return OK;
}

struct row rows_at(const struct rows *r, int i)
{
    if (i < 0 || i >= r->n)
        BUG("row %d of %d", i, r->n);
    return (struct row){.res = r->res, .i = i};
}

/* ---------------------------------------------------------------- streams */

static int send_packed(struct db *db, const struct sql_query *q, const struct db_packed *p)
{
    if (db->pooled)
        return PQsendQueryParams(db->conn, q->text, p->n, q->types, p->values, p->lengths, p->formats, 0);
    return PQsendQueryPrepared(db->conn, q->name, p->n, p->values, p->lengths, p->formats, 0);
}

err *db_stream(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs, struct db_cursor *c)
{
    struct arena_mark m;
    struct db_packed p;
    int sent;

    *c = (struct db_cursor){.db = db, .q = q};
    TRY(conn_ready(db));
    TRY(check_call(db, q, nargs));
    m = arena_mark(db->a);
    TRY(arg_pack(db, args, nargs, &p));
    sent = send_packed(db, q, &p);
    arena_rewind(db->a, m);
    if (!sent)
        return conn_fail(db, NULL, q);
    PQsetSingleRowMode(db->conn);
    db->streamed = true;
    db->busy = DB_STREAMING;
    return OK;
}

static void stream_over(struct db *db)
{
    conn_drain(db);
    db->busy = DB_FREE;
}

err *db_next(struct db_cursor *c, struct row *out, bool *more)
{
    struct db *db = c->db;
    PGresult *res;

    if (db->busy != DB_STREAMING)
        BUG("db_next of %s after its end", c->q->name);
    PQclear(db->stream_res);
    db->stream_res = NULL;
    *more = false;
    res = PQgetResult(db->conn);
    if (PQresultStatus(res) == PGRES_SINGLE_TUPLE) {
        if (PQnfields(res) != c->q->ncols)
            BUG("query %s gives %d columns, its header in %s:%d says %d", c->q->name, PQnfields(res), c->q->file, c->q->line,
                c->q->ncols);
        db->stream_res = res;
        *out = (struct row){.res = res};
        *more = true;
        return OK;
    }
    if (!conn_succeeded(res)) {
        err *e = conn_fail(db, res, c->q);

        stream_over(db);
        return e;
    }
    PQclear(res);
    stream_over(db);
    return OK;
}

void db_stream_cancel(struct db *db)
{
    PGcancel *cancel;
    char why[256];

    if (db->busy != DB_STREAMING)
        return;
    cancel = PQgetCancel(db->conn);
    if (cancel && !PQcancel(cancel, why, sizeof(why)))
        log_msg(LOG_WARNING, "could not cancel a query", "reason=\"%s\"", why);
    PQfreeCancel(cancel);
    PQclear(db->stream_res);
    db->stream_res = NULL;
    stream_over(db);
}
