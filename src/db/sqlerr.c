/* The one place that knows SQLSTATE codes: what the database refused becomes an error of the program.
 * Constraints whose violation a client may cause are listed in constraint.def. */
#include "db/conn.h"
#include "json/verr.h"

struct constraint {
    const char *name;
    enum err_kind kind;
    const char *field;
    const char *message;
};

static const struct constraint constraints[] = {
#define CONSTRAINT(name, kind, field, message) {name, ERR_##kind, field, message},
#include "db/constraint.def"
#undef CONSTRAINT
};

/* First matching prefix counts. detail NULL: the kind's default text. */
static const struct state {
    const char *prefix;
    enum err_kind kind;
    const char *detail;
} states[] = {
    {"40001", ERR_RETRY, NULL},          /* serialization failure */
    {"40P01", ERR_RETRY, NULL},          /* deadlock */
    {"55P03", ERR_RETRY, NULL},          /* lock not available */
    {"57014", ERR_TIMEOUT, NULL},        /* statement timeout or cancel */
    {"23503", ERR_CONFLICT, "An object that the request refers to does not exist any more."},
    {"22P02", ERR_BAD_REQUEST, NULL},    /* text that is no value of its type */
    {"22P05", ERR_BAD_REQUEST, NULL},    /* \u0000 in jsonb */
    {"22021", ERR_BAD_REQUEST, NULL},    /* bytes that are no UTF-8 */
    {"22001", ERR_BAD_REQUEST, NULL},    /* too long */
    {"22003", ERR_BAD_REQUEST, NULL},    /* number out of range */
    {"22007", ERR_BAD_REQUEST, NULL},    /* no date */
    {"22008", ERR_BAD_REQUEST, NULL},    /* date out of range */
    {"2201B", ERR_BAD_REQUEST, NULL},    /* bad regular expression */
    {"54", ERR_BAD_REQUEST, NULL},       /* past a limit of the server: nesting, index row, jsonb size */
    {"53100", ERR_UNAVAILABLE, "The database has no disk space left; nothing was saved."},
    {"53", ERR_UNAVAILABLE, NULL},       /* no memory, too many connections */
    {"08", ERR_UNAVAILABLE, NULL},       /* connection */
    {"57P", ERR_UNAVAILABLE, NULL},      /* shutdown, crash, starting up */
    {"25P03", ERR_UNAVAILABLE, NULL},    /* idle in transaction for too long: the server closed the connection */
    {"25006", ERR_UNAVAILABLE, "The database is read-only at the moment; nothing was saved."},
    {"26000", ERR_UNAVAILABLE, NULL},    /* our prepared statement is gone: somebody reset the session; reconnect */
};

static const struct state *state_of(const char *sqlstate)
{
    for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++)
        if (!strncmp(states[i].prefix, sqlstate, strlen(states[i].prefix)))
            return &states[i];
    return NULL;
}

static const struct constraint *constraint_of(const PGresult *res)
{
    const char *name = PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME);

    for (size_t i = 0; name && i < sizeof(constraints) / sizeof(*constraints); i++)
        if (!strcmp(constraints[i].name, name))
            return &constraints[i];
    return NULL;
}

static err *from_constraint(struct arena *a, const struct constraint *c)
{
    if (c->kind == ERR_VALIDATION)
        return verr_one(a, c->field, "%s", c->message);
    return err_new(a, c->kind, "%s", c->message);
}

static err *from_state(struct arena *a, const char *sqlstate, const char *primary)
{
    const struct state *s = state_of(sqlstate);

    if (!s)
        return err_new(a, ERR_INTERNAL, "%s", err_default_detail(ERR_INTERNAL));
    if (s->kind == ERR_BAD_REQUEST)
        return err_new(a, s->kind, "The request holds a value that cannot be stored: %s", primary);
    return err_new(a, s->kind, "%s", s->detail ? s->detail : err_default_detail(s->kind));
}

/* A migration may change what a prepared `SELECT` gives; a fresh connection prepares it anew. */
static bool stale_plan(const char *sqlstate, const char *primary)
{
    return !strcmp(sqlstate, "0A000") && strstr(primary, "cached plan");
}

static const char *describe(struct arena *a, const struct sql_query *q, const char *sqlstate, const char *text)
{
    if (!q)
        return arena_printf(a, "statement failed: %s [%s]", text, sqlstate);
    return arena_printf(a, "query %s (%s:%d) failed: %s [%s]", q->name, q->file, q->line, text, sqlstate);
}

static const char *field(const PGresult *res, int code)
{
    const char *s = PQresultErrorField(res, code);

    return s ? s : "";
}

err *sqlerr_make(struct arena *a, const PGconn *conn, const PGresult *res, const struct sql_query *q)
{
    const char *sqlstate = field(res, PG_DIAG_SQLSTATE);
    const char *primary = field(res, PG_DIAG_MESSAGE_PRIMARY);
    const struct constraint *c = constraint_of(res);
    err *e;

    /* Without a SQLSTATE the answer never came: libpq itself noticed the loss. */
    if (!*sqlstate) {
        sqlstate = "08006";
        primary = PQerrorMessage(conn);
    } else if (stale_plan(sqlstate, primary)) {
        sqlstate = "26000";
    }
    e = c ? from_constraint(a, c) : from_state(a, sqlstate, primary);
    snprintf(e->sqlstate, sizeof(e->sqlstate), "%s", sqlstate);
    e->internal = describe(a, q, sqlstate, arena_printf(a, "%.*s %s", (int)strcspn(primary, "\n"), primary,
                                                        field(res, PG_DIAG_MESSAGE_DETAIL)));
    return e;
}
