/* Statements on a connection of their own, watched while they run: those that may not stand in a transaction and take minutes. */
#include <errno.h>
#include <poll.h>

#include "db/conn.h"

enum { LOOK_EVERY_MS = 1000 };

/* Until it ended or `meanwhile` gave up. Errors: those of `meanwhile`, UNAVAILABLE. */
static err *watch(struct db *db, struct db *own, tx_fn *meanwhile, void *arg)
{
    struct pollfd p = {.fd = PQsocket(own->conn), .events = POLLIN};

    for (;;) {
        int ready = poll(&p, 1, LOOK_EVERY_MS);

        if (ready < 0 && errno != EINTR)
            return err_internal(db->a, "poll: %s", strerror(errno));
        if (!PQconsumeInput(own->conn))
            return conn_fail(own, NULL, NULL);
        if (!PQisBusy(own->conn))
            return OK;
        if (ready <= 0)
            TRY(meanwhile(db, arg));
    }
}

static void cancel(struct db *own)
{
    PGcancel *c = PQgetCancel(own->conn);
    char why[256];

    if (c)
        (void)PQcancel(c, why, sizeof(why));
    PQfreeCancel(c);
    conn_drain(own);
}

/* The first result tells; an error may be followed by nothing but the end. */
static err *finish(struct db *own)
{
    PGresult *res = PQgetResult(own->conn);
    ExecStatusType s = PQresultStatus(res);
    err *e = s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK ? OK : conn_fail(own, res, NULL);

    if (!e)
        PQclear(res);
    conn_drain(own);
    return e;
}

static err *run(struct db *db, struct db *own, const char *text, tx_fn *meanwhile, void *arg)
{
    err *e;

    if (!PQsendQuery(own->conn, text))
        return conn_fail(own, NULL, NULL);
    e = watch(db, own, meanwhile, arg);
    if (!e)
        return finish(own);
    cancel(own);
    return e;
}

err *db_run_apart(struct db *db, const char *text, tx_fn *meanwhile, void *arg)
{
    struct db *own;
    err *e;

    TRY(conn_open_direct(db->a, db->role, &own));
    e = run(db, own, text, meanwhile, arg);
    db_close(own);
    return e;
}
