/* Typed reads of result columns. A wrong column or an unexpected null is a bug in the query, so these do not return errors. */
#include "base/log.h"
#include "db/db.h"

static const char *value(const struct row *r, int col)
{
    if (col < 0 || col >= PQnfields(r->res))
        BUG("column %d of %d", col, PQnfields(r->res));
    if (PQgetisnull(r->res, r->i, col))
        BUG("column %s is null", PQfname(r->res, col));
    return PQgetvalue(r->res, r->i, col);
}

bool row_null(const struct row *r, int col)
{
    if (col < 0 || col >= PQnfields(r->res))
        BUG("column %d of %d", col, PQnfields(r->res));
    return PQgetisnull(r->res, r->i, col);
}

int64_t row_i64(const struct row *r, int col)
{
    const char *text = value(r, col);
    char *end;
    int64_t v = strtoll(text, &end, 10);

    if (end == text || *end)
        BUG("column %s is no integer: %s", PQfname(r->res, col), text);
    return v;
}

double row_f64(const struct row *r, int col)
{
    const char *text = value(r, col);
    char *end;
    double v = strtod(text, &end);

    if (end == text || *end)
        BUG("column %s is no number: %s", PQfname(r->res, col), text);
    return v;
}

bool row_bool(const struct row *r, int col)
{
    const char *text = value(r, col);

    if (strcmp(text, "t") && strcmp(text, "f"))
        BUG("column %s is no truth value: %s", PQfname(r->res, col), text);
    return *text == 't';
}

const char *row_text(const struct row *r, int col)
{
    return row_null(r, col) ? NULL : PQgetvalue(r->res, r->i, col);
}

const char *row_json(const struct row *r, int col)
{
    return row_text(r, col);
}

size_t row_len(const struct row *r, int col)
{
    return row_null(r, col) ? 0 : (size_t)PQgetlength(r->res, r->i, col);
}

unsigned char *row_bytes(struct arena *a, const struct row *r, int col, size_t *len)
{
    unsigned char *copy, *raw;

    *len = 0;
    if (row_null(r, col))
        return NULL;
    raw = PQunescapeBytea((const unsigned char *)PQgetvalue(r->res, r->i, col), len);
    if (!raw)
        BUG("column %s is no bytea", PQfname(r->res, col));
    copy = (unsigned char *)arena_memdup(a, (const char *)raw, *len);
    PQfreemem(raw);
    return copy;
}
