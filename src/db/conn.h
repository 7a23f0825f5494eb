/* Inside of the db folder: the connection's state and the few calls its files share. Nothing outside src/db includes this. */
#ifndef LABELD_DB_CONN_H
#define LABELD_DB_CONN_H

#include "db/db.h"

enum db_busy { DB_FREE, DB_STREAMING, DB_COPYING };

/* A statement that waits for company, or its result for whoever asks (ahead.c). */
enum { AHEAD_MOST = 8 };
enum ahead_kind {
    AHEAD_READ,        /* somebody will ask for the result */
    AHEAD_CHECK,       /* the result is judged before anything else is looked at */
    AHEAD_BEGIN,
    AHEAD_LATER,       /* only its failure matters */
    AHEAD_OWN          /* the statement that the others went along with */
};
struct db_packed {
    int n;
    const char **values;
    int *lengths;
    int *formats;
    Oid *types;                    /* for unnamed statements without declared types */
};
struct ahead {
    enum ahead_kind kind;
    const struct sql_query *q;     /* NULL: a command */
    const char *text;
    struct db_packed p;
    db_check_fn *check;
    void *arg;
    bool sent;
    PGresult *res;
};

struct db_check {
    tx_fn *fn;
    void *arg;
    struct db_check *next;
};

struct db_hook {
    void (*fn)(void *);
    void *arg;
    struct db_hook *next;
};

struct db {
    struct arena *home;            /* lives as long as the connection object */
    struct arena *a;               /* of the current request */
    PGconn *conn;                  /* NULL until connected */
    const char *role;
    int64_t statement_timeout_ms;
    bool pooled;
    bool direct;                   /* past the pooler, where the settings say how */
    bool spoilt;                   /* to be replaced before the next request: lost, or its prepared statements are no longer good */
    int failures;                  /* of connecting, in a row */
    int64_t retry_at_us;           /* no new attempt before */

    const char **prepared;         /* open-addressed set of statement names on this connection */
    size_t n_prepared, cap_prepared;

    enum db_busy busy;
    PGresult *stream_res;          /* row of the running stream, freed at the next */

    struct arena *ahead_arena;     /* arguments of what waits */
    struct ahead ahead[AHEAD_MOST];
    int n_ahead;
    bool streamed;                 /* since the last pipeline */
    bool refused;                  /* a check failed: nothing is executed until the request ends */

    int depth;                     /* of tx_run */
    bool snapshot;                 /* the transaction may not write */
    err *doomed;                   /* error of a nested tx_run: the outer transaction must not commit */
    struct db_check *checks;       /* before commit, last added first */
    struct db_check *once;         /* before these: those that are done once, a few */
    struct db_hook *hooks;         /* after commit, last added first */
};

/* Parameters in libpq's form, in the arena. */
err *arg_pack(struct db *db, const struct db_arg *args, size_t nargs, struct db_packed *out) __attribute__((warn_unused_result));

/* A further connection without limits of time, past the pooler where the settings say how. */
err *conn_open_direct(struct arena *a, const char *role, struct db **out) __attribute__((warn_unused_result));

/* Stop with a bug when a stream or COPY is under way; UNAVAILABLE when the connection is gone. */
err *conn_alive(struct db *db) __attribute__((warn_unused_result));
/* An error once a check failed. */
err *conn_allowed(struct db *db) __attribute__((warn_unused_result));
/* All of that, after what waits was executed. */
err *conn_ready(struct db *db) __attribute__((warn_unused_result));
err *conn_prepare(struct db *db, const struct sql_query *q, size_t nargs) __attribute__((warn_unused_result));
bool conn_succeeded(const PGresult *res);
/* Can the query be executed for somebody who is refused afterwards? */
bool conn_reads_only(const struct sql_query *q);

/* ahead.c. */
bool ahead_any(const struct db *db);
void ahead_reset(struct db *db);
err *ahead_settle(struct db *db) __attribute__((warn_unused_result));
/* With what waits; a result that came earlier is taken. *out NULL: there is neither, so the query is to be run by itself. */
err *ahead_exec(struct db *db, const struct sql_query *q, const struct db_packed *p, PGresult **out) __attribute__((warn_unused_result));
/* BEGIN goes along with the transaction's first statement; what was read before it is forgotten. */
void ahead_begin(struct db *db);
/* At a rollback; true when the transaction has not begun yet. */
bool ahead_forget(struct db *db);
/* Nothing was done, so nothing needs a commit. */
bool ahead_empty_transaction(const struct db *db);
err *ahead_commit(struct db *db, char *tag, size_t tag_size) __attribute__((warn_unused_result));
/* Read and drop what is left of the current answer. */
void conn_drain(struct db *db);

/* session.c. The startup options of a direct connection. */
const char *session_options(struct arena *a, const char *role, int64_t timeout_ms);
/* Before connecting to a pooler. */
void session_announce(void);
/* True when this pool's statements need a transaction, because what the pooler's sessions begin with is another pool's. */
bool session_differs(const struct db *db);
/* BEGIN, with what this pool needs until the transaction ends. */
const char *session_begin(struct db *db, const char *begin);
/* Make pooled sessions begin with the settings of the web pool, those too that are open already. */
err *session_set_defaults(struct db *db) __attribute__((warn_unused_result));

/* Translate a failed result (NULL: the connection's own error) and note what it says about the connection. Frees res. */
err *conn_fail(struct db *db, PGresult *res, const struct sql_query *q) __attribute__((returns_nonnull, warn_unused_result));
/* sqlerr.c: the error for a SQLSTATE. */
err *sqlerr_make(struct arena *a, const PGconn *conn, const PGresult *res, const struct sql_query *q)
    __attribute__((returns_nonnull, warn_unused_result));

/* One statement without parameters or rows ("BEGIN"); *status gets the command tag when not NULL (valid until the next call). */
err *conn_command(struct db *db, const char *text, char *tag, size_t tag_size) __attribute__((warn_unused_result));
void conn_clear_result(void *res);

#endif
