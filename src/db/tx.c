/* Transactions: begin, run, commit, and run again when the database could not serialize. */
#include <assert.h>
#include <unistd.h>

#include <sodium.h>

#include "base/cfg.h"
#include "base/log.h"
#include "db/conn.h"

enum {
    TX_ATTEMPTS = 6,
    TX_PAUSE_US = 4000,       /* times 2 per attempt, with jitter */
};

bool tx_active(const struct db *db)
{
    return db->depth > 0;
}

void tx_after_commit(struct db *db, void (*fn)(void *), void *arg)
{
    struct db_hook *hook;

    assert(tx_active(db));
    hook = ARENA_NEW(db->a, struct db_hook);
    *hook = (struct db_hook){.fn = fn, .arg = arg, .next = db->hooks};
    db->hooks = hook;
}

static void check_add(struct db *db, struct db_check **list, tx_fn *fn, void *arg)
{
    struct db_check *check = ARENA_NEW(db->a, struct db_check);

    assert(tx_active(db));
    *check = (struct db_check){.fn = fn, .arg = arg, .next = *list};
    *list = check;
}

void tx_before_commit(struct db *db, tx_fn *fn, void *arg)
{
    check_add(db, &db->checks, fn, arg);
}

void tx_before_commit_once(struct db *db, tx_fn *fn, void *arg)
{
    for (struct db_check *c = db->once; c; c = c->next)
        if (c->fn == fn && c->arg == arg)
            return;
    check_add(db, &db->once, fn, arg);
}

static err *run_checks(struct db *db)
{
    for (const struct db_check *c = db->once; c; c = c->next)
        TRY(c->fn(db, c->arg));
    for (const struct db_check *c = db->checks; c; c = c->next)
        TRY(c->fn(db, c->arg));
    return OK;
}

/* In the order they were added. */
static void run_hooks(struct db *db)
{
    struct db_hook *first = NULL, *next;

    for (struct db_hook *h = db->hooks; h; h = next) {
        next = h->next;
        h->next = first;
        first = h;
    }
    db->hooks = NULL;
    for (struct db_hook *h = first; h; h = h->next)
        h->fn(h->arg);
}

static err *begin(struct db *db, enum tx_mode mode)
{
    const char *text = mode == TX_SNAPSHOT ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" : "BEGIN";

    TRY(conn_alive(db));
    if (mode == TX_WRITE && !db->pooled) {
        ahead_begin(db);
        return OK;
    }
    TRY(conn_ready(db));
    return conn_command(db, session_begin(db, text), NULL, 0);
}

/* A server that refuses work answers COMMIT with the tag ROLLBACK: an error inside was swallowed. */
static err *commit(struct db *db)
{
    char tag[64];

    TRY(conn_allowed(db));
    if (ahead_empty_transaction(db)) {
        ahead_forget(db);
        return OK;
    }
    if (ahead_any(db))
        TRY(ahead_commit(db, tag, sizeof(tag)));
    else
        TRY(conn_command(db, "COMMIT", tag, sizeof(tag)));
    if (strcmp(tag, "COMMIT"))
        return err_internal(db->a, "the transaction was rolled back at its end: an error inside it was not returned");
    return OK;
}

static void rollback(struct db *db)
{
    err *e;

    db->hooks = NULL;
    db_stream_cancel(db);
    if (db->busy == DB_COPYING)
        BUG("a COPY was neither ended nor aborted");
    if (ahead_forget(db))
        return;
    if (PQstatus(db->conn) != CONNECTION_OK) {
        db->spoilt = true;
        return;
    }
    e = conn_command(db, "ROLLBACK", NULL, 0);
    if (e) {
        log_err(e, "could not roll back");
        db->spoilt = true;
    }
}

static err *attempt(struct db *db, enum tx_mode mode, tx_fn *fn, void *arg)
{
    err *e;

    TRY(begin(db, mode));
    db->depth = 1;
    db->snapshot = mode == TX_SNAPSHOT;
    db->doomed = NULL;
    db->checks = db->once = NULL;
    e = fn(db, arg);
    if (!e)
        e = db->doomed ? db->doomed : run_checks(db);
    db->depth = 0;
    db->snapshot = false;
    if (!e) {
        e = commit(db);
        if (!e || PQtransactionStatus(db->conn) == PQTRANS_IDLE)
            return e;
    }
    rollback(db);
    return e;
}

/* Joined: its work is the outer transaction's. When it failed, the outer one may not commit half of it. */
static err *join(struct db *db, tx_fn *fn, void *arg)
{
    err *e;

    db->depth++;
    e = fn(db, arg);
    db->depth--;
    if (e && !db->doomed)
        db->doomed = e;
    return e;
}

static void pause_before(int again)
{
    usleep((TX_PAUSE_US << again) / 2 + randombytes_uniform(TX_PAUSE_US << again));
}

err *tx_run(struct db *db, enum tx_mode mode, tx_fn *fn, void *arg)
{
    if (tx_active(db))
        return join(db, fn, arg);
    for (int i = 1;; i++) {
        err *e = attempt(db, mode, fn, arg);

        if (!e) {
            run_hooks(db);
            return OK;
        }
        db->hooks = NULL;
        /* Of a snapshot half may have been sent already. */
        if (e->kind != ERR_RETRY || mode == TX_SNAPSHOT || i == TX_ATTEMPTS)
            return e;
        /* The arena is not rewound: what fn found out meanwhile and keeps (a body read late, a field parsed when it was asked for)
         * must outlive the attempt. */
        pause_before(i);
    }
}
