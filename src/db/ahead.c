/* Statements that go along with the next one. They wait here until something is to be executed, are sent with it in one pipeline, and
 * answered in one round trip: of a short request the round trips are most of the price, for us and for the server. Behind a pooler
 * nothing waits: there every statement is sent by itself. */
#include <assert.h>

#include "base/log.h"
#include "db/conn.h"

/* ---------------------------------------------------------------- what waits */

static bool is_done(const struct ahead *w)
{
    return w->sent && !w->res;
}

static void drop_all(struct db *db)
{
    for (int i = 0; i < db->n_ahead; i++)
        PQclear(db->ahead[i].res);
    db->n_ahead = 0;
    if (db->ahead_arena)
        arena_reset(db->ahead_arena);
}

void ahead_reset(struct db *db)
{
    drop_all(db);
    db->refused = false;
}

/* Without what `goes` says. */
static void sift(struct db *db, bool goes(const struct ahead *))
{
    int n = 0;

    for (int i = 0; i < db->n_ahead; i++) {
        if (goes(&db->ahead[i]))
            PQclear(db->ahead[i].res);
        else
            db->ahead[n++] = db->ahead[i];
    }
    db->n_ahead = n;
}

static bool is_read(const struct ahead *w)
{
    return w->kind == AHEAD_READ || is_done(w);
}

static bool is_of_transaction(const struct ahead *w)
{
    return w->kind != AHEAD_CHECK || is_done(w);
}

static bool waits(const struct db *db, enum ahead_kind kind)
{
    for (int i = 0; i < db->n_ahead; i++)
        if (db->ahead[i].kind == kind && !db->ahead[i].sent)
            return true;
    return false;
}

bool ahead_any(const struct db *db)
{
    for (int i = 0; i < db->n_ahead; i++)
        if (!db->ahead[i].sent)
            return true;
    return false;
}

static bool has_room(struct db *db)
{
    sift(db, is_done);
    if (!db->ahead_arena)
        db->ahead_arena = arena_new("statements ahead");
    else if (db->n_ahead == 0)
        arena_reset(db->ahead_arena);
    return db->n_ahead < AHEAD_MOST;
}

static struct ahead *add(struct db *db, enum ahead_kind kind, const struct sql_query *q)
{
    struct ahead *w = &db->ahead[db->n_ahead++];

    *w = (struct ahead){.kind = kind, .q = q};
    return w;
}

/* The caller's memory may be gone when the statement is sent. */
static err *pack_copy(struct db *db, const struct db_arg *args, size_t nargs, struct db_packed *p)
{
    struct arena *was = db->a;
    err *e;

    db->a = db->ahead_arena;
    e = arg_pack(db, args, nargs, p);
    db->a = was;
    if (e)
        return arg_pack(db, args, nargs, p);    /* the error belongs to the caller's arena */
    for (size_t i = 0; i < nargs; i++)
        if (args[i].kind == DB_ARG_TEXT || args[i].kind == DB_ARG_BYTES)
            p->values[i] = arena_memdup(db->ahead_arena, p->values[i], args[i].v.t.len);
    return OK;
}

static err *announce(struct db *db, enum ahead_kind kind, const struct sql_query *q, const struct db_arg *args, size_t nargs,
                     struct ahead **out)
{
    struct db_packed p;

    *out = NULL;
    if (db->pooled)
        return OK;
    TRY(conn_alive(db));
    TRY(conn_prepare(db, q, nargs));
    if (!has_room(db))
        return OK;
    TRY(pack_copy(db, args, nargs, &p));
    *out = add(db, kind, q);
    (*out)->p = p;
    return OK;
}

err *db_ahead(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs)
{
    struct ahead *w;

    assert(q->kind != 'e');
    return announce(db, AHEAD_READ, q, args, nargs, &w);
}

err *db_later(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs)
{
    struct ahead *w;

    if (!tx_active(db))
        return db_exec(db, q, args, nargs, NULL);
    TRY(announce(db, AHEAD_LATER, q, args, nargs, &w));
    return w ? OK : db_exec(db, q, args, nargs, NULL);
}

err *db_check_ahead(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs, db_check_fn *check, void *arg,
                    bool *waiting)
{
    struct ahead *w;

    TRY(announce(db, AHEAD_CHECK, q, args, nargs, &w));
    *waiting = w != NULL;
    if (w) {
        w->check = check;
        w->arg = arg;
    }
    return OK;
}

/* ---------------------------------------------------------------- one round trip */

static bool send_one(struct db *db, const struct sql_query *q, const struct db_packed *p, const char *text)
{
    if (!q)
        return PQsendQueryParams(db->conn, text, 0, NULL, NULL, NULL, NULL, 0);
    return PQsendQueryPrepared(db->conn, q->name, p->n, p->values, p->lengths, p->formats, 0);
}

static bool send_all(struct db *db, const struct ahead *own)
{
    if (!PQenterPipelineMode(db->conn))
        return false;
    for (int i = 0; i < db->n_ahead; i++) {
        const struct ahead *w = &db->ahead[i];

        if (!w->sent && !send_one(db, w->q, &w->p, "BEGIN"))
            return false;
    }
    return (!own || send_one(db, own->q, &own->p, own->text)) && PQpipelineSync(db->conn);
}

/* In a pipeline a null ends the results of each statement. */
static PGresult *receive_one(struct db *db)
{
    PGresult *res = PQgetResult(db->conn);

    if (res)
        PQclear(PQgetResult(db->conn));
    return res;
}

static err *judge(struct db *db, struct ahead *w)
{
    struct rows rows = {.res = w->res, .q = w->q, .n = PQntuples(w->res)};
    err *e = w->check(w->arg, &rows);

    PQclear(w->res);
    w->res = NULL;
    db->refused = e != NULL;
    return e;
}

/* After the first failure the server skips the rest, which gives results that say so. */
static void receive(struct db *db, struct ahead *w, err **first)
{
    w->res = receive_one(db);
    w->sent = true;
    if (*first || !conn_succeeded(w->res)) {
        if (w->kind == AHEAD_CHECK)
            db->refused = true;
        if (*first)
            PQclear(w->res);
        else
            *first = conn_fail(db, w->res, w->q);
        w->res = NULL;
    } else if (w->kind == AHEAD_CHECK) {
        *first = judge(db, w);
    } else if (w->kind != AHEAD_READ && w->kind != AHEAD_OWN) {
        PQclear(w->res);
        w->res = NULL;
    }
}

static err *receive_all(struct db *db, struct ahead *own)
{
    err *first = NULL;

    for (int i = 0; i < db->n_ahead; i++)
        if (!db->ahead[i].sent)
            receive(db, &db->ahead[i], &first);
    if (own)
        receive(db, own, &first);
    PQclear(PQgetResult(db->conn));   /* the pipeline's end */
    if (!PQexitPipelineMode(db->conn))
        db->spoilt = true;
    if (first && own) {
        PQclear(own->res);
        own->res = NULL;
    }
    return first;
}

/* libpq stays in single-row mode until the next statement outside of a pipeline. */
static void leave_single_rows(struct db *db)
{
    if (db->streamed)
        PQclear(PQexec(db->conn, ""));
    db->streamed = false;
}

static err *round_trip(struct db *db, struct ahead *own)
{
    TRY(conn_allowed(db));
    leave_single_rows(db);
    if (send_all(db, own))
        return receive_all(db, own);
    db->spoilt = true;
    return conn_fail(db, NULL, own ? own->q : NULL);
}

/* ---------------------------------------------------------------- executing */

bool conn_reads_only(const struct sql_query *q)
{
    return q->kind != 'e' && strncmp(q->text, "SELECT", 6) == 0;
}

static bool same_value(const struct db_packed *x, const struct db_packed *y, int i)
{
    const char *v = x->values[i], *o = y->values[i];

    if (!v || !o || x->formats[i] != y->formats[i])
        return !v && !o;
    if (x->formats[i])
        return x->lengths[i] == y->lengths[i] && memcmp(v, o, (size_t)x->lengths[i]) == 0;
    return strcmp(v, o) == 0;
}

static struct ahead *find(struct db *db, const struct sql_query *q, const struct db_packed *p)
{
    for (int i = 0; i < db->n_ahead; i++) {
        struct ahead *w = &db->ahead[i];
        int n = 0;

        if (w->kind != AHEAD_READ || w->q != q || is_done(w))
            continue;
        while (n < p->n && same_value(p, &w->p, n))
            n++;
        if (n == p->n)
            return w;
    }
    return NULL;
}

/* A statement that writes, outside of a transaction, would be done before the check is looked at. */
static bool must_go_first(struct db *db, const struct sql_query *q)
{
    return waits(db, AHEAD_CHECK) && !tx_active(db) && !conn_reads_only(q);
}

err *ahead_exec(struct db *db, const struct sql_query *q, const struct db_packed *p, PGresult **out)
{
    struct ahead own = {.kind = AHEAD_OWN, .q = q, .p = *p}, *w;

    if (must_go_first(db, q))
        TRY(round_trip(db, NULL));
    w = find(db, q, p);
    *out = NULL;
    if (!w && !ahead_any(db))
        return OK;
    if (!w || !w->sent)
        TRY(round_trip(db, w ? NULL : &own));
    if (!w)
        w = &own;
    *out = w->res;
    w->res = NULL;
    return OK;
}

err *ahead_settle(struct db *db)
{
    return ahead_any(db) ? round_trip(db, NULL) : OK;
}

/* ---------------------------------------------------------------- transactions */

void ahead_begin(struct db *db)
{
    sift(db, is_read);
    if (db->n_ahead == AHEAD_MOST)
        BUG("%d statements wait outside of a transaction", AHEAD_MOST);
    add(db, AHEAD_BEGIN, NULL);
}

bool ahead_forget(struct db *db)
{
    bool not_begun = waits(db, AHEAD_BEGIN);

    sift(db, is_of_transaction);
    return not_begun;
}

err *ahead_commit(struct db *db, char *tag, size_t tag_size)
{
    struct ahead own = {.kind = AHEAD_OWN, .text = "COMMIT"};

    if (waits(db, AHEAD_CHECK))
        TRY(round_trip(db, NULL));
    TRY(round_trip(db, &own));
    snprintf(tag, tag_size, "%s", PQcmdStatus(own.res));
    PQclear(own.res);
    return OK;
}

bool ahead_empty_transaction(const struct db *db)
{
    return waits(db, AHEAD_BEGIN) && !waits(db, AHEAD_LATER);
}
