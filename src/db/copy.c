/* COPY … FROM STDIN in text format: fields are escaped into one buffer that goes out in pieces of 64 KiB. */
#include <assert.h>
#include <stdio.h>

#include "db/conn.h"

enum { COPY_BUFFER = 64 * 1024 };

err *db_copy_open(struct db *db, const char *statement, struct db_copy *c)
{
    PGresult *res;

    TRY(conn_ready(db));
    res = PQexec(db->conn, statement);
    if (PQresultStatus(res) != PGRES_COPY_IN)
        return conn_fail(db, res, NULL);
    PQclear(res);
    *c = (struct db_copy){.db = db, .buf = arena_alloc(db->a, COPY_BUFFER), .cap = COPY_BUFFER};
    db->busy = DB_COPYING;
    return OK;
}

/* The server's reason comes with the final result, so it is read there. */
static err *broken_off(struct db *db)
{
    err *e;

    PQputCopyEnd(db->conn, "abandoned");
    e = conn_fail(db, PQgetResult(db->conn), NULL);
    conn_drain(db);
    db->busy = DB_FREE;
    return e;
}

static err *flush(struct db_copy *c)
{
    if (c->len && PQputCopyData(c->db->conn, c->buf, (int)c->len) != 1)
        return broken_off(c->db);
    c->len = 0;
    return OK;
}

static err *put(struct db_copy *c, const char *p, size_t len)
{
    while (len) {
        size_t n = c->cap - c->len < len ? c->cap - c->len : len;

        memcpy(c->buf + c->len, p, n);
        c->len += n;
        p += n;
        len -= n;
        if (c->len == c->cap)
            TRY(flush(c));
    }
    return OK;
}

static err *next_field(struct db_copy *c)
{
    assert(c->db->busy == DB_COPYING);
    return c->field++ ? put(c, "\t", 1) : OK;
}

err *db_copy_null(struct db_copy *c)
{
    TRY(next_field(c));
    return put(c, "\\N", 2);
}

static size_t plain_run(struct span s)
{
    size_t i = 0;

    while (i < s.len && s.p[i] != '\\' && s.p[i] != '\n' && s.p[i] != '\r' && s.p[i] != '\t' && s.p[i] != '\0')
        i++;
    return i;
}

static err *put_escape(struct db_copy *c, char ch)
{
    switch (ch) {
    case '\n':
        return put(c, "\\n", 2);
    case '\r':
        return put(c, "\\r", 2);
    case '\t':
        return put(c, "\\t", 2);
    case '\\':
        return put(c, "\\\\", 2);
    default:
        return err_new(c->db->a, ERR_BAD_REQUEST, "The request holds a value that cannot be stored: NUL character");
    }
}

err *db_copy_text(struct db_copy *c, struct span s)
{
    if (!s.p)
        return db_copy_null(c);
    TRY(next_field(c));
    while (s.len) {
        size_t n = plain_run(s);

        TRY(put(c, s.p, n));
        if (n == s.len)
            return OK;
        TRY(put_escape(c, s.p[n]));
        s.p += n + 1;
        s.len -= n + 1;
    }
    return OK;
}

err *db_copy_i64(struct db_copy *c, int64_t v)
{
    char text[32];
    int n = snprintf(text, sizeof(text), "%lld", (long long)v);

    TRY(next_field(c));
    return put(c, text, (size_t)n);
}

err *db_copy_end_row(struct db_copy *c)
{
    c->field = 0;
    return put(c, "\n", 1);
}

err *db_copy_end(struct db_copy *c, int64_t *rows)
{
    struct db *db = c->db;
    PGresult *res;

    assert(c->field == 0);
    TRY(flush(c));
    if (PQputCopyEnd(db->conn, NULL) != 1)
        return broken_off(db);
    res = PQgetResult(db->conn);
    db->busy = DB_FREE;
    if (PQresultStatus(res) != PGRES_COMMAND_OK) {
        err *e = conn_fail(db, res, NULL);

        conn_drain(db);
        return e;
    }
    if (rows)
        *rows = strtoll(PQcmdTuples(res), NULL, 10);
    PQclear(res);
    conn_drain(db);
    return OK;
}

void db_copy_abort(struct db_copy *c)
{
    struct db *db = c->db;

    if (db->busy != DB_COPYING)
        return;
    PQputCopyEnd(db->conn, "abandoned");
    conn_drain(db);
    db->busy = DB_FREE;
}
