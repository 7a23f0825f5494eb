/* verify-counters: silent when all is right, finds each kind of wrong figure, mends it, and does not count the trash. */
#include <stdio.h>

#include "core/counter.h"
#include "fixture.h"

static struct db *db;
static char last[512];

static void remember_line(void *to, const char *line)
{
    (void)to;
    snprintf(last, sizeof(last), "%s", line);
}

static int64_t differing(void)
{
    int64_t n;

    assert_ok(counter_verify(db, remember_line, NULL, &n));
    return n;
}

static int set_up(void **state)
{
    (void)state;
    fixture_sql(db, "TRUNCATE user_account, organization, project, task, annotation, project_counter, project_user_counter, task_block CASCADE;"
        "INSERT INTO user_account (id, email) SELECT i, 'u' || i || '@example.com' FROM generate_series(1, 3) i;"
        "INSERT INTO organization (id, title, token) VALUES (1, 'o', 't');"
        "INSERT INTO project (id, organization_id, maximum_annotations) VALUES (1, 1, 2), (2, 1, 1), (3, 1, 1);"
        "INSERT INTO task (id, project_id, inner_id, data, overlap) SELECT i, 1 + i % 3, i, '{}', 1 + i % 2 FROM generate_series(1, 3000) i;"
        "INSERT INTO annotation (task_id, project_id, result, completed_by, was_cancelled, ground_truth)"
        " SELECT t.id, t.project_id, '[]', u, t.id % 7 = u, t.id % 11 = u FROM task t, generate_series(1, 3) u WHERE (t.id + u) % 5 < 3;"
        "INSERT INTO prediction (task_id, project_id, result) SELECT id, project_id, '[]' FROM task WHERE id % 4 = 0;"
        "SELECT task_recount(array_agg(id), NULL) FROM task;"
        "UPDATE task SET deleted_at = now() WHERE id % 50 = 0;"
        "UPDATE annotation SET deleted_at = now() WHERE id % 40 = 0;"
        "SELECT task_recount(array_agg(id), NULL) FROM task;"
        "DELETE FROM annotation WHERE id % 41 = 0; SELECT task_recount(array_agg(id), NULL) FROM task;"
        "UPDATE project SET deleted_at = now() WHERE id = 3; UPDATE project_counter SET task_number = 0 WHERE project_id = 3");
    return 0;
}

static void right_after_much_work(void **state)
{
    (void)state;
    assert_int_equal(differing(), 0);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM project_user_counter WHERE done_tasks > 0") > 0, 1);
}

static void check_found_and_mended(const char *damage, int64_t expected, const char *text)
{
    fixture_sql(db, damage);
    assert_int_equal(differing(), expected);
    assert_string_equal(last, text);
    assert_ok(counter_repair(db));
    assert_int_equal(differing(), 0);
}

static void project_figures(void **state)
{
    (void)state;
    check_found_and_mended("UPDATE project_counter SET task_number = task_number + 5 WHERE project_id = 2 AND slot = (SELECT min(slot)"
                           " FROM project_counter WHERE project_id = 2)", 1, "project 2: task_number is 985, counted 980");
}

static void missing_rows(void **state)
{
    (void)state;
    fixture_sql(db, "DELETE FROM project_counter WHERE project_id = 1; DELETE FROM project_user_counter; DELETE FROM task_block");
    assert_int_not_equal(differing(), 0);
    assert_ok(counter_repair(db));
    assert_int_equal(differing(), 0);
}

static void annotators_figures(void **state)
{
    (void)state;
    fixture_sql(db, "INSERT INTO project_user_counter VALUES (1, 3, 99, 1, 0, 0)");
    assert_int_equal(differing(), 1);
    assert_non_null(strstr(last, "project 1, user 3: done/kept/finished"));
    assert_ok(counter_repair(db));
    assert_int_equal(differing(), 0);
}

static void blocks(void **state)
{
    (void)state;
    fixture_sql(db, "UPDATE task_block SET tasks = tasks - 1 WHERE project_id = 1 AND block = 2");
    assert_int_equal(differing(), 1);
    assert_non_null(strstr(last, "project 1: block 2 holds"));
    assert_ok(counter_repair(db));
    assert_int_equal(differing(), 0);
}

/* A task's own figures move the sums above them: everything is right again after one repair. */
static void tasks(void **state)
{
    (void)state;
    fixture_sql(db, "UPDATE task SET total_annotations = 77, is_labeled = NOT is_labeled WHERE project_id = 1");
    assert_int_equal(differing(), 1000);
    assert_ok(counter_repair(db));
    assert_int_equal(differing(), 0);
    fixture_sql(db, "ALTER TABLE annotation DISABLE TRIGGER USER; DELETE FROM annotation WHERE completed_by = 2;"
                    "ALTER TABLE annotation ENABLE TRIGGER USER");
    assert_int_not_equal(differing(), 0);
    assert_ok(counter_repair(db));
    assert_int_equal(differing(), 0);
}

/* Backends that share a slot queue up at the project's counter, before they touch any annotator's: no two can wait crosswise. */
static void one_order_of_locks(void **state)
{
    struct db *other = fixture_connect();
    char look[200];

    (void)state;
    fixture_sql(db, "DELETE FROM project_counter; BEGIN;"
                    "INSERT INTO annotation (task_id, project_id, result, completed_by) SELECT id, 1, '[]', 1 FROM task WHERE project_id = 1 LIMIT 1");
    fixture_sql(db, "COMMIT; BEGIN;"
                    "INSERT INTO annotation (task_id, project_id, result, completed_by) SELECT id, 1, '[]', 2 FROM task WHERE project_id = 1 LIMIT 1");
    snprintf(look, sizeof(look), "SELECT count(*) FROM project_counter WHERE project_id = 1 AND slot = %d", (int)fixture_i64(db, "SELECT counter_slot()"));
    assert_int_equal(fixture_i64(other, look), 1);
    snprintf(look, sizeof(look), "SELECT count(*) FROM (SELECT FROM project_counter WHERE project_id = 1 AND slot = %d FOR UPDATE SKIP LOCKED) x",
             (int)fixture_i64(db, "SELECT counter_slot()"));
    assert_int_equal(fixture_i64(other, look), 0);
    fixture_sql(db, "ROLLBACK");
    db_close(other);
}

int main(void)
{
    const struct CMUnitTest tests_[] = {
        cmocka_unit_test_setup(right_after_much_work, set_up), cmocka_unit_test_setup(project_figures, set_up),
        cmocka_unit_test_setup(missing_rows, set_up), cmocka_unit_test_setup(annotators_figures, set_up),
        cmocka_unit_test_setup(blocks, set_up), cmocka_unit_test_setup(tasks, set_up),
        cmocka_unit_test_setup(one_order_of_locks, set_up),
    };
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    db = fixture_open("counter");
    failed = cmocka_run_group_tests_name("counter", tests_, NULL, NULL);
    fixture_close();
    return failed != 0;
}
