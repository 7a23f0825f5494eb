/* Transactions: commit, rollback, joining, retries, hooks, snapshots, and what a lost connection leaves. */
#include <stdio.h>

#include "fixture.h"
#include "test_db.sql.h"

static struct db *db, *other;

struct play {
    int runs;
    int hooks;
    err *fail_with;
    int checks;
    err *check_fails;
    const char *kept;       /* memory of the first attempt */
};

static void reset(void)
{
    fixture_sql(db, "TRUNCATE thing; INSERT INTO thing VALUES (1, 'a'), (2, 'b')");
}

static int64_t things(void)
{
    return fixture_i64(db, "SELECT count(*) FROM thing");
}

static void count_hook(void *arg)
{
    struct play *p = arg;

    assert_false(tx_active(db));
    p->hooks = p->hooks * 10 + 1;
}

static void count_second_hook(void *arg)
{
    struct play *p = arg;

    p->hooks = p->hooks * 10 + 2;
}

static err *add(struct db *d, void *arg)
{
    struct play *p = arg;

    p->runs++;
    tx_after_commit(d, count_hook, p);
    tx_after_commit(d, count_second_hook, p);
    TRY(db_exec(d, SQL_t_add, DB_ARGS(db_i64(10), db_text("x")), NULL));
    return p->fail_with;
}

static void commits(void **state)
{
    struct play p = {0};

    (void)state;
    reset();
    assert_ok(tx_run(db, TX_WRITE, add, &p));
    assert_int_equal(things(), 3);
    assert_int_equal(p.hooks, 12);
    assert_false(tx_active(db));
}

static void rolls_back(void **state)
{
    struct play p = {.fail_with = err_new(fixture_arena, ERR_CONFLICT, "no")};

    (void)state;
    reset();
    assert_err(tx_run(db, TX_WRITE, add, &p), CONFLICT);
    assert_int_equal(things(), 2);
    assert_int_equal(p.hooks, 0);
    assert_int_equal(p.runs, 1);
}

static err *count_check(struct db *d, void *arg)
{
    struct play *p = arg;

    assert_true(tx_active(d));
    p->checks++;
    assert_ok(db_exec(d, SQL_t_add, DB_ARGS(db_i64(12), db_text("by check")), NULL));
    return p->check_fails;
}

static err *add_checked(struct db *d, void *arg)
{
    tx_before_commit_once(d, count_check, arg);
    tx_before_commit_once(d, count_check, arg);
    return add(d, arg);
}

static void is_checked_before_its_commit(void **state)
{
    struct play good = {0};
    struct play bad = {.check_fails = err_new(fixture_arena, ERR_NO_SPACE, NULL)};
    struct play early = {.fail_with = err_new(fixture_arena, ERR_CONFLICT, "no")};

    (void)state;
    reset();
    assert_ok(tx_run(db, TX_WRITE, add_checked, &good));
    assert_int_equal(things(), 4);
    assert_int_equal(good.checks, 1);
    reset();
    assert_err(tx_run(db, TX_WRITE, add_checked, &bad), NO_SPACE);
    assert_err(tx_run(db, TX_WRITE, add_checked, &early), CONFLICT);
    assert_int_equal(things(), 2);
    assert_int_equal(bad.checks * 10 + bad.hooks + early.checks, 10);
}

static err *add_nested_ignoring(struct db *d, void *arg)
{
    err *e = tx_run(d, TX_WRITE, add, arg);

    (void)e;
    return OK;
}

static void a_failed_part_dooms_the_whole(void **state)
{
    struct play good = {0};
    struct play bad = {.fail_with = err_new(fixture_arena, ERR_PRECONDITION, "no")};

    (void)state;
    reset();
    assert_ok(tx_run(db, TX_WRITE, add_nested_ignoring, &good));
    assert_int_equal(things(), 3);
    assert_int_equal(good.hooks, 12);
    assert_err(tx_run(db, TX_WRITE, add_nested_ignoring, &bad), PRECONDITION);
    assert_int_equal(things(), 3);
    assert_int_equal(bad.hooks, 0);
}

static err *swallow(struct db *d, void *arg)
{
    err *e;

    (void)arg;
    TRY(db_exec(d, SQL_t_add, DB_ARGS(db_i64(11), db_text("x")), NULL));
    e = db_exec(d, SQL_t_json, DB_ARGS(db_i64(1), db_text("{")), NULL);
    assert_err(e, BAD_REQUEST);
    return OK;
}

static void a_swallowed_error_is_no_commit(void **state)
{
    (void)state;
    reset();
    assert_err(tx_run(db, TX_WRITE, swallow, NULL), INTERNAL);
    assert_int_equal(things(), 2);
}

/* At first the other connection holds row 2. */
static err *impatient(struct db *d, void *arg)
{
    struct play *p = arg;

    p->runs++;
    TRY(db_script(d, "SET LOCAL lock_timeout = 20"));
    return db_exec(d, SQL_t_name, DB_ARGS(db_i64(2), db_text("1")), NULL);
}

static void a_refused_lock_is_tried_again(void **state)
{
    struct play p = {0};

    (void)state;
    reset();
    fixture_sql(other, "BEGIN; UPDATE thing SET name = name || '!' WHERE id = 2");
    assert_err(tx_run(db, TX_WRITE, impatient, &p), RETRY);
    assert_int_equal(p.runs, 6);
    fixture_sql(other, "ROLLBACK");
    assert_ok(tx_run(db, TX_WRITE, impatient, &p));
    assert_int_equal(p.runs, 7);
}

/* The first two runs lose against a concurrent update, the third wins. */
static err *racing(struct db *d, void *arg)
{
    struct play *p = arg;
    p->runs++;
    if (!p->kept)
        p->kept = arena_strdup(fixture_arena, "found out at the first attempt");
    TRY(db_script(d, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"));
    fixture_i64(d, "SELECT count(*) FROM thing");
    if (p->runs < 3)
        fixture_sql(other, "UPDATE thing SET name = name || '+' WHERE id = 1");
    tx_after_commit(d, count_hook, p);
    return db_exec(d, SQL_t_name, DB_ARGS(db_i64(1), db_text("1")), NULL);
}

static void serialization_failures_run_again(void **state)
{
    struct arena_mark m = arena_mark(fixture_arena);
    struct play p = {0};

    (void)state;
    reset();
    assert_ok(tx_run(db, TX_WRITE, racing, &p));
    assert_int_equal(p.runs, 3);
    assert_int_equal(p.hooks, 1);
    assert_string_equal(p.kept, "found out at the first attempt");
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM thing WHERE name = 'a++1'"), 1);
    arena_rewind(fixture_arena, m);
}

static err *lose(struct db *d, void *arg)
{
    struct play *p = arg;

    p->runs++;
    return db_script(d, "DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END $$");
}

static void snapshots_do_not_run_again(void **state)
{
    struct play p = {0};

    (void)state;
    assert_err(tx_run(db, TX_SNAPSHOT, lose, &p), RETRY);
    assert_int_equal(p.runs, 1);
}

static err *look_twice(struct db *d, void *arg)
{
    int64_t before = fixture_i64(d, "SELECT count(*) FROM thing");

    (void)arg;
    fixture_sql(other, "INSERT INTO thing VALUES (77, 'later')");
    assert_int_equal(fixture_i64(d, "SELECT count(*) FROM thing"), before);
    return OK;
}

static err *write_in_snapshot(struct db *d, void *arg)
{
    (void)arg;
    return db_exec(d, SQL_t_add, DB_ARGS(db_i64(1), db_text("x")), NULL);
}

static void snapshots_stand_still(void **state)
{
    (void)state;
    reset();
    assert_ok(tx_run(db, TX_SNAPSHOT, look_twice, NULL));
    assert_int_equal(things(), 3);
    assert_err(tx_run(db, TX_SNAPSHOT, write_in_snapshot, NULL), INTERNAL);
}

static err *leave_stream(struct db *d, void *arg)
{
    struct db_cursor c;
    struct row r;
    bool more;

    (void)arg;
    TRY(db_stream(d, SQL_t_count, DB_ARGS(db_i64(1000000)), &c));
    TRY(db_next(&c, &r, &more));
    return err_new(fixture_arena, ERR_CONFLICT, "enough");
}

static void rollback_ends_a_stream(void **state)
{
    (void)state;
    assert_err(tx_run(db, TX_WRITE, leave_stream, NULL), CONFLICT);
    assert_int_equal(fixture_i64(db, "SELECT 1"), 1);
}

static err *lose_connection(struct db *d, void *arg)
{
    struct play *p = arg;
    struct row r;

    p->runs++;
    TRY(db_exec(d, SQL_t_add, DB_ARGS(db_i64(12), db_text("lost")), NULL));
    TRY(db_one(d, SQL_t_pid, DB_NOARGS, &r));
    fixture_i64(other, arena_printf(fixture_arena, "SELECT pg_terminate_backend(%lld, 5000)::int",
                                    (long long)row_i64(&r, T_PID_PID)));
    return OK;
}

static void a_commit_into_nothing_is_not_replayed(void **state)
{
    struct play p = {0};

    (void)state;
    reset();
    assert_err(tx_run(db, TX_WRITE, lose_connection, &p), UNAVAILABLE);
    assert_int_equal(p.runs, 1);
    assert_false(tx_active(db));
    assert_ok(db_ensure(db));
    assert_int_equal(things(), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commits), cmocka_unit_test(rolls_back), cmocka_unit_test(is_checked_before_its_commit), cmocka_unit_test(a_failed_part_dooms_the_whole),
        cmocka_unit_test(a_swallowed_error_is_no_commit), cmocka_unit_test(a_refused_lock_is_tried_again),
        cmocka_unit_test(serialization_failures_run_again),
        cmocka_unit_test(snapshots_do_not_run_again), cmocka_unit_test(snapshots_stand_still),
        cmocka_unit_test(rollback_ends_a_stream), cmocka_unit_test(a_commit_into_nothing_is_not_replayed),
    };
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    db = fixture_open("tx");
    other = fixture_connect();
    fixture_sql(db, "CREATE TABLE thing (id int4, name text, data jsonb)");
    failed = cmocka_run_group_tests_name("tx", tests, NULL, NULL);
    fixture_close();
    return failed != 0;
}
