/* Behind PgBouncer in transaction mode: four sessions over two server connections, queries of every kind interleaved. */
#include <stdio.h>
#include <stdlib.h>

#include "base/cfg.h"
#include "db/migrate.h"
#include "db/queue.h"
#include "fixture.h"
#include "jobs/runner.h"
#include "test_db.sql.h"

enum { SESSIONS = 4, RUNNER = 3 };

static struct db *direct, *db[SESSIONS];

static void named_queries_from_many_sessions(void **state)
{
    struct row r;

    (void)state;
    for (int round = 0; round < 5; round++)
        for (int i = 0; i < SESSIONS; i++) {
            assert_ok(db_exec(db[i], SQL_t_add, DB_ARGS(db_i64(100 * round + i), db_text("pooled")), NULL));
            assert_ok(db_one(db[(i + 1) % SESSIONS], SQL_t_some, DB_ARGS(db_i64(100 * round + i)), &r));
            assert_string_equal(row_text(&r, T_SOME_NAME), "pooled");
        }
    assert_int_equal(fixture_i64(direct, "SELECT count(*) FROM thing"), 5 * SESSIONS);
}

static int64_t timeout_s(struct db *d)
{
    return fixture_i64(d, "SELECT extract(epoch FROM current_setting('statement_timeout')::interval)::int");
}

static int64_t generic_plans(struct db *d)
{
    return fixture_i64(d, "SELECT (current_setting('plan_cache_mode') = 'force_generic_plan')::int");
}

static int64_t plain_settings(struct db *d)
{
    return fixture_i64(d, "SELECT (current_setting('search_path') = 'test_pooled' AND current_setting('TimeZone') = 'UTC'"
                          " AND current_setting('DateStyle') LIKE 'ISO%'"
                          " AND current_setting('jit') = 'off' AND current_setting('enable_seqscan') = 'off')::int");
}

struct seen {
    int64_t timeout, generic, plain;
};

static err *look(struct db *d, void *arg)
{
    *(struct seen *)arg = (struct seen){timeout_s(d), generic_plans(d), plain_settings(d)};
    return OK;
}

static void assert_settings(struct db *d, int64_t timeout, int64_t generic)
{
    struct seen in_tx, alone;

    assert_ok(tx_run(d, TX_WRITE, look, &in_tx));
    look(d, &alone);
    assert_int_equal(in_tx.timeout, timeout);
    assert_int_equal(alone.timeout, timeout);
    assert_int_equal(in_tx.generic, generic);
    assert_int_equal(alone.generic, generic);
    assert_true(in_tx.plain && alone.plain);
}

/* Two sessions of the server serve both pools; none sees what the other needs. */
static void each_pool_keeps_its_settings(void **state)
{
    (void)state;
    for (int round = 0; round < 5; round++)
        for (int i = 0; i < SESSIONS; i++)
            assert_settings(db[i], i == RUNNER ? 20 : 30, i != RUNNER);
}

static void sessions_of_before_are_replaced(void **state)
{
    int applied;

    (void)state;
    cfg.web_statement_timeout_ms = 40000;
    assert_ok(migrate_run(db[RUNNER], &applied));
    for (int i = 0; i < SESSIONS; i++)
        assert_settings(db[i], i == RUNNER ? 20 : 40, i != RUNNER);
    assert_ok(db_ensure(direct));
}

static err *read_and_stream(struct db *d, void *arg)
{
    struct db_cursor c;
    struct row r;
    bool more;
    int64_t *n = arg;

    TRY(db_stream(d, SQL_t_count, DB_ARGS(db_i64(1000)), &c));
    fixture_i64(db[1], "SELECT 1");        /* the other server connection */
    for (;;) {
        TRY(db_next(&c, &r, &more));
        if (!more)
            return OK;
        ++*n;
    }
}

static void streams_and_snapshots(void **state)
{
    int64_t n = 0;

    (void)state;
    assert_ok(tx_run(db[0], TX_SNAPSHOT, read_and_stream, &n));
    assert_int_equal(n, 1000);
}

static void copy(void **state)
{
    struct db_copy c;
    int64_t n;

    (void)state;
    assert_ok(db_copy_open(db[2], "COPY thing (id, name) FROM STDIN", &c));
    assert_ok(db_copy_i64(&c, 9999));
    assert_ok(db_copy_text(&c, (struct span){"x", 1}));
    assert_ok(db_copy_end_row(&c));
    assert_ok(db_copy_end(&c, &n));
    assert_int_equal(n, 1);
}

static bool never(void)
{
    return false;
}

static void a_runner_works(void **state)
{
    struct runner r = {.db = db[RUNNER], .a = arena_new("round"), .defs = job_defs, .stopping = never};

    (void)state;
    assert_ok(queue_add(db[0], "project_delete", 0, "{\"project\": 5}", "5", NULL));
    runner_run(&r, true);
    assert_int_equal(fixture_i64(direct, "SELECT count(*) FROM job WHERE kind = 'project_delete' AND state = 'done'"), 1);
    db_use_arena(db[RUNNER], fixture_arena);
    arena_free(r.a);
}

/* What no transaction can hold: through the pooler, and past it where the settings say how. */
static void a_runner_makes_indexes(void **state)
{
    struct runner r = {.db = db[RUNNER], .a = arena_new("round"), .defs = job_defs, .stopping = never};
    const char *const past[] = {"", getenv("PGHOST")};

    (void)state;
    fixture_sql(direct, "INSERT INTO organization (id, title, token) VALUES (1, 'o', 't'); INSERT INTO project (id, organization_id) VALUES (1, 1)");
    for (int i = 0; i < 2; i++) {
        cfg.db_direct_host = past[i];
        cfg.db_direct_port = getenv("PGPORT");
        fixture_sql(direct, arena_printf(fixture_arena, "INSERT INTO data_index (project_id, key, kind) VALUES (1, 'key %d', 'text')", i));
        assert_ok(queue_add(db[0], "data_index", 0, NULL, NULL, NULL));
        runner_run(&r, true);
        db_use_arena(db[RUNNER], fixture_arena);
        assert_int_equal(fixture_i64(direct, "SELECT count(*) FROM data_index WHERE state = 'ready'"), i + 1);
    }
    cfg.db_direct_host = "";
    arena_free(r.a);
}

static void schema_is_known(void **state)
{
    bool current;
    int applied;

    (void)state;
    assert_ok(migrate_run(db[1], &applied));
    assert_int_equal(applied, 0);
    assert_ok(migrate_current(db[1], &current));
    assert_true(current);
}

static void open_sessions(void)
{
    const char *host = getenv("POOLER_HOST"), *port = getenv("POOLER_PORT");
    int applied;

    if (!host || !port) {
        printf("1..0 # SKIP no pooler: run inside tests/db/with-pgbouncer\n");
        exit(77);
    }
    cfg.db_pooled = true;
    cfg.db_host = host;
    cfg.db_port = port;
    for (int i = 0; i < SESSIONS; i++) {
        db[i] = fixture_connect_as(i == RUNNER ? "jobs" : "web");
        fixture_i64(db[i], "SELECT 1");
    }
    /* The defaults come from the first migration through the pooler, whose sessions began without. */
    assert_ok(migrate_run(db[0], &applied));
    assert_ok(db_ensure(direct));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_queries_from_many_sessions), cmocka_unit_test(each_pool_keeps_its_settings),
        cmocka_unit_test(streams_and_snapshots), cmocka_unit_test(copy), cmocka_unit_test(a_runner_works),
        cmocka_unit_test(a_runner_makes_indexes),
        cmocka_unit_test(schema_is_known), cmocka_unit_test(sessions_of_before_are_replaced),
    };
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    direct = fixture_open("pooled");
    fixture_sql(direct, "CREATE TABLE thing (id int4, name text, data jsonb);"
                        "ALTER DATABASE labeld SET TimeZone = 'Asia/Tokyo'; ALTER DATABASE labeld SET DateStyle = 'SQL'");
    cfg.data_dir = "/nonexistent";
    open_sessions();
    failed = cmocka_run_group_tests_name("pooled", tests, NULL, NULL);
    fixture_sql(direct, "ALTER ROLE labeld IN DATABASE labeld RESET ALL; ALTER DATABASE labeld RESET ALL");
    fixture_close();
    return failed != 0;
}
