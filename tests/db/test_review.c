/* The queue of what waits for a review: made while people work, nothing is lost; and how the stream finds tasks in it. */
#include <stdio.h>

#include "core/counter.h"
#include "core/review_stream.h"
#include "fixture.h"

enum { PROJECT = 1, REVIEWER = 1 };

static struct db *db;

/* 300 tasks; the reviewer annotated the first 200, two others fifty each. */
static int set_up(void **state)
{
    (void)state;
    fixture_sql(db, "TRUNCATE user_account, organization, project, project_counter, project_user_counter, task_block, task, annotation, annotation_review,"
                    " review_queue, review_lock, job CASCADE;"
        "INSERT INTO user_account (id, email) SELECT i, 'u' || i || '@example.com' FROM generate_series(1, 4) i;"
        "INSERT INTO organization (id, title, token) VALUES (1, 'o', 't');"
        "INSERT INTO project (id, organization_id, is_published) VALUES (1, 1, true);"
        "INSERT INTO project_sequence VALUES (1, 301); INSERT INTO stream_gate VALUES (1);"
        "INSERT INTO task (id, project_id, inner_id, data) SELECT i, 1, i, '{}' FROM generate_series(1, 300) i;"
        "INSERT INTO annotation (task_id, project_id, result, completed_by)"
        " SELECT i, 1, '[]', CASE WHEN i <= 200 THEN 1 ELSE 2 + i % 2 END FROM generate_series(1, 300) i;"
        "SELECT task_recount(array_agg(id), NULL) FROM task");
    return 0;
}

static struct scope reviewer(void)
{
    return (struct scope){.a = fixture_arena, .db = db, .user = REVIEWER, .organization = 1, .role = "RE", .email = "u1@example.com",
                          .permissions = UINT64_C(1) << PERM_ANNOTATIONS_REVIEW};
}

static int64_t next(void)
{
    struct scope s = reviewer();
    struct stream_task t;

    assert_ok(review_next(&s, PROJECT, &t));
    return t.task;
}

static void begin_all(void)
{
    for (int slot = 0; slot < REVIEW_QUEUE_SLOTS; slot++)
        assert_ok(review_queue_begin(db, PROJECT, slot));
}

/* From there to the end, some at a time. */
static void fill(int64_t after)
{
    bool more = true;

    while (more)
        assert_ok(review_queue_step(db, PROJECT, after, 100, &after, &more));
}

static void report(void *to, const char *line)
{
    (void)to;
    fprintf(stderr, "# %s\n", line);
}

static void assert_right(void)
{
    int64_t n;

    assert_ok(counter_verify(db, report, NULL, &n));
    assert_int_equal(n, 0);
}

static int64_t queued(void)
{
    return fixture_i64(db, "SELECT count(*) FROM review_queue");
}

static void accept(struct db *d, int first, int last)
{
    fixture_sql(d, arena_printf(fixture_arena, "INSERT INTO annotation_review (project_id, annotation_id, author, accepted, created_by)"
                                               " SELECT 1, id, completed_by, true, 4 FROM annotation WHERE task_id BETWEEN %d AND %d;"
                                               "SELECT task_feedback_recount(ARRAY(SELECT generate_series(%d, %d)))", first, last, first, last));
}

static void everything_that_waits_is_in_it(void **state)
{
    (void)state;
    assert_int_equal(next(), 201);
    begin_all();
    fill(0);
    assert_int_equal(fixture_i64(db, "SELECT has_review_queue::int FROM project"), 1);
    assert_int_equal(queued(), 300);
    assert_int_equal(next(), 201);
    accept(db, 201, 250);
    assert_int_equal(next(), 251);
    assert_right();
}

/* Work goes on while the queue is made; steps are repeated after a crash. */
static void changes_meanwhile_are_in_it(void **state)
{
    int64_t last;
    bool more;

    (void)state;
    begin_all();
    assert_ok(review_queue_step(db, PROJECT, 0, 100, &last, &more));
    accept(db, 50, 150);
    fixture_sql(db, "UPDATE task SET deleted_at = now() WHERE id IN (20, 220); UPDATE annotation SET was_cancelled = true WHERE task_id IN (30, 230);"
                    "SELECT task_recount('{30, 230}', NULL)");
    begin_all();
    fill(0);
    fill(100);
    assert_int_equal(queued(), 300 - 101 - 4);
    assert_right();
}

/* Who counted before the slot was told commits before the first step, since telling waits for them. */
static void telling_waits_for_open_transactions(void **state)
{
    struct db *other = fixture_connect();
    int64_t slot = fixture_i64(other, "SELECT counter_slot()");

    (void)state;
    fixture_sql(other, "BEGIN");
    accept(other, 201, 210);
    fixture_sql(db, "SET lock_timeout = '100ms'");
    assert_err(review_queue_begin(db, PROJECT, (int)slot), RETRY);
    fixture_sql(db, "SET lock_timeout = 0");
    fixture_sql(other, "COMMIT");
    begin_all();
    fill(0);
    assert_int_equal(queued(), 290);
    assert_right();
}

/* A step waits for who is just changing one of its tasks, and goes by what they made of it. */
static void what_others_hold_is_not_taken_for_nothing(void **state)
{
    struct db *other = fixture_connect();

    (void)state;
    begin_all();
    fill(0);
    fixture_sql(other, "BEGIN; SELECT FROM task WHERE id BETWEEN 201 AND 260 FOR NO KEY UPDATE");
    assert_int_equal(next(), 261);
    fixture_sql(other, "ROLLBACK");
    fixture_sql(db, "DELETE FROM review_lock");
    assert_int_equal(next(), 201);
}

static void nothing_but_own_is_nothing(void **state)
{
    struct scope s = reviewer();
    struct stream_task t;

    (void)state;
    begin_all();
    fill(0);
    accept(db, 201, 300);
    assert_err(review_next(&s, PROJECT, &t), NOT_FOUND);
    s.role = "OW";
    assert_ok(review_next(&s, PROJECT, &t));
    assert_int_equal(t.task, 1);
}

static void tasks_that_are_removed_leave_nothing(void **state)
{
    (void)state;
    begin_all();
    fill(0);
    accept(db, 201, 250);
    fixture_sql(db, "DELETE FROM annotation WHERE task_id > 150; DELETE FROM task WHERE id > 150");
    assert_int_equal(queued(), 150);
    assert_int_equal(fixture_i64(db, "SELECT sum(reviewed_tasks) FROM project_counter"), 0);
    assert_right();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(everything_that_waits_is_in_it, set_up), cmocka_unit_test_setup(changes_meanwhile_are_in_it, set_up),
        cmocka_unit_test_setup(telling_waits_for_open_transactions, set_up),
        cmocka_unit_test_setup(what_others_hold_is_not_taken_for_nothing, set_up), cmocka_unit_test_setup(nothing_but_own_is_nothing, set_up),
        cmocka_unit_test_setup(tasks_that_are_removed_leave_nothing, set_up),
    };
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    db = fixture_open("review");
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    fixture_close();
    return failed != 0;
}
