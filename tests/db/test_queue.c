/* Adding to the queue: keys, and that nothing is lost between an adder and a runner. */
#include "db/queue.h"
#include "fixture.h"

static struct db *db, *other;

static void add_returns_the_row(void **state)
{
    int64_t id;

    (void)state;
    assert_ok(queue_add(db, "a", 0, "{\"x\": 1}", NULL, &id));
    assert_int_equal(fixture_i64(db, arena_printf(fixture_arena, "SELECT count(*) FROM job WHERE id = %lld AND kind = 'a' AND"
                                                  " payload = '{\"x\": 1}' AND state = 'waiting' AND organization_id IS NULL",
                                                  (long long)id)), 1);
}

static void a_key_is_once_among_waiting(void **state)
{
    int64_t first, second, third, other_kind;

    (void)state;
    assert_ok(queue_add(db, "k", 0, NULL, "one", &first));
    assert_ok(queue_add(db, "k", 0, "{\"other\": true}", "one", &second));
    assert_ok(queue_add(db, "l", 0, NULL, "one", &other_kind));
    assert_int_equal(first, second);
    assert_int_not_equal(first, other_kind);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM job WHERE kind = 'k' AND payload = '{}'"), 1);
    fixture_sql(db, "UPDATE job SET state = 'running' WHERE kind = 'k'");
    assert_ok(queue_add(db, "k", 0, NULL, "one", &third));
    assert_int_not_equal(first, third);
}

static void without_a_key_each_counts(void **state)
{
    int64_t first, second;

    (void)state;
    assert_ok(queue_add(db, "n", 0, NULL, NULL, &first));
    assert_ok(queue_add(db, "n", 0, NULL, NULL, &second));
    assert_int_not_equal(first, second);
}

static err *add_again(struct db *d, void *arg)
{
    TRY(queue_add(d, "w", 0, NULL, "key", NULL));
    /* A runner must not start the job now: it would not see what this transaction did. */
    *(int64_t *)arg = fixture_i64(other, "SELECT count(*) FROM (SELECT FROM job WHERE kind = 'w' FOR UPDATE SKIP LOCKED) x");
    return OK;
}

static void a_second_add_holds_the_job_back(void **state)
{
    int64_t seen = -1;

    (void)state;
    assert_ok(queue_add(db, "w", 0, NULL, "key", NULL));
    assert_ok(tx_run(db, TX_WRITE, add_again, &seen));
    assert_int_equal(seen, 0);
    assert_int_equal(fixture_i64(other, "SELECT count(*) FROM (SELECT FROM job WHERE kind = 'w' FOR UPDATE SKIP LOCKED) x"), 1);
}

static void later(void **state)
{
    (void)state;
    assert_ok(queue_add_later(db, "later", 0, NULL, NULL, 60, 5, NULL));
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM job WHERE kind = 'later' AND priority = 5 AND run_at > now() + interval '50 s'"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(add_returns_the_row), cmocka_unit_test(a_key_is_once_among_waiting), cmocka_unit_test(without_a_key_each_counts),
        cmocka_unit_test(a_second_add_holds_the_job_back), cmocka_unit_test(later),
    };
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    db = fixture_open("queue");
    other = fixture_connect();
    failed = cmocka_run_group_tests_name("queue", tests, NULL, NULL);
    fixture_close();
    return failed != 0;
}
