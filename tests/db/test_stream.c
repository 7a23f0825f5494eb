/* The stream's cursors: what they pass is never lost, and an annotator who has done nearly everything is still served. */
#include "core/stream.h"

#include <stdio.h>
#include <string.h>

#include "core/review.sql.h"
#include "core/stream.sql.h"
#include "fixture.h"

enum { PROJECT = 1, ANN = 1, BEN = 2 };

static struct db *db;

/* A project with overlap 2 of which ANN has done all but the last ten tasks. */
static int set_up(void **state)
{
    (void)state;
    fixture_sql(db, "TRUNCATE user_account, organization, project, task, annotation, prediction, stream_cursor, stream_revisit, stream_depth CASCADE;"
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

/* ---- the gate: a cursor that moves and a task that comes back at the same moment see each other ---- */

static void finish_all(void)
{
    fixture_sql(db, "UPDATE project SET maximum_annotations = 1; UPDATE task SET overlap = 1; SELECT task_recount(array_agg(id), NULL) FROM task;"
                    "DELETE FROM stream_revisit");
}

static int64_t low_of(int64_t user)
{
    return fixture_i64(db, arena_printf(fixture_arena, "SELECT coalesce(max(low_inner_id), 0) FROM stream_cursor WHERE user_id = %lld", (long long)user));
}

static void cursors_wait_for_reopening_transactions(void **state)
{
    struct db *other = fixture_connect();

    (void)state;
    finish_all();
    fixture_sql(other, "BEGIN");
    fixture_sql(other, "UPDATE annotation SET deleted_at = now() WHERE task_id = 9; SELECT task_recount('{9}', NULL)");
    assert_int_equal(next(BEN), 591);
    assert_int_equal(low_of(BEN), 0);
    fixture_sql(other, "COMMIT");
    fixture_sql(db, "DELETE FROM task_lock");
    assert_int_equal(next(BEN), 9);
}

static void reopening_waits_for_a_moving_cursor(void **state)
{
    struct db *other = fixture_connect();

    (void)state;
    finish_all();
    fixture_sql(db, "BEGIN; SELECT FROM stream_gate FOR UPDATE");
    fixture_sql(other, "SET lock_timeout = '100ms'");
    assert_err(db_script(other, "BEGIN; UPDATE annotation SET deleted_at = now() WHERE task_id = 9; SELECT task_recount('{9}', NULL); COMMIT"), RETRY);
    fixture_sql(other, "ROLLBACK");
    fixture_sql(db, "COMMIT");
}

static void cursors_move_and_keep_what_they_pass(void **state)
{
    (void)state;
    finish_all();
    fixture_sql(db, "INSERT INTO task_lock (task_id, user_id, project_id, expires_at) VALUES (591, 3, 1, now() + interval '1 h')");
    assert_int_equal(next(BEN), 592);
    assert_int_equal(low_of(BEN), 592);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM stream_revisit WHERE user_id = 2 AND inner_id = 591"), 1);
    fixture_sql(db, "DELETE FROM task_lock");
    assert_int_equal(next(BEN), 591);
}

/* Also a search that finds nothing; its answer is an error, but the cursor stays where it went. */
static void a_search_for_nothing_moves_the_cursor(void **state)
{
    struct scope s = scope_of(ANN);
    struct stream_task t;

    (void)state;
    fixture_sql(db, "DELETE FROM task WHERE id > 590; UPDATE project SET maximum_annotations = 1");
    assert_err(stream_next(&s, PROJECT, &t), NOT_FOUND);
    assert_int_equal(low_of(ANN), 601);
}

static void many_that_come_back_set_cursors_back(void **state)
{
    (void)state;
    fixture_sql(db, "INSERT INTO task (id, project_id, inner_id, data, is_labeled, annotators)"
                    " SELECT i, 1, i, '{}', true, CASE WHEN i < 50000 THEN '{1}' ELSE '{2}' END::int4[] FROM generate_series(1001, 110000) i;"
                    "INSERT INTO stream_cursor VALUES (1, 1, 0, 100001), (1, 2, 0, 100001), (1, 3, 0, 500);"
                    "UPDATE task SET is_labeled = false WHERE inner_id > 1000");
    assert_int_equal(low_of(ANN), 50000);
    assert_int_equal(low_of(BEN), 1001);
    assert_int_equal(low_of(3), 500);
}

/* ---- plans, with and without statistics ---- */

/* The plan that every session of the web pool would use. */
static const char *plan_of(const struct sql_query *q)
{
    const char *nulls = "NULL", *plan = "";
    struct rows rows;

    for (int i = 1; i < q->nparams; i++)
        nulls = arena_printf(fixture_arena, "%s, NULL", nulls);
    assert_ok(db_script(db, arena_printf(fixture_arena, "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; PREPARE planned AS %s", q->text)));
    assert_ok(db_run(db, arena_printf(fixture_arena, "EXPLAIN EXECUTE planned(%s)", nulls), DB_NOARGS, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        plan = arena_printf(fixture_arena, "%s%s\n", plan, row_text(&r, 0));
    }
    fixture_sql(db, "DEALLOCATE planned");
    return plan;
}

static void assert_plans(const char *when)
{
    static const struct {
        const struct sql_query *q;
        const char *index;
    } expected[] = {
        {SQL_stream_wide, "task_open_wide"}, {SQL_stream_ahead, "task_open "}, {SQL_stream_ahead_wide, "task_open_wide"},
        {SQL_stream_ahead_truth, "task_open_truth"}, {SQL_stream_busy, "task_open "}, {SQL_stream_busy_wide, "task_open_wide"},
        {SQL_stream_draws, "task_open "}, {SQL_stream_scattered, "task_open "}, {SQL_stream_scattered_wide, "task_open_wide"},
        {SQL_stream_scattered_truth, "task_open_truth"},
        {SQL_stream_deepest, "stream_depth_pkey"}, {SQL_stream_deepen, "stream_depth_pkey"}, {SQL_stream_revisited, "stream_revisit_pkey"},
        {SQL_stream_uncertain, "prediction_version"}, {SQL_stream_uncertain_pass, "prediction_version"}, {SQL_stream_drawn, "task_pkey"},
        {SQL_stream_take, "task_pkey"},
        {SQL_review_queued, "review_queue_state"}, {SQL_review_queued_others, "review_queue_author"},
        {SQL_review_queued_author, "review_queue_author"}, {SQL_review_queued_assigned, "task_assignment_review"},
    };

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const char *plan = plan_of(expected[i].q);
        if (!strstr(plan, expected[i].index) || strstr(plan, "Seq Scan on task") || strstr(plan, "Seq Scan on annotation") ||
            strstr(plan, "Seq Scan on prediction") || strstr(plan, "Seq Scan on stream_depth") || strstr(plan, "Seq Scan on review_queue") || strstr(plan, "Merge"))
            fprintf(stderr, "# %s, %s:\n%s", expected[i].q->name, when, plan), fail();
    }
}

static void searches_go_by_index(void **state)
{
    (void)state;
    assert_plans("tables almost empty");
    fixture_sql(db, "SET statement_timeout = 0");     /* filling is no search; a busy machine takes its time */
    fixture_sql(db, "INSERT INTO task (id, project_id, inner_id, data, overlap) SELECT i, 1, i, '{}', 1 + i % 2 FROM generate_series(1001, 101000) i;"
                    "INSERT INTO prediction (task_id, project_id, result, score, model_version, cluster)"
                    " SELECT id, 1, '[]', random(), 'm1', id % 7 FROM task WHERE inner_id > 1000;"
                    "INSERT INTO annotation (task_id, project_id, result, completed_by) SELECT id, 1, '[]', 1 FROM task WHERE inner_id BETWEEN 1001 AND 41000;"
                    "INSERT INTO review_queue SELECT 1, inner_id, 1, 1, id FROM task WHERE inner_id BETWEEN 1001 AND 41000;"
                    "SELECT task_recount(array_agg(id), NULL) FROM task");
    assert_plans("100,000 tasks, no statistics yet");
    fixture_sql(db, "ANALYZE");
    assert_plans("100,000 tasks");
}

/* ---------------------------------------------------------------- uniform sampling */

/* How often each task comes in so many askings. */
static void draw(const struct sql_query *query, const struct db_arg *args, size_t n_args, int askings, int times[601])
{
    memset(times, 0, 601 * sizeof *times);
    for (int i = 0; i < askings; i++) {
        struct rows rows;

        assert_ok(db_many(db, query, args, n_args, &rows));
        for (int j = 0; j < rows.n; j++) {
            struct row r = rows_at(&rows, j);
            times[row_i64(&r, STREAM_DRAWS_TASK)]++;
        }
    }
}

/* 110 are open, and 490 finished ones lie before task 591. */
static void leave_a_gap(void)
{
    fixture_sql(db, "UPDATE task SET is_labeled = id BETWEEN 101 AND 590");
}

static void a_task_behind_a_gap_comes_no_more_often(void **state)
{
    int times[601];

    (void)state;
    leave_a_gap();
    draw(SQL_stream_draws, DB_ARGS(db_i64(PROJECT), db_i64(1000), db_null(), db_bool(false)), 20, times);
    for (int i = 1; i <= 600; i++)       /* 33 are expected, give or take 6 */
        assert_in_range(times[i], i > 100 && i < 591 ? 0 : 3, i > 100 && i < 591 ? 0 : 100);
}

static void of_few_open_ones_each_comes(void **state)
{
    static const struct sql_query *const queries[] = {SQL_stream_scattered, SQL_stream_scattered_wide, SQL_stream_scattered_truth};
    int times[601];

    (void)state;
    leave_a_gap();
    fixture_sql(db, "UPDATE task SET ground_truth_annotations = 1 WHERE id IN (7, 591)");
    for (int q = 0; q < 3; q++) {
        draw(queries[q], DB_ARGS(db_i64(PROJECT), db_i64(1)), 200, times);
        assert_int_equal(times[200], 0);
        assert_in_range(times[591], 0, q < 2 ? 20 : 150);     /* 2 are expected; of two ground truths 100 */
    }
    assert_int_equal(times[7] + times[591], 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(begun_tasks_are_logged_once_per_depth, set_up),
        cmocka_unit_test_setup(cursor_passes_own_tasks, set_up),
        cmocka_unit_test_setup(cursor_stops_at_what_is_left, set_up),
        cmocka_unit_test_setup(cursor_waits_for_open_transactions, set_up),
        cmocka_unit_test_setup(reopened_tasks_come_back, set_up),
        cmocka_unit_test_setup(cursors_wait_for_reopening_transactions, set_up),
        cmocka_unit_test_setup(reopening_waits_for_a_moving_cursor, set_up),
        cmocka_unit_test_setup(cursors_move_and_keep_what_they_pass, set_up),
        cmocka_unit_test_setup(a_search_for_nothing_moves_the_cursor, set_up),
        cmocka_unit_test_setup(many_that_come_back_set_cursors_back, set_up),
        cmocka_unit_test_setup(searches_go_by_index, set_up),
        cmocka_unit_test_setup(a_task_behind_a_gap_comes_no_more_often, set_up), cmocka_unit_test_setup(of_few_open_ones_each_comes, set_up),
    };
    static const char *const tables[] = {"task", "annotation", "prediction", "stream_depth", "stream_cursor", "stream_revisit",
                                         "stream_depth_cursor", "review_queue"};
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    db = fixture_open("stream");
    /* Statistics come when a test wants them, not when the machine is slow enough for autovacuum to come by. */
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        fixture_sql(db, arena_printf(fixture_arena, "ALTER TABLE %s SET (autovacuum_enabled = off)", tables[i]));
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    fixture_close();
    return failed != 0;
}
