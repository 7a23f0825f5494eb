/* What the database tests share. They run inside tests/db/with-cluster, each program in a schema of its own. */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cfg.h"
#include "base/log.h"
#include "db/migrate.h"

enum { TIMEOUT_MS = 20000 };

struct arena *fixture_arena;

void fixture_ok(err *e, const char *file, int line)
{
    if (!e)
        return;
    fprintf(stderr, "# %s:%d: %s: %s\n", file, line, err_kind_name(e->kind), e->internal ? e->internal : e->detail);
    fail();
}

int fixture_kind(const err *e)
{
    return e ? (int)e->kind : -1;
}

struct db *fixture_connect_as(const char *role)
{
    struct db *db;

    assert_ok(db_open(fixture_arena, role, TIMEOUT_MS, &db));
    return db;
}

struct db *fixture_connect(void)
{
    return fixture_connect_as("test");
}

struct db *fixture_open(const char *name)
{
    struct db *db;
    int applied;

    if (!getenv("LABELD_CLUSTER")) {
        printf("1..0 # SKIP no cluster: run inside tests/db/with-cluster\n");
        exit(77);
    }
    log_init("test", LOG_WARNING, 0);
    fixture_arena = arena_new("test");
    assert_ok(cfg_load(fixture_arena, "/dev/null"));
    cfg.db_schema = arena_printf(fixture_arena, "test_%s", name);
    db = fixture_connect();
    fixture_sql(db, arena_printf(fixture_arena, "DROP SCHEMA IF EXISTS %s CASCADE", cfg.db_schema));
    assert_ok(migrate_run(db, &applied));
    return db;
}

void fixture_close(void)
{
    arena_free(fixture_arena);
}

void fixture_sql(struct db *db, const char *text)
{
    assert_ok(db_script(db, text));
}

int64_t fixture_i64(struct db *db, const char *text)
{
    struct rows rows;
    struct row r;

    assert_ok(db_run(db, text, DB_NOARGS, &rows));
    r = rows_at(&rows, 0);
    return row_i64(&r, 0);
}
