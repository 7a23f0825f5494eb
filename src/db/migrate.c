/* Bringing the schema up to this program's version. Each file runs once, in a transaction of its own, under a lock held by
 * that transaction, so that two callers (also through a pooler) take turns. */
#include "db/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/cfg.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "db/conn.h"

enum {
    MIGRATIONS_MOST = 1000,
    FILE_MOST = 4 * 1024 * 1024,
    LOCK_PAUSE_US = 200 * 1000,
    LOCK_WAIT_S = 600,
};

struct migration {
    int version;
    const char *name;             /* "0001_init.sql" */
    const char *text;
    const char *sha256;
    bool own_transaction;         /* false: `-- no-transaction`, for CREATE INDEX CONCURRENTLY */
    bool applied;
};

struct plan {
    struct migration *list;
    size_t n;
};

/* ---------------------------------------------------------------- files */

static bool is_migration(const char *name)
{
    return strspn(name, "0123456789") == 4 && name[4] == '_' && text_ends(name, ".sql");
}

static int filter(const struct dirent *d)
{
    return is_migration(d->d_name);
}

static err *file_error(struct arena *a, const char *path)
{
    return err_internal(a, "could not read migration \"%s\": %s", path, strerror(errno));
}

static err *read_all(struct arena *a, const char *path, int fd, char **text, size_t *len)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return file_error(a, path);
    if (st.st_size > FILE_MOST)
        return err_internal(a, "migration \"%s\" is larger than %d bytes", path, FILE_MOST);
    *text = arena_alloc(a, (size_t)st.st_size + 1);
    *len = 0;
    while (*len < (size_t)st.st_size) {
        ssize_t n = read(fd, *text + *len, (size_t)st.st_size - *len);

        if (n < 0)
            return file_error(a, path);
        if (n == 0)
            break;
        *len += (size_t)n;
    }
    return OK;
}

static err *read_file(struct arena *a, const char *path, char **text, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    err *e;

    if (fd < 0)
        return file_error(a, path);
    e = read_all(a, path, fd, text, len);
    close(fd);
    return e;
}

static err *load_one(struct arena *a, const char *dir, const char *name, struct migration *m)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char *text = NULL;
    size_t len = 0;

    TRY(read_file(a, arena_printf(a, "%s/%s", dir, name), &text, &len));
    crypto_hash_sha256(hash, (const unsigned char *)text, len);
    *m = (struct migration){
        .version = (int)strtol(name, NULL, 10),
        .name = arena_strdup(a, name),
        .text = text,
        .sha256 = hex_encode(a, hash, sizeof(hash)),
        .own_transaction = !text_starts(text, "-- no-transaction"),
    };
    return OK;
}

static err *load_entries(struct arena *a, const char *dir, struct dirent **entries, size_t n, struct plan *p)
{
    p->n = n;
    p->list = arena_array(a, n, sizeof(*p->list));
    for (size_t i = 0; i < n; i++) {
        TRY(load_one(a, dir, entries[i]->d_name, &p->list[i]));
        if (i && p->list[i].version == p->list[i - 1].version)
            return err_internal(a, "two migrations have the number %04d", p->list[i].version);
    }
    return OK;
}

static err *load_plan(struct arena *a, struct plan *p)
{
    const char *dir = arena_printf(a, "%s/migrations", cfg.sql_dir);
    struct dirent **entries;
    int n = scandir(dir, &entries, filter, alphasort);
    err *e;

    if (n < 0)
        return err_internal(a, "could not list migrations in \"%s\": %s", dir, strerror(errno));
    if (n == 0 || n > MIGRATIONS_MOST)
        e = err_internal(a, "%d migrations in \"%s\"", n, dir);
    else
        e = load_entries(a, dir, entries, (size_t)n, p);
    for (int i = 0; i < n; i++)
        free(entries[i]);
    free(entries);
    return e;
}

/* ---------------------------------------------------------------- what the database has */

static const char *identifier(struct db *db, const char *name)
{
    char *quoted = PQescapeIdentifier(db->conn, name, strlen(name));
    const char *copy;

    if (!quoted)
        BUG("could not quote \"%s\"", name);
    copy = arena_strdup(db->a, quoted);
    PQfreemem(quoted);
    return copy;
}

static err *table_exists(struct db *db, bool *exists)
{
    struct rows rows;
    struct row r;

    TRY(db_run(db, "SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace"
                   " WHERE s.nspname = $1 AND c.relname = 'schema_migration')",
               DB_ARGS(db_text(cfg.db_schema)), &rows));
    r = rows_at(&rows, 0);
    *exists = row_bool(&r, 0);
    return OK;
}

static struct migration *find(const struct plan *p, int version)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->list[i].version == version)
            return &p->list[i];
    return NULL;
}

static err *mark_row(struct db *db, const struct plan *p, const struct row *r)
{
    int version = (int)row_i64(r, 0);
    struct migration *m = find(p, version);

    if (!m)
        return err_new(db->a, ERR_CONFLICT, "The database is newer than this program: it has migration %04d, the program ends at %04d",
                       version, p->list[p->n - 1].version);
    if (strcmp(m->sha256, row_text(r, 1)))
        return err_new(db->a, ERR_CONFLICT, "Migration %s has changed since it was applied", m->name);
    m->applied = true;
    return OK;
}

/* Compare files and rows. Errors: CONFLICT. */
static err *mark_applied(struct db *db, const struct plan *p)
{
    struct rows rows;
    bool exists;

    TRY(table_exists(db, &exists));
    if (!exists)
        return OK;
    TRY(db_run(db, arena_printf(db->a, "SELECT version, sha256 FROM %s.schema_migration ORDER BY version",
                                identifier(db, cfg.db_schema)),
               DB_NOARGS, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        TRY(mark_row(db, p, &r));
    }
    return OK;
}

static size_t missing(const struct plan *p)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++)
        n += !p->list[i].applied;
    return n;
}

/* ---------------------------------------------------------------- applying */

/* Polled, never waited for: a session waiting on a lock holds a snapshot, and CREATE INDEX CONCURRENTLY waits for those. */
static err *try_lock(struct db *db, const char *function, bool *locked)
{
    struct rows rows;
    struct row r;

    TRY(db_run(db, arena_printf(db->a, "SELECT %s(hashtextextended('labeld.migrate.' || current_database() || '.' || $1::text, 0))",
                                function),
               DB_ARGS(db_text(cfg.db_schema)), &rows));
    r = rows_at(&rows, 0);
    *locked = row_bool(&r, 0);
    return OK;
}

/* CREATE SCHEMA IF NOT EXISTS asks for the right to create even when there is nothing to do. */
static err *create_schema(struct db *db)
{
    const char *schema = identifier(db, cfg.db_schema);
    struct rows rows;

    TRY(db_run(db, "SELECT FROM pg_namespace WHERE nspname = $1", DB_ARGS(db_text(cfg.db_schema)), &rows));
    if (rows.n == 0)
        TRY(db_script(db, arena_printf(db->a, "CREATE SCHEMA %s", schema)));
    return db_script(db, arena_printf(db->a,
        "CREATE TABLE IF NOT EXISTS %s.schema_migration ("
        " version int4 PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
        schema));
}

static err *remember(struct db *db, const struct migration *m)
{
    struct rows rows;

    return db_run(db, arena_printf(db->a, "INSERT INTO %s.schema_migration (version, name, sha256) VALUES ($1, $2, $3)",
                                   identifier(db, cfg.db_schema)),
                  DB_ARGS(db_i64(m->version), db_text(m->name), db_text(m->sha256)), &rows);
}

struct step {
    struct plan *plan;
    struct migration *m;
    bool locked;
};

static err *apply_in_tx(struct db *db, void *arg)
{
    struct step *s = arg;

    TRY(try_lock(db, "pg_try_advisory_xact_lock", &s->locked));
    if (!s->locked)
        return OK;
    TRY(create_schema(db));
    TRY(mark_applied(db, s->plan));
    if (s->m->applied)
        return OK;
    TRY(db_script(db, arena_printf(db->a, "SET LOCAL search_path = %s; SET LOCAL statement_timeout = 0",
                                   identifier(db, cfg.db_schema))));
    TRY(db_script(db, s->m->text));
    return remember(db, s->m);
}

/* A build that broke off leaves an invalid index behind, which IF NOT EXISTS would take for the wanted one. */
static err *drop_invalid_indexes(struct db *db)
{
    struct rows rows;

    TRY(db_run(db, "SELECT format('DROP INDEX %I.%I', s.nspname, c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
                   " JOIN pg_namespace s ON s.oid = c.relnamespace WHERE s.nspname = $1 AND NOT i.indisvalid",
               DB_ARGS(db_text(cfg.db_schema)), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        TRY(db_script(db, row_text(&r, 0)));
    }
    return OK;
}

/* One statement per db_script call: the server runs several in one string as one transaction. */
static err *run_statements(struct db *db, const char *text)
{
    const char *end;

    for (; (end = strstr(text, ";\n")) != NULL; text = end + 2)
        TRY(db_script(db, arena_strndup(db->a, text, (size_t)(end - text))));
    return db_script(db, text);
}

static err *apply_locked(struct db *db, struct step *s)
{
    TRY(mark_applied(db, s->plan));
    if (s->m->applied)
        return OK;
    TRY(drop_invalid_indexes(db));
    TRY(run_statements(db, s->m->text));
    return remember(db, s->m);
}

static err *apply_outside(struct db *db, struct step *s)
{
    bool unlocked;
    err *e;

    if (db->pooled)
        return err_new(db->a, ERR_CONFLICT, "Migration %s needs a direct connection: run it with db_pooled=off", s->m->name);
    TRY(try_lock(db, "pg_try_advisory_lock", &s->locked));
    if (!s->locked)
        return OK;
    e = apply_locked(db, s);
    if (!e || PQstatus(db->conn) == CONNECTION_OK) {
        err *later = try_lock(db, "pg_advisory_unlock", &unlocked);

        e = e ? e : later;
    }
    return e;
}

static err *apply(struct db *db, struct plan *p, struct migration *m)
{
    int64_t give_up = clock_mono_us() + (int64_t)LOCK_WAIT_S * 1000000;
    struct step s = {.plan = p, .m = m};

    for (;;) {
        if (m->own_transaction)
            TRY(tx_run(db, TX_WRITE, apply_in_tx, &s));
        else
            TRY(apply_outside(db, &s));
        if (s.locked)
            return OK;
        if (clock_mono_us() > give_up)
            return err_new(db->a, ERR_CONFLICT, "Another migration has been running for %d s", LOCK_WAIT_S);
        usleep(LOCK_PAUSE_US);
    }
}

static err *check_encoding(struct db *db)
{
    const char *encoding = PQparameterStatus(db->conn, "server_encoding");

    if (encoding && !strcmp(encoding, "UTF8"))
        return OK;
    return err_new(db->a, ERR_CONFLICT, "The database must have the encoding UTF8, it has %s", encoding ? encoding : "none");
}

err *migrate_run(struct db *db, int *applied)
{
    struct plan p;

    *applied = 0;
    TRY(conn_ready(db));
    TRY(check_encoding(db));
    TRY(load_plan(db->a, &p));
    TRY(mark_applied(db, &p));
    for (size_t i = 0; i < p.n; i++) {
        if (p.list[i].applied)
            continue;
        TRY(apply(db, &p, &p.list[i]));
        *applied += !p.list[i].applied;
        log_msg(LOG_NOTICE, "migration applied", "name=%s", p.list[i].name);
    }
    return db->pooled ? session_set_defaults(db) : OK;
}

err *migrate_current(struct db *db, bool *current)
{
    struct plan p;
    err *e;

    *current = false;
    TRY(conn_ready(db));
    TRY(load_plan(db->a, &p));
    e = mark_applied(db, &p);
    if (e && e->kind != ERR_CONFLICT)
        return e;
    *current = !e && missing(&p) == 0;
    return OK;
}
