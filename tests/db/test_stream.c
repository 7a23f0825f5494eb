/* The stream's cursors: what they pass is never lost, and an annotator who has done nearly everything is still served. */
#include "core/stream.h"
#include "core/stream.sql.h"
#include "fixture.h"

enum { PROJECT = 1, ANN = 1, BEN = 2 };

static struct db *db;

/* A project with overlap 2 of which ANN has done all but the last ten tasks. */
static int set_up(void **state)
{
    (void)state;
    fixture_sql(db, "TRUNCATE user_account, organization, project, task, annotation, stream_cursor, stream_revisit, stream_depth CASCADE;"
        "INSERT INTO user_account (id, email) SELECT i, 'u' || i || '@example.com' FROM generate_series(1, 3) i;"
        "INSERT INTO organization (id, title, token) VALUES (1, 'o', 't');"
        "INSERT INTO project (id, organization_id, maximum_annotations) VALUES (1, 1, 2);"
        "INSERT INTO project_sequence VALUES (1, 601); INSERT INTO stream_gate VALUES (1);"
        "INSERT INTO task (id, project_id, inner_id, data, overlap) SELECT i, 1, i, '{}', 2 FROM generate_series(1, 600) i;"
        "INSERT INTO annotation (task_id, project_id, result, completed_by) SELECT i, 1, '[]', 1 FROM generate_series(1, 590) i;"
        "SELECT task_recount(array_agg(id), NULL) FROM task");
    return 0;
}

static struct scope scope_of(int64_t user)
{
    return (struct scope){.a = fixture_arena, .db = db, .user = user, .organization = 1, .role = "OW", .email = "u@example.com"};
}

static int64_t next(int64_t user)
{
    struct scope s = scope_of(user);
    struct stream_task t;

    assert_ok(stream_next(&s, PROJECT, &t));
    return t.task;
}

static void deepen(int64_t user)
{
    assert_ok(db_exec(db, SQL_stream_deepen, DB_ARGS(db_i64(PROJECT), db_i64(user)), NULL));
}

/* The deepest candidate without taking it; 0 = none. */
static int64_t deepest(int64_t user)
{
    struct row r;
    bool found;

    assert_ok(db_opt(db, SQL_stream_deepest, DB_ARGS(db_i64(PROJECT), db_i64(user), db_text("{}"), db_null()), &r, &found));
    return found ? row_i64(&r, STREAM_DEEPEST_TASK) : 0;
}

static void begun_tasks_are_logged_once_per_depth(void **state)
{
    (void)state;
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM stream_depth WHERE depth = 1"), 590);
    fixture_sql(db, "INSERT INTO annotation (task_id, project_id, result, completed_by) VALUES (7, 1, '[]', 2); SELECT task_recount('{7}', NULL)");
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM stream_depth"), 590);
}

static void cursor_passes_own_tasks(void **state)
{
    (void)state;
    assert_int_equal(deepest(ANN), 0);
    deepen(ANN);
    assert_int_equal(fixture_i64(db, "SELECT (low_xid > (SELECT xid FROM stream_depth ORDER BY xid DESC LIMIT 1))::int FROM stream_depth_cursor WHERE user_id = 1"), 1);
    assert_int_equal(deepest(ANN), 0);
    /* New ones behind it are found. */
    fixture_sql(db, "INSERT INTO annotation (task_id, project_id, result, completed_by) VALUES (600, 1, '[]', 2); SELECT task_recount('{600}', NULL)");
    assert_int_equal(deepest(ANN), 600);
}

static void cursor_stops_at_what_is_left(void **state)
{
    (void)state;
    deepen(BEN);
    assert_int_equal(deepest(BEN), 1);
    fixture_sql(db, "INSERT INTO annotation (task_id, project_id, result, completed_by) SELECT i, 1, '[]', 2 FROM generate_series(1, 300) i;"
                    "SELECT task_recount(array_agg(id), NULL) FROM task WHERE id <= 300");
    deepen(BEN);
    assert_int_equal(deepest(BEN), 301);
}

/* A connection that counts in another slot: an open transaction makes all of its own slot wait. */
static struct db *in_another_slot(void)
{
    const char *slot = "SELECT counter_slot()";
    struct db *other = fixture_connect();

    while (fixture_i64(other, slot) == fixture_i64(db, slot))
        other = fixture_connect();
    return other;
}

/* A transaction that began its row earlier and commits it later must not fall behind the cursor. */
static void cursor_waits_for_open_transactions(void **state)
{
    struct db *other = in_another_slot();

    (void)state;
    fixture_sql(other, "BEGIN");
    fixture_sql(other, "INSERT INTO annotation (task_id, project_id, result, completed_by) VALUES (599, 1, '[]', 2); SELECT task_recount('{599}', NULL)");
    fixture_sql(db, "INSERT INTO annotation (task_id, project_id, result, completed_by) VALUES (1, 1, '[]', 3); SELECT task_recount('{1}', NULL);"
                    "INSERT INTO annotation (task_id, project_id, result, completed_by) VALUES (598, 1, '[]', 1); SELECT task_recount('{598}', NULL)");
    deepen(ANN);
    fixture_sql(other, "COMMIT");
    assert_int_equal(deepest(ANN), 599);
}

static void reopened_tasks_come_back(void **state)
{
    (void)state;
    fixture_sql(db, "UPDATE task SET overlap = 1 WHERE id <= 580; SELECT task_recount(array_agg(id), NULL) FROM task");
    assert_int_equal(next(BEN) > 580, 1);
    fixture_sql(db, "DELETE FROM task_lock; INSERT INTO stream_cursor VALUES (1, 3, 0, 595);"
                    "UPDATE annotation SET deleted_at = now() WHERE task_id = 9; SELECT task_recount('{9}', NULL)");
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM stream_revisit WHERE user_id = 3 AND inner_id = 9"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(begun_tasks_are_logged_once_per_depth, set_up),
        cmocka_unit_test_setup(cursor_passes_own_tasks, set_up),
        cmocka_unit_test_setup(cursor_stops_at_what_is_left, set_up),
        cmocka_unit_test_setup(cursor_waits_for_open_transactions, set_up),
        cmocka_unit_test_setup(reopened_tasks_come_back, set_up),
    };
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    db = fixture_open("stream");
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    fixture_close();
    return failed != 0;
}
