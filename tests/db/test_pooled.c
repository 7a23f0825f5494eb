/* Behind PgBouncer in transaction mode: four sessions over two server connections, queries of every kind interleaved. */
#include <stdio.h>
#include <stdlib.h>

#include "base/cfg.h"
#include "db/migrate.h"
#include "db/queue.h"
#include "fixture.h"
#include "jobs/runner.h"
#include "test_db.sql.h"

enum { SESSIONS = 4 };

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

static err *limits(struct db *d, void *arg)
{
    *(int64_t *)arg = fixture_i64(d, "SELECT extract(epoch FROM current_setting('statement_timeout')::interval)::int");
    return db_exec(d, SQL_t_name, DB_ARGS(db_i64(0), db_text("+")), NULL);
}

static void limits_last_for_the_transaction(void **state)
{
    int64_t seen = -1;

    (void)state;
    assert_ok(tx_run(db[0], TX_WRITE, limits, &seen));
    assert_int_equal(seen, 20);
    for (int i = 0; i < SESSIONS; i++)
        assert_int_equal(fixture_i64(db[i], "SELECT extract(epoch FROM current_setting('statement_timeout')::interval)::int"), 0);
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
    struct runner r = {.db = db[3], .a = arena_new("round"), .defs = job_defs, .stopping = never};

    (void)state;
    assert_ok(queue_add(db[0], "project_delete", 0, "{\"project\": 5}", "5", NULL));
    runner_run(&r, true);
    assert_int_equal(fixture_i64(direct, "SELECT count(*) FROM job WHERE state = 'done'"), 2);     /* and the sweep */
    db_use_arena(db[3], fixture_arena);
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

    if (!host || !port) {
        printf("1..0 # SKIP no pooler: run inside tests/db/with-pgbouncer\n");
        exit(77);
    }
    cfg.db_pooled = true;
    cfg.db_host = host;
    cfg.db_port = port;
    for (int i = 0; i < SESSIONS; i++)
        db[i] = fixture_connect();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_queries_from_many_sessions), cmocka_unit_test(limits_last_for_the_transaction),
        cmocka_unit_test(streams_and_snapshots), cmocka_unit_test(copy), cmocka_unit_test(a_runner_works),
        cmocka_unit_test(schema_is_known),
    };
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    direct = fixture_open("pooled");
    fixture_sql(direct, "CREATE TABLE thing (id int4, name text, data jsonb);"
                        "ALTER ROLE labeld IN DATABASE labeld SET search_path = test_pooled;"
                        "ALTER ROLE labeld IN DATABASE labeld SET TimeZone = 'UTC'");
    cfg.data_dir = "/nonexistent";
    open_sessions();
    failed = cmocka_run_group_tests_name("pooled", tests, NULL, NULL);
    fixture_sql(direct, "ALTER ROLE labeld IN DATABASE labeld RESET ALL");
    fixture_close();
    return failed != 0;
}
