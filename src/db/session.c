/* What a session's statements run under: search path, planner, limits. A direct connection brings it along as startup options.
 * PgBouncer refuses those and hands every transaction another session, so there the role's defaults say it (those of the web pool,
 * whose single statements are many and short), and the other pools set what differs in each transaction. */
#include <stdlib.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "db/conn.h"

enum {
    OPTIONS_MOST = 2048,
    IDLE_TX_MIN_MS = 60000,
    SETTINGS_MOST = 16,
    REPLACE_WAIT_US = 5 * 1000 * 1000,
    REPLACE_PAUSE_US = 50 * 1000,
};

struct setting {
    const char *name, *value;
};

struct settings {
    struct setting list[SETTINGS_MOST];
    size_t n;
};

static bool is_web(const char *role)
{
    return !strcmp(role, "web");
}

static void add(struct settings *s, const char *name, const char *value)
{
    if (s->n == SETTINGS_MOST)
        BUG("more than %d session settings", SETTINGS_MOST);
    s->list[s->n++] = (struct setting){name, value};
}

static void add_limits(struct arena *a, struct settings *s, int64_t timeout_ms)
{
    int64_t idle_ms = timeout_ms > 0 && timeout_ms < IDLE_TX_MIN_MS ? IDLE_TX_MIN_MS : timeout_ms;

    add(s, "statement_timeout", arena_printf(a, "%lld", (long long)timeout_ms));
    add(s, "idle_in_transaction_session_timeout", arena_printf(a, "%lld", (long long)idle_ms));
}

static const char *quoted_schema(struct arena *a)
{
    struct strbuf b;

    strbuf_init(&b, a, OPTIONS_MOST);
    strbuf_putc(&b, '"');
    for (const char *p = cfg.db_schema; *p; p++) {
        if (*p == '"')
            strbuf_putc(&b, '"');
        strbuf_putc(&b, *p);
    }
    strbuf_putc(&b, '"');
    return b.buf;
}

/* Everything, for sessions of this role. The planner's settings are named for every role: the defaults in the database may be
 * those of pooled connections. */
static void all_settings(struct arena *a, const char *role, int64_t timeout_ms, struct settings *s)
{
    s->n = 0;
    add(s, "search_path", quoted_schema(a));
    add(s, "TimeZone", "UTC");
    add(s, "DateStyle", "ISO");
    add(s, "jit", "off");
    /* Interactive queries go by index, always. Prepared plans live long, and one that was made while a table was almost empty
     * would read the whole of it a thousand times a second until the next autoanalyze. */
    add(s, "enable_seqscan", is_web(role) ? "off" : "on");
    add(s, "plan_cache_mode", is_web(role) ? "force_generic_plan" : "auto");
    add_limits(a, s, timeout_ms);
}

/* ---------------------------------------------------------------- direct connections */

/* One `-c name=value`; blanks and backslashes are escaped as libpq wants them. */
static void put_option(struct strbuf *b, const struct setting *s)
{
    strbuf_printf(b, " -c %s=", s->name);
    for (const char *p = s->value; *p; p++) {
        if (*p == ' ' || *p == '\\')
            strbuf_putc(b, '\\');
        strbuf_putc(b, *p);
    }
}

const char *session_options(struct arena *a, const char *role, int64_t timeout_ms)
{
    struct settings s;
    struct strbuf b;

    all_settings(a, role, timeout_ms, &s);
    strbuf_init(&b, a, OPTIONS_MOST);
    for (size_t i = 0; i < s.n; i++)
        put_option(&b, &s.list[i]);
    return b.buf;
}

/* ---------------------------------------------------------------- behind a pooler */

/* These two PgBouncer keeps per client, and it gives a client that says nothing what the first session it ever opened had, whatever
 * the role's defaults have become. libpq puts them into the startup packet. */
void session_announce(void)
{
    if (setenv("PGTZ", "UTC", 1) != 0 || setenv("PGDATESTYLE", "ISO", 1) != 0)
        BUG("no memory for the environment");
}

bool session_differs(const struct db *db)
{
    return db->pooled && !is_web(db->role);
}

/* In the round trip of BEGIN. Sequential scans stay off for everybody: functions keep their plans in the session, where the web
 * pool meets them next. */
const char *session_begin(struct db *db, const char *begin)
{
    struct settings s = {.n = 0};
    struct strbuf b;

    if (!session_differs(db))
        return begin;
    add(&s, "plan_cache_mode", "auto");
    add_limits(db->a, &s, db->statement_timeout_ms);
    strbuf_init(&b, db->a, OPTIONS_MOST);
    strbuf_puts(&b, begin);
    for (size_t i = 0; i < s.n; i++)
        strbuf_printf(&b, "; SET LOCAL %s = %s", s.list[i].name, s.list[i].value);
    return b.buf;
}

/* The whole list in one comparison and one script: pg_db_role_setting spells values as ALTER ROLE got them. */
static err *defaults_as_wanted(struct db *db, const struct settings *s, bool *same)
{
    const char *wanted[SETTINGS_MOST];
    struct rows rows;
    struct row r;

    for (size_t i = 1; i < s->n; i++)
        wanted[i - 1] = arena_printf(db->a, "%s=%s", s->list[i].name, s->list[i].value);
    TRY(db_run(db, "SELECT EXISTS (SELECT FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase"
                   " JOIN pg_roles r ON r.oid = s.setrole WHERE d.datname = current_database() AND r.rolname = current_user"
                   " AND s.setconfig @> ($1::text[] || ('search_path=' || quote_ident($2))))",
               DB_ARGS(db_texts(db->a, wanted, s->n - 1), db_text(cfg.db_schema)), &rows));
    r = rows_at(&rows, 0);
    *same = row_bool(&r, 0);
    return OK;
}

static err *alter_role(struct db *db, void *arg)
{
    const struct settings *s = arg;
    struct rows rows;
    struct row r;

    TRY(db_run(db, "SELECT format('ALTER ROLE %I IN DATABASE %I SET', current_user, current_database())", DB_NOARGS, &rows));
    r = rows_at(&rows, 0);
    for (size_t i = 0; i < s->n; i++)
        TRY(db_script(db, arena_printf(db->a, i == 0 ? "%s %s = %s" : "%s %s = '%s'", row_text(&r, 0), s->list[i].name,
                                       s->list[i].value)));
    return OK;
}

/* A session that the pooler opened in advance has no name yet. */
static err *end_idle(struct db *db, const char *before, int64_t *left)
{
    struct rows rows;
    struct row r;

    TRY(db_run(db, "SELECT count(*), count(*) FILTER (WHERE state = 'idle' AND pg_terminate_backend(pid)) FROM pg_stat_activity"
                   " WHERE usename = current_user AND datname = current_database() AND (application_name = '' OR application_name LIKE 'labeld-%')"
                   " AND pid <> pg_backend_pid() AND backend_start < $1::timestamptz",
               DB_ARGS(db_text(before)), &rows));
    r = rows_at(&rows, 0);
    *left = row_i64(&r, 0);
    return OK;
}

/* Sessions that the pooler holds know the old defaults. Ended while idle they are no loss to anybody: it opens new ones. Ours goes
 * last, which costs this connection. */
static err *replace_sessions(struct db *db)
{
    int64_t give_up = clock_mono_us() + REPLACE_WAIT_US, left;
    struct rows rows;
    struct row r;
    const char *before;

    TRY(db_run(db, "SELECT clock_timestamp()::text", DB_NOARGS, &rows));
    r = rows_at(&rows, 0);
    before = row_text(&r, 0);
    for (;;) {
        TRY(end_idle(db, before, &left));
        if (left == 0 || clock_mono_us() > give_up)
            break;
        usleep(REPLACE_PAUSE_US);
    }
    if (left > 0)
        log_msg(LOG_WARNING, "busy sessions keep the old defaults: let the pooler replace them (RECONNECT)", "sessions=%lld",
                (long long)left);
    return db_run(db, "SELECT pg_terminate_backend(pg_backend_pid())", DB_NOARGS, &rows);
}

err *session_set_defaults(struct db *db)
{
    struct settings s;
    bool same;
    err *e;

    all_settings(db->a, "web", cfg.web_statement_timeout_ms, &s);
    TRY(defaults_as_wanted(db, &s, &same));
    if (same)
        return OK;
    TRY(tx_run(db, TX_WRITE, alter_role, &s));
    log_msg(LOG_NOTICE, "the role's defaults were set for pooled connections", "%s", "");
    e = replace_sessions(db);
    if (e && e->kind != ERR_UNAVAILABLE)
        return e;
    return db_ensure(db);
}
