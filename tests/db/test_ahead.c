/* Statements that go along with the next one: what comes of them, what is forgotten, and what a check that fails undoes. */
#include "fixture.h"
#include "test_db.sql.h"

static struct db *db, *other;

static void reset(void)
{
    fixture_sql(other, "TRUNCATE thing; INSERT INTO thing VALUES (1, 'a'), (2, 'b')");
    db_forget_ahead(db);
}

static int64_t things(void)
{
    return fixture_i64(other, "SELECT count(*) FROM thing");
}

static const char *name_of(int64_t id)
{
    struct row r;

    assert_ok(db_one(db, SQL_t_some, DB_ARGS(db_i64(id)), &r));
    return row_text(&r, T_SOME_NAME);
}

/* Anything; what waits goes along. */
static err *ask(void)
{
    struct row r;

    return db_one(db, SQL_t_pid, DB_NOARGS, &r);
}

static void what_came_along_is_taken_once(void **state)
{
    (void)state;
    reset();
    assert_ok(db_ahead(db, SQL_t_some, DB_ARGS(db_i64(1))));
    assert_ok(ask());
    fixture_sql(other, "UPDATE thing SET name = 'new'");
    assert_string_equal(name_of(2), "new");
    assert_string_equal(name_of(1), "a");
    assert_string_equal(name_of(1), "new");
}

static void what_still_waits_is_asked(void **state)
{
    (void)state;
    reset();
    assert_ok(db_ahead(db, SQL_t_some, DB_ARGS(db_i64(1))));
    fixture_sql(other, "UPDATE thing SET name = 'new'");
    assert_string_equal(name_of(1), "new");
}

static void more_than_can_wait_is_asked_later(void **state)
{
    (void)state;
    reset();
    for (int i = 0; i < 20; i++)
        assert_ok(db_ahead(db, SQL_t_some, DB_ARGS(db_i64(i % 2 + 1))));
    assert_string_equal(name_of(1), "a");
    for (int i = 0; i < 20; i++)
        assert_string_equal(name_of(2), "b");
}

static err *read_first(struct db *d, void *arg)
{
    (void)d;
    *(const char **)arg = name_of(1);
    return OK;
}

static void a_transaction_reads_for_itself(void **state)
{
    const char *name;

    (void)state;
    reset();
    assert_ok(db_ahead(db, SQL_t_some, DB_ARGS(db_i64(1))));
    assert_ok(ask());
    fixture_sql(other, "UPDATE thing SET name = 'new'");
    assert_ok(tx_run(db, TX_WRITE, read_first, &name));
    assert_string_equal(name, "new");
}

static void its_failure_is_that_of_the_statement(void **state)
{
    (void)state;
    reset();
    assert_ok(db_ahead(db, SQL_t_inverse, DB_ARGS(db_i64(0))));
    assert_err(ask(), INTERNAL);
    assert_ok(ask());
    assert_string_equal(name_of(1), "a");
}

static void rows_come_whole_after_a_stream(void **state)
{
    struct db_cursor c;
    bool more = true;
    struct row r;

    (void)state;
    reset();
    assert_ok(db_stream(db, SQL_t_count, DB_ARGS(db_i64(2)), &c));
    while (more)
        assert_ok(db_next(&c, &r, &more));
    assert_ok(db_ahead(db, SQL_t_some, DB_ARGS(db_i64(1))));
    assert_ok(ask());
    assert_string_equal(name_of(1), "a");
}

/* ---------------------------------------------------------------- later */

static err *add_later(struct db *d, void *arg)
{
    TRY(db_later(d, SQL_t_add, DB_ARGS(db_i64(3), db_text("c"))));
    return db_later(d, SQL_t_json, DB_ARGS(db_i64(4), db_text(arg)));
}

static void later_is_before_the_commit(void **state)
{
    char json[] = "{}";

    (void)state;
    reset();
    assert_ok(tx_run(db, TX_WRITE, add_later, json));
    assert_int_equal(things(), 4);
}

static void a_later_failure_is_that_of_the_commit(void **state)
{
    char json[] = "{";

    (void)state;
    reset();
    assert_err(tx_run(db, TX_WRITE, add_later, json), BAD_REQUEST);
    assert_int_equal(things(), 2);
    assert_ok(ask());
}

static err *nothing(struct db *d, void *arg)
{
    (void)d;
    (void)arg;
    return OK;
}

static void an_empty_transaction_is_none(void **state)
{
    (void)state;
    reset();
    assert_ok(tx_run(db, TX_WRITE, nothing, NULL));
    assert_ok(tx_run(db, TX_SNAPSHOT, nothing, NULL));
    assert_string_equal(name_of(1), "a");
}

/* ---------------------------------------------------------------- checks */

struct judge {
    int calls;
    bool refuses;
};

static err *judge(void *arg, const struct rows *rows)
{
    struct judge *j = arg;

    assert_int_equal(rows->n, 1);
    j->calls++;
    return j->refuses ? err_new(fixture_arena, ERR_UNAUTHENTICATED, NULL) : OK;
}

static void put_check(struct judge *j)
{
    bool waiting;

    assert_ok(db_check_ahead(db, SQL_t_some, DB_ARGS(db_i64(1)), judge, j, &waiting));
    assert_true(waiting);
}

static err *add(struct db *d, void *arg)
{
    (void)arg;
    return db_exec(d, SQL_t_add, DB_ARGS(db_i64(3), db_text("c")), NULL);
}

static err *only_later(struct db *d, void *arg)
{
    (void)arg;
    return db_later(d, SQL_t_add, DB_ARGS(db_i64(3), db_text("c")));
}

static void a_check_that_passes_is_not_noticed(void **state)
{
    struct judge j = {0};

    (void)state;
    reset();
    put_check(&j);
    assert_string_equal(name_of(2), "b");
    assert_int_equal(j.calls, 1);
    put_check(&j);
    assert_ok(tx_run(db, TX_WRITE, add, NULL));
    put_check(&j);
    assert_ok(db_settle(db));
    assert_int_equal(j.calls, 3);
    assert_int_equal(things(), 3);
}

static void who_is_refused_reads_nothing_more(void **state)
{
    struct judge j = {.refuses = true};

    (void)state;
    reset();
    put_check(&j);
    assert_err(ask(), UNAUTHENTICATED);
    assert_err(ask(), INTERNAL);
    db_forget_ahead(db);
    assert_ok(ask());
    assert_int_equal(j.calls, 1);
}

static void who_is_refused_writes_nothing(void **state)
{
    static tx_fn *const ways[] = {add, only_later};
    struct judge j = {.refuses = true};

    (void)state;
    reset();
    put_check(&j);
    assert_err(add(db, NULL), UNAUTHENTICATED);
    for (int i = 0; i < 2; i++) {
        db_forget_ahead(db);
        put_check(&j);
        assert_err(tx_run(db, TX_WRITE, ways[i], NULL), UNAUTHENTICATED);
        assert_err(tx_run(db, TX_WRITE, ways[i], NULL), INTERNAL);
    }
    db_forget_ahead(db);
    assert_ok(ask());
    assert_int_equal(things(), 2);
    assert_int_equal(j.calls, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_along_is_taken_once), cmocka_unit_test(what_still_waits_is_asked),
        cmocka_unit_test(more_than_can_wait_is_asked_later), cmocka_unit_test(a_transaction_reads_for_itself),
        cmocka_unit_test(its_failure_is_that_of_the_statement), cmocka_unit_test(rows_come_whole_after_a_stream),
        cmocka_unit_test(later_is_before_the_commit),
        cmocka_unit_test(a_later_failure_is_that_of_the_commit), cmocka_unit_test(an_empty_transaction_is_none),
        cmocka_unit_test(a_check_that_passes_is_not_noticed), cmocka_unit_test(who_is_refused_reads_nothing_more),
        cmocka_unit_test(who_is_refused_writes_nothing),
    };
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    db = fixture_open("ahead");
    other = fixture_connect();
    fixture_sql(db, "CREATE TABLE thing (id int4, name text, data jsonb)");
    failed = cmocka_run_group_tests_name("ahead", tests, NULL, NULL);
    fixture_close();
    return failed != 0;
}
