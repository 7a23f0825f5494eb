/* What the queries of credentials gave last time, by credential. A request for the same one goes on with that while the query is on its
 * way together with the handler's first statement; its answer is compared before anything that came along is looked at. So a credential
 * that was revoked ends with the next request, as ever, and the usual request saves a round trip. */
#include "core/known.h"

#include <assert.h>

#include "core/auth.sql.h"

enum { KNOWN = 128, KEY_MOST = 192 };

/* Direct-mapped: a worker meets few credentials at a time. */
static struct known {
    const struct sql_query *q;
    size_t len;
    char key[KEY_MOST];
    PGresult *res;
} table[KNOWN];

struct guess {
    struct db *db;
    struct known *known;
    enum { GUESS_PENDING, GUESS_RIGHT, GUESS_WRONG } state;
    bool stale;
    const struct sql_query *touch;   /* notes the use */
    struct db_arg args[2];
    size_t n;
};

static bool same_value(const PGresult *x, const PGresult *y, int col)
{
    int len = PQgetlength(x, 0, col);

    return PQgetisnull(x, 0, col) == PQgetisnull(y, 0, col) && len == PQgetlength(y, 0, col) &&
           memcmp(PQgetvalue(x, 0, col), PQgetvalue(y, 0, col), (size_t)len) == 0;
}

/* `stale` only says that the use is to be noted. */
static bool same_row(const PGresult *x, const PGresult *y)
{
    for (int col = 0; col < AUTH_TOKEN_STALE; col++)
        if (!same_value(x, y, col))
            return false;
    return true;
}

static err *compare(void *arg, const struct rows *rows)
{
    struct guess *g = arg;
    struct row r;

    g->state = rows->n == 1 && same_row(rows->res, g->known->res) ? GUESS_RIGHT : GUESS_WRONG;
    if (g->state == GUESS_WRONG)
        return err_new(db_arena(g->db), ERR_UNAUTHENTICATED, NULL);
    r = rows_at(rows, 0);
    g->stale = row_bool(&r, AUTH_TOKEN_STALE);
    return OK;
}

/* The values one after the other; false when they are too long to be kept. */
static bool make_key(const struct db_arg *args, size_t n, char key[KEY_MOST], size_t *len)
{
    *len = 0;
    for (size_t i = 0; i < n; i++) {
        const char *p = args[i].kind == DB_ARG_I64 ? (const char *)&args[i].v.i : args[i].v.t.p;
        size_t bytes = args[i].kind == DB_ARG_I64 ? sizeof args[i].v.i : args[i].v.t.len;

        if (*len + bytes + 1 > KEY_MOST)
            return false;
        memcpy(key + *len, p, bytes);
        key[*len + bytes] = '\0';
        *len += bytes + 1;
    }
    return true;
}

static struct known *slot_of(const char *key, size_t len)
{
    uint64_t h = 1469598103934665603u;

    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)key[i]) * 1099511628211u;
    return &table[h % KNOWN];
}

/* Those who were refused are asked about each time. */
static bool is_accepted(const PGresult *res)
{
    struct row r = {.res = (PGresult *)(uintptr_t)res};

    return row_bool(&r, AUTH_TOKEN_ACTIVE) && row_bool(&r, AUTH_TOKEN_LEGACY_TOKENS) && row_bool(&r, AUTH_TOKEN_API_TOKENS);
}

static err *guess(struct scope *s, struct known *k, const struct db_arg *args, size_t nargs, struct row *r, bool *waiting)
{
    struct guess *g = ARENA_NEW(s->a, struct guess);

    *g = (struct guess){.db = s->db, .known = k};
    TRY(db_check_ahead(s->db, k->q, args, nargs, compare, g, waiting));
    if (!*waiting)
        return OK;
    s->guess = g;
    *r = (struct row){.res = k->res};
    return OK;
}

static void remember(struct known *k, const struct sql_query *q, const char *key, size_t len, const struct row *r)
{
    PQclear(k->res);
    k->q = q;
    k->len = len;
    memcpy(k->key, key, len);
    k->res = PQcopyResult(r->res, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES);
    if (!k->res)
        k->q = NULL;
}

err *known_row(struct scope *s, const struct sql_query *q, const struct db_arg *args, size_t nargs, struct row *r, bool *found)
{
    char key[KEY_MOST];
    struct known *k;
    size_t len;

    if (!make_key(args, nargs, key, &len))
        return db_opt(s->db, q, args, nargs, r, found);
    k = slot_of(key, len);
    *found = false;
    if (s->may_guess && k->q == q && k->len == len && memcmp(k->key, key, len) == 0 && is_accepted(k->res))
        TRY(guess(s, k, args, nargs, r, found));
    if (*found)
        return OK;
    TRY(db_opt(s->db, q, args, nargs, r, found));
    if (*found)
        remember(k, q, key, len, r);
    return OK;
}

err *known_touch(struct scope *s, const struct row *r, const struct sql_query *q, const struct db_arg *args, size_t nargs)
{
    struct guess *g = s->guess;

    if (!g)
        return row_bool(r, AUTH_TOKEN_STALE) ? db_exec(s->db, q, args, nargs, NULL) : OK;
    assert(nargs <= sizeof g->args / sizeof *g->args);
    g->touch = q;
    g->n = nargs;
    memcpy(g->args, args, nargs * sizeof *args);
    return OK;
}

err *known_settle(struct scope *s, bool *wrong)
{
    struct guess *g = s->guess;
    err *e = OK;

    *wrong = false;
    if (!g)
        return OK;
    if (g->state == GUESS_PENDING)
        e = db_settle(s->db);
    if (g->state == GUESS_PENDING)
        return e ? e : err_internal(s->a, "a credential was not looked up");
    *wrong = g->state == GUESS_WRONG;
    return *wrong || !g->stale ? OK : db_exec(s->db, g->touch, g->args, g->n, NULL);
}
