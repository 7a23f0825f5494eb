/* The connection: opening, watching, replacing. Queries are in query.c, transactions in tx.c. */
#include "db/db.h"

#include <assert.h>
#include <poll.h>

#include "base/cfg.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/conn.h"

enum {
    BACKOFF_FIRST_US = 100 * 1000,
    BACKOFF_MOST_US = 2000 * 1000,
};

static void notice(void *arg, const char *message)
{
    (void)arg;
    log_msg(LOG_DEBUG, "database notice", "text=\"%.*s\"", (int)strcspn(message, "\n"), message);
}

static bool is_bypassed(void)
{
    return cfg.db_pooled && *cfg.db_direct_host;
}

static PGconn *connect_now(struct db *db)
{
    struct arena *a = db->a;
    const char *keys[] = {"host", "port", "dbname", "user", "password", "connect_timeout", "application_name",
                          "client_encoding", "keepalives_idle", "keepalives_interval", "options", NULL};
    bool past = db->direct && is_bypassed();
    const char *values[] = {past ? cfg.db_direct_host : cfg.db_host, past ? cfg.db_direct_port : cfg.db_port, cfg.db_name, cfg.db_user, cfg.db_password,
                            arena_printf(a, "%lld", (long long)cfg.db_connect_timeout_s),
                            arena_printf(a, "labeld-%s", db->role), "UTF8", "30", "10",
                            db->pooled ? "" : session_options(a, db->role, db->statement_timeout_ms), NULL};

    return PQconnectdbParams(keys, values, 0);
}

static void drop(struct db *db)
{
    PQclear(db->stream_res);
    db->stream_res = NULL;
    if (db->conn)
        PQfinish(db->conn);
    db->conn = NULL;
    db->spoilt = false;
    db->busy = DB_FREE;
    ahead_reset(db);
    db->n_prepared = 0;
    memset(db->prepared, 0, db->cap_prepared * sizeof(*db->prepared));
}

/* After a failure the next attempts wait 0.1, 0.2 … 2 s; requests meanwhile get their 503 at once. */
static void note_failure(struct db *db)
{
    int64_t wait = BACKOFF_FIRST_US;

    for (int i = 0; i < db->failures && wait < BACKOFF_MOST_US; i++)
        wait *= 2;
    if (wait > BACKOFF_MOST_US)
        wait = BACKOFF_MOST_US;
    db->failures++;
    db->retry_at_us = clock_mono_us() + wait;
}

static err *reconnect(struct db *db)
{
    struct arena_mark m = arena_mark(db->a);
    err *e;

    drop(db);
    db->pooled = cfg.db_pooled && !(db->direct && is_bypassed());
    if (db->pooled)
        session_announce();
    db->conn = connect_now(db);
    if (PQstatus(db->conn) == CONNECTION_OK) {
        arena_rewind(db->a, m);
        PQsetNoticeProcessor(db->conn, notice, NULL);
        db->failures = 0;
        return OK;
    }
    e = err_new(db->a, ERR_UNAVAILABLE, "%s", err_default_detail(ERR_UNAVAILABLE));
    e->internal = arena_printf(db->a, "could not connect to the database: %s", PQerrorMessage(db->conn));
    drop(db);
    note_failure(db);
    return e;
}

static void close_at_end(void *ptr)
{
    db_close(ptr);
}

static err *open_in(struct arena *a, const char *role, int64_t statement_timeout_ms, bool direct, struct db **out)
{
    struct db *db = ARENA_NEW(a, struct db);

    db->home = db->a = a;
    db->role = role;
    db->direct = direct;
    db->statement_timeout_ms = statement_timeout_ms;
    db->cap_prepared = 1024;
    db->prepared = arena_array(a, db->cap_prepared, sizeof(*db->prepared));
    arena_defer(a, close_at_end, db);
    *out = db;
    return reconnect(db);
}

err *db_open(struct arena *a, const char *role, int64_t statement_timeout_ms, struct db **out)
{
    return open_in(a, role, statement_timeout_ms, false, out);
}

err *conn_open_direct(struct arena *a, const char *role, struct db **out)
{
    return open_in(a, role, 0, true, out);
}

void db_close(struct db *db)
{
    drop(db);
    arena_free(db->ahead_arena);
    db->ahead_arena = NULL;
    db->a = db->home;
}

void db_use_arena(struct db *db, struct arena *a)
{
    ahead_reset(db);
    db->a = a;
}

struct arena *db_arena(struct db *db)
{
    return db->a;
}

/* An idle connection has nothing to read: readable means that the server said good-bye. (Also when its configuration was
 * reloaded; a new connection then costs little.) */
static bool still_there(struct db *db)
{
    struct pollfd p = {.fd = PQsocket(db->conn), .events = POLLIN};

    return PQstatus(db->conn) == CONNECTION_OK && poll(&p, 1, 0) <= 0;
}

err *db_ensure(struct db *db)
{
    err *e;

    assert(db->depth == 0);
    if (db->busy == DB_STREAMING)
        db_stream_cancel(db);
    if (db->conn && !db->spoilt && still_there(db) && PQtransactionStatus(db->conn) == PQTRANS_IDLE)
        return OK;
    if (db->failures == 0 || clock_mono_us() >= db->retry_at_us)
        return reconnect(db);
    e = err_new(db->a, ERR_UNAVAILABLE, "%s", err_default_detail(ERR_UNAVAILABLE));
    e->internal = "the database did not answer a moment ago; next attempt soon";
    return e;
}

err *db_settle(struct db *db)
{
    TRY(conn_alive(db));
    return ahead_settle(db);
}

void db_forget_ahead(struct db *db)
{
    ahead_reset(db);
}

err *conn_allowed(struct db *db)
{
    return db->refused ? err_internal(db->a, "a statement after a check that failed") : OK;
}

err *conn_ready(struct db *db)
{
    TRY(conn_alive(db));
    TRY(conn_allowed(db));
    return ahead_settle(db);
}

err *conn_alive(struct db *db)
{
    err *e;

    if (db->busy != DB_FREE)
        BUG("query while a %s is under way", db->busy == DB_STREAMING ? "stream" : "COPY");
    if (db->conn && PQstatus(db->conn) == CONNECTION_OK)
        return OK;
    db->spoilt = true;
    e = err_new(db->a, ERR_UNAVAILABLE, "%s", err_default_detail(ERR_UNAVAILABLE));
    e->internal = "no connection to the database";
    return e;
}

err *conn_fail(struct db *db, PGresult *res, const struct sql_query *q)
{
    err *e = sqlerr_make(db->a, db->conn, res, q);

    PQclear(res);
    /* The database is read-only, but it was us who asked for that. */
    if (db->snapshot && strcmp(e->sqlstate, "25006") == 0) {
        e->kind = ERR_INTERNAL;
        e->detail = err_default_detail(ERR_INTERNAL);
    }
    if (e->kind == ERR_UNAVAILABLE || PQstatus(db->conn) != CONNECTION_OK)
        db->spoilt = true;
    return e;
}

void conn_drain(struct db *db)
{
    PGresult *res;

    while ((res = PQgetResult(db->conn)) != NULL) {
        ExecStatusType s = PQresultStatus(res);

        PQclear(res);
        if (s == PGRES_COPY_IN)
            PQputCopyEnd(db->conn, "abandoned");
        if (PQstatus(db->conn) != CONNECTION_OK)
            return;
    }
}

void conn_clear_result(void *res)
{
    PQclear(res);
}
