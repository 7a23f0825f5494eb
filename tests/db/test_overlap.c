/* Steps of a change of overlaps: what is put together with what, tasks that come in meanwhile, and work that is done beside it. */
#include "core/overlap.h"
#include "core/overlap.sql.h"
#include "fixture.h"

enum { PROJECT = 1, STEP = 100 };

static struct db *db, *other;

static int set_up(void **state)
{
    (void)state;
    fixture_sql(db, "TRUNCATE user_account, organization, project, task, annotation, overlap_change, overlap_draw, job CASCADE;"
        "INSERT INTO user_account (id, email) SELECT i, 'u' || i || '@example.com' FROM generate_series(1, 3) i;"
        "INSERT INTO organization (id, title, token) VALUES (1, 'o', 't');"
        "INSERT INTO project (id, organization_id) VALUES (1, 1);"
        "INSERT INTO project_sequence VALUES (1, 351);"
        "INSERT INTO task (id, project_id, inner_id, data) SELECT i, 1, i, '{}' FROM generate_series(1, 350) i;"
        "INSERT INTO annotation (task_id, project_id, result, completed_by) SELECT i, 1, '[]', 1 FROM generate_series(1, 20) i;"
        "SELECT task_recount(array_agg(id), NULL) FROM task");
    return 0;
}

/* The settings, and the request for the change, as core makes it. */
static void set(int overlap, int percentage, bool redraw)
{
    fixture_sql(db, arena_printf(fixture_arena, "UPDATE project SET maximum_annotations = %d, overlap_cohort_percentage = %d", overlap, percentage));
    assert_ok(db_exec(db, SQL_overlap_ask, DB_ARGS(db_i64(PROJECT), db_i64(overlap), db_i64(percentage), db_bool(redraw)), NULL));
}

static err *step_in_transaction(struct db *d, void *arg)
{
    return overlap_step(d, PROJECT, STEP, arg);
}

static enum overlap_state step(void)
{
    enum overlap_state state;

    assert_ok(tx_run(db, TX_WRITE, step_in_transaction, &state));
    return state;
}

static int finish(void)
{
    int n = 1;

    while (step() == OVERLAP_MORE)
        assert_true(++n < 50);
    assert_int_equal(fixture_i64(db, "SELECT (SELECT count(*) FROM overlap_change) + (SELECT count(*) FROM overlap_draw)"), 0);
    return n;
}

static int64_t with_overlap(int overlap)
{
    return fixture_i64(db, arena_printf(fixture_arena, "SELECT count(*) FROM task WHERE overlap = %d AND deleted_at IS NULL", overlap));
}

static int64_t finished(void)
{
    return fixture_i64(db, "SELECT count(*) FROM task WHERE is_labeled");
}

static void goes_in_steps(void **state)
{
    (void)state;
    set(2, 100, false);
    assert_int_equal(step(), OVERLAP_MORE);
    assert_int_equal(with_overlap(2), STEP);
    assert_int_equal(finished(), 0);
    assert_true(finish() <= 4);
    assert_int_equal(with_overlap(2), 350);
    assert_int_equal(step(), OVERLAP_DONE);
}

static void the_next_change_knows_the_unfinished_one(void **state)
{
    (void)state;
    set(2, 100, false);
    (void)step();
    set(3, 100, false);      /* as if all had two: all get three, not only those that got there */
    finish();
    assert_int_equal(with_overlap(3), 350);
    set(1, 100, false);
    (void)step();
    set(2, 40, false);       /* as if all had one: none is above one, so the cohort is drawn */
    finish();
    assert_int_equal(with_overlap(2), 140);
    set(2, 20, true);
    (void)step();
    set(5, 20, false);       /* as if the cohort were drawn */
    finish();
    assert_int_equal(with_overlap(5), 70);
    assert_int_equal(with_overlap(1), 280);
}

static void work_beside_it_is_counted_once(void **state)
{
    (void)state;
    set(2, 100, false);
    (void)step();
    fixture_sql(other, "INSERT INTO annotation (task_id, project_id, result, completed_by) VALUES (5, 1, '[]', 2), (300, 1, '[]', 2);"
                       "SELECT task_recount('{5,300}', 2)");
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM task WHERE id IN (5, 300) AND is_labeled"), 2);
    finish();
    assert_int_equal(finished(), 1);
    assert_int_equal(fixture_i64(db, "SELECT sum(finished_task_number)::int8 FROM project_counter"), 1);
}

static void waits_for_tasks_on_their_way(void **state)
{
    (void)state;
    fixture_sql(other, "BEGIN; UPDATE project_sequence SET next_inner_id = 361;"
                       "INSERT INTO task (id, project_id, inner_id, data) SELECT 350 + i, 1, 350 + i, '{}' FROM generate_series(1, 10) i");
    set(2, 100, false);
    while (step() == OVERLAP_MORE)
        ;
    assert_int_equal(with_overlap(2), 350);
    assert_int_equal(step(), OVERLAP_LATER);
    fixture_sql(other, "COMMIT");
    finish();
    assert_int_equal(with_overlap(2), 360);
}

static void a_draw_counts_tasks_that_came_in_late(void **state)
{
    (void)state;
    set(2, 50, true);
    (void)step();
    fixture_sql(other, "UPDATE project_sequence SET next_inner_id = 401;"
                       "INSERT INTO task (id, project_id, inner_id, data) SELECT 350 + i, 1, 350 + i, '{}' FROM generate_series(1, 50) i");
    finish();
    assert_int_equal(with_overlap(2), 200);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM task WHERE id <= 20 AND overlap = 2"), 20);
    fixture_sql(db, "UPDATE task SET deleted_at = now() WHERE id % 2 = 0");
    assert_ok(overlap_begin_redraw(db, PROJECT));
    finish();
    assert_int_equal(with_overlap(2), fixture_i64(db, "SELECT round(count(*) / 2.0) FROM task WHERE deleted_at IS NULL"));
}

static void a_project_in_the_trash_is_left_alone(void **state)
{
    (void)state;
    set(2, 100, false);
    fixture_sql(db, "UPDATE project SET deleted_at = now()");
    assert_int_equal(step(), OVERLAP_DONE);
    assert_int_equal(with_overlap(1), 350);
}

static int64_t slot_of(struct db *d)
{
    return fixture_i64(d, "SELECT counter_slot()");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(goes_in_steps, set_up),
        cmocka_unit_test_setup(the_next_change_knows_the_unfinished_one, set_up),
        cmocka_unit_test_setup(work_beside_it_is_counted_once, set_up),
        cmocka_unit_test_setup(waits_for_tasks_on_their_way, set_up),
        cmocka_unit_test_setup(a_draw_counts_tasks_that_came_in_late, set_up),
        cmocka_unit_test_setup(a_project_in_the_trash_is_left_alone, set_up),
    };
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    db = fixture_open("overlap");
    /* With a counter slot of its own: two that share one wait for each other's transactions. */
    do
        other = fixture_connect();
    while (slot_of(other) == slot_of(db));
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    db_close(other);
    fixture_close();
    return failed != 0;
}
