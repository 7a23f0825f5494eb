/* PostgreSQL access: one connection per process, named queries (src/<module>/<file>.sql), typed rows, transactions. */
#ifndef LABELD_DB_DB_H
#define LABELD_DB_DB_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "json/jspan.h"

/* A named query; tables of these are generated from .sql files by contrib/sql2h.awk:
 *   -- @query task_get :one (project int8, id int8) -> (id, data, updated_at)
 * gives SQL_task_get and the column numbers TASK_GET_ID, TASK_GET_DATA, TASK_GET_UPDATED_AT. */
struct sql_query {
    const char *name;
    const char *text;
    int nparams;
    const Oid *types;               /* parameter types */
    const char *const *param_names;
    int ncols;
    const char *const *cols;
    char kind;                      /* '1' one row, 'm' many rows, 'e' no rows */
    const char *file;               /* "src/core/task.sql" */
    int line;
};

enum db_arg_kind {
    DB_ARG_NULL,
    DB_ARG_I64,
    DB_ARG_F64,
    DB_ARG_BOOL,
    DB_ARG_TEXT,
    DB_ARG_BYTES,
    DB_ARG_SPAN,          /* text without a NUL at its end */
    DB_ARG_TOO_LARGE      /* an array past its limit: running the query gives TOO_LARGE */
};
struct db_arg {
    enum db_arg_kind kind;
    union {
        int64_t i;
        double f;
        bool b;
        struct span t;
    } v;
};
struct db_arg db_null(void);
struct db_arg db_i64(int64_t v);
struct db_arg db_f64(double v);
struct db_arg db_bool(bool v);
struct db_arg db_text(const char *s);               /* NULL becomes SQL null; also for jsonb, timestamptz, arrays in their text form */
struct db_arg db_span(struct span s);               /* text that need not be NUL-ended; {NULL,0} becomes SQL null */
struct db_arg db_bytes(const void *p, size_t len);  /* bytea */
struct db_arg db_opt_i64(bool has, int64_t v);      /* null unless has */
/* "{1,2,3}" as int8[] text, in the arena. */
struct db_arg db_i64s(struct arena *a, const int64_t *v, size_t n);
/* text[] from n texts, quoted. */
struct db_arg db_texts(struct arena *a, const char *const *v, size_t n);

#define DB_ARGS(...) (const struct db_arg[]){__VA_ARGS__}, (sizeof((const struct db_arg[]){__VA_ARGS__}) / sizeof(struct db_arg))
#define DB_NOARGS NULL, 0

struct db;
typedef err *tx_fn(struct db *db, void *arg);

/* Connect with the settings in cfg (db_*). `statement_timeout_ms` is the pool's limit. The connection lives in `a` (a long-lived
 * arena). application_name shows `role` ("web", "slow", "jobs", "admin").
 * Errors: UNAVAILABLE; *out is good even then, and db_ensure connects it later. */
err *db_open(struct arena *a, const char *role, int64_t statement_timeout_ms, struct db **out) __attribute__((warn_unused_result));
void db_close(struct db *db);
/* Arena of the current request: results, rows and errors live there. Set at the start of every request. */
void db_use_arena(struct db *db, struct arena *a);
struct arena *db_arena(struct db *db);
/* Reconnect when the connection broke. Errors: UNAVAILABLE. Called by the worker before each request; cheap when all is well. */
err *db_ensure(struct db *db) __attribute__((warn_unused_result));

/* Rows of one result; tied to the request arena. */
struct rows {
    PGresult *res;
    const struct sql_query *q;
    int n;
};
struct row {
    PGresult *res;
    int i;
};

/* Run a query. db_one: exactly one row, none → NOT_FOUND. db_opt: *found says whether. db_exec: rows affected (n may be NULL). */
err *db_one(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs, struct row *out) __attribute__((warn_unused_result));
err *db_opt(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs, struct row *out, bool *found) __attribute__((warn_unused_result));
err *db_many(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs, struct rows *out) __attribute__((warn_unused_result));
err *db_exec(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs, int64_t *n) __attribute__((warn_unused_result));
struct row rows_at(const struct rows *r, int i);

/* Statements that go along with the next one in the same round trip (ahead.c). Each is a hint: behind a pooler, or when too many wait,
 * things are done one by one.
 * db_ahead: a query that only reads, and will be asked for; the same query with the same arguments finds its result waiting, until a transaction begins.
 * db_later: in a transaction, a statement whose result nobody needs; its error comes from a later statement or the commit. */
err *db_ahead(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs) __attribute__((warn_unused_result));
err *db_later(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs) __attribute__((warn_unused_result));
/* A query whose rows `check` judges before anything else that came along is looked at. Its error is that of the statement, and everything
 * after it in this request is refused. Statements that write do not go along, except in a transaction, which is rolled back.
 * *waiting false: not taken, ask yourself. db_settle executes what waits. db_forget_ahead: the request begins anew. */
typedef err *db_check_fn(void *arg, const struct rows *rows);
err *db_check_ahead(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs, db_check_fn *check, void *arg,
                    bool *waiting) __attribute__((warn_unused_result));
err *db_settle(struct db *db) __attribute__((warn_unused_result));
void db_forget_ahead(struct db *db);

/* Composed statements (dm and migrations only): text with $1…$n and its arguments. Results as db_many. */
err *db_run(struct db *db, const char *text, const struct db_arg *args, size_t nargs, struct rows *out) __attribute__((warn_unused_result));
/* Several statements without parameters in one string (migrations). */
err *db_script(struct db *db, const char *text) __attribute__((warn_unused_result));

/* A statement that may not stand in a transaction and takes its time (an index built beside running work), on a connection of its own. `meanwhile`
 * is called every second; its error cancels the statement and is returned. Behind a pooler that cannot be passed by (db_direct_host), the
 * pool's statement limit holds. */
err *db_run_apart(struct db *db, const char *text, tx_fn *meanwhile, void *arg) __attribute__((warn_unused_result));

/* Single-row mode for large reads: db_stream, then db_next until *more is false, then nothing else; another query before the end is a bug.
 * Each row lives until the next call. On error paths db_stream_cancel gives up the rest; a rollback and db_ensure do it by themselves. */
struct db_cursor {
    struct db *db;
    const struct sql_query *q;
};
err *db_stream(struct db *db, const struct sql_query *q, const struct db_arg *args, size_t nargs, struct db_cursor *c) __attribute__((warn_unused_result));
err *db_next(struct db_cursor *c, struct row *out, bool *more) __attribute__((warn_unused_result));
void db_stream_cancel(struct db *db);      /* nothing happens when no stream runs */

/* COPY … FROM STDIN in text format: open with the statement, put rows field by field, end gives the count. */
struct db_copy {
    struct db *db;
    char *buf;
    size_t len, cap;
    int field;
};
err *db_copy_open(struct db *db, const char *statement, struct db_copy *c) __attribute__((warn_unused_result));
err *db_copy_null(struct db_copy *c) __attribute__((warn_unused_result));
err *db_copy_text(struct db_copy *c, struct span s) __attribute__((warn_unused_result));     /* escaped here */
err *db_copy_i64(struct db_copy *c, int64_t v) __attribute__((warn_unused_result));
err *db_copy_end_row(struct db_copy *c) __attribute__((warn_unused_result));
err *db_copy_end(struct db_copy *c, int64_t *rows) __attribute__((warn_unused_result));
void db_copy_abort(struct db_copy *c);     /* after an error of the caller's: the server forgets the rows */

/* Typed reads of a row's columns. A null where the type has no null is a bug in the query, not input. */
bool row_null(const struct row *r, int col);
int64_t row_i64(const struct row *r, int col);
double row_f64(const struct row *r, int col);
bool row_bool(const struct row *r, int col);
const char *row_text(const struct row *r, int col);      /* NULL for SQL null; lives as long as the row */
const char *row_json(const struct row *r, int col);      /* same, named for what it holds */
size_t row_len(const struct row *r, int col);
unsigned char *row_bytes(struct arena *a, const struct row *r, int col, size_t *len);   /* bytea; NULL for SQL null */

/* Transactions. tx_run begins, runs fn, commits; on error rolls back; retries fn a few times on serialization failure or deadlock
 * (fn must then be repeatable; memory of earlier attempts stays until the arena's end), except in a snapshot, whose results may have
 * been sent. Nested calls join the outer transaction.
 * Connection lost during COMMIT → UNAVAILABLE, never replayed. */
enum tx_mode { TX_WRITE, TX_SNAPSHOT /* REPEATABLE READ READ ONLY, one consistent picture for exports */ };
err *tx_run(struct db *db, enum tx_mode mode, tx_fn *fn, void *arg) __attribute__((warn_unused_result));
bool tx_active(const struct db *db);
/* Run fn at the end of the outermost transaction, before its commit: what must be true outside the database before the commit makes
 * it known (bytes on the disk). Its error rolls back. The order is not kept. */
void tx_before_commit(struct db *db, tx_fn *fn, void *arg);
/* Before all of these, and once however often it is asked for. Few of them: they are looked through. */
void tx_before_commit_once(struct db *db, tx_fn *fn, void *arg);
/* Run fn after the outermost commit (never after a rollback): waking the runner, deleting files. */
void tx_after_commit(struct db *db, void (*fn)(void *), void *arg);

/* Every query of the program, for check-sql and `labeld-admin show queries`; ends with NULL. Generated. */
extern const struct sql_query *const sql_all[];

/* Timestamps: columns selected with to_api(ts) (a function of the schema) come as the API writes them, ready for jw_str. */

#endif
