/* verify-counters: silent when all is right, finds each kind of wrong figure, mends it, and does not count the trash. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/counter.h"
#include "fixture.h"

/* A result of one region with a label that SQL computes. */
#define USES(label) "jsonb_build_array(jsonb_build_object('id', 'r', 'from_name', 'c', 'to_name', 't', 'type', 'choices'," \
                    " 'value', jsonb_build_object('choices', jsonb_build_array(" label "))))"

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
    fixture_sql(db, "TRUNCATE user_account, organization, project, task, annotation, project_counter, project_user_counter, task_block, project_summary_count, annotation_review, review_queue CASCADE;"
        "INSERT INTO user_account (id, email) SELECT i, 'u' || i || '@example.com' FROM generate_series(1, 3) i;"
        "INSERT INTO organization (id, title, token) VALUES (1, 'o', 't');"
        "INSERT INTO project (id, organization_id, maximum_annotations) VALUES (1, 1, 2), (2, 1, 1), (3, 1, 1);"
        "INSERT INTO project_counter (project_id, slot, queues_reviews) SELECT 1, s, true FROM generate_series(0, 15) s;"
        "UPDATE project SET has_reviews = true, has_review_queue = id = 1;"
        "INSERT INTO task (id, project_id, inner_id, data, overlap) SELECT i, 1 + i % 3, i, jsonb_build_object('text', i, 'k' || i % 5, 1), 1 + i % 2 FROM generate_series(1, 3000) i;"
        "INSERT INTO annotation (task_id, project_id, result, completed_by, was_cancelled, ground_truth, in_summary)"
        " SELECT t.id, t.project_id, " USES("'L' || t.id % 4") ", u, t.id % 7 = u, t.id % 11 = u, t.id % 9 > 0 FROM task t, generate_series(1, 3) u WHERE (t.id + u) % 5 < 3;"
        "INSERT INTO prediction (task_id, project_id, result) SELECT id, project_id, '[]' FROM task WHERE id % 4 = 0;"
        "INSERT INTO draft (task_id, project_id, user_id, result) SELECT id, project_id, 1 + id % 3, " USES("'D' || id % 4") " FROM task WHERE id % 6 = 0;"
        "SELECT task_recount(array_agg(id), NULL) FROM task;"
        "INSERT INTO annotation_review (project_id, annotation_id, author, accepted, created_by)"
        " SELECT project_id, id, completed_by, id % 3 > 0, 3 FROM annotation WHERE id % 4 < 2; SELECT task_feedback_recount(array_agg(id)) FROM task;"
        "SELECT task_assign(array_agg(id), array_agg(1 + id % 3), 'RE', 1) FROM task WHERE project_id = 1 AND id % 8 < 3;"
        "SELECT review_undo(array_agg(id), 1) FROM annotation_review WHERE id % 20 = 0; SELECT task_feedback_recount(array_agg(id)) FROM task;"
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

/* ---- reviews ---- */

static void reviews(void **state)
{
    (void)state;
    assert_int_equal(fixture_i64(db, "SELECT (count(DISTINCT state) = 4 AND count(*) > 500)::int FROM review_queue WHERE project_id = 1"), 1);
    check_found_and_mended("UPDATE task SET reviews_accepted = 9 WHERE id = (SELECT min(id) FROM task WHERE project_id = 2 AND reviews_accepted > 0)", 1,
                           arena_printf(fixture_arena, "project 2: figures of task %lld are not those of its reviews",
                                        (long long)fixture_i64(db, "SELECT min(id) FROM task WHERE project_id = 2 AND reviews_accepted > 0")));
    check_found_and_mended("UPDATE project_counter SET reviewed_tasks = reviewed_tasks + 2 WHERE (project_id, slot) = (1, 3)", 1,
                           arena_printf(fixture_arena, "project 1: reviewed_tasks is %lld, counted %lld",
                                        (long long)fixture_i64(db, "SELECT 2 + sum(reviewed_tasks) FROM project_counter WHERE project_id = 1"),
                                        (long long)fixture_i64(db, "SELECT sum(reviewed_tasks) FROM project_counter WHERE project_id = 1")));
}

#define ONE "current_setting('labeld.one')::int"

static void the_queue_of_reviews(void **state)
{
    static const char *const damage[] = {
        "DELETE FROM review_queue WHERE inner_id = " ONE,
        "UPDATE review_queue SET state = 3 - state WHERE inner_id = " ONE,
        "INSERT INTO review_queue VALUES (1, " ONE ", 77, 0, " ONE ")",
        "UPDATE task_assignment SET review_state = 3 - coalesce(review_state, 4) WHERE type = 'RE' AND task_id = " ONE,
    };
    long long one = fixture_i64(db, "SELECT min(q.task_id) FROM review_queue q JOIN task_assignment g ON g.task_id = q.task_id WHERE q.project_id = 1");
    const char *told = arena_printf(fixture_arena, "project 1: figures of task %lld are not those of the queue of reviews", one);

    (void)state;
    fixture_sql(db, arena_printf(fixture_arena, "SET labeld.one = %lld", one));
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++)
        check_found_and_mended(damage[i], 1, told);
    fixture_sql(db, "ALTER TABLE task DISABLE TRIGGER USER; UPDATE task SET deleted_at = now() WHERE id = " ONE "; ALTER TABLE task ENABLE TRIGGER USER");
    assert_int_not_equal(differing(), 0);
    assert_ok(counter_repair(db));
    assert_int_equal(differing(), 0);
    check_found_and_mended("UPDATE project_counter SET queues_reviews = false WHERE (project_id, slot) = (1, 3)", 1,
                           "project 1: slots that keep the queue of reviews is 15, counted 16");
}

/* ---- the summary ---- */

static int64_t summed(const char *kind, const char *name, const char *label)
{
    char look[300];

    snprintf(look, sizeof(look), "SELECT coalesce(sum(n), 0) FROM project_summary_count WHERE project_id = 1 AND (kind, name, label) = ('%s', '%s', '%s')",
             kind, name, label);
    return fixture_i64(db, look);
}

static void summary_counts(void **state)
{
    (void)state;
    assert_int_equal(summed("column", "text", ""), fixture_i64(db, "SELECT count(*) FROM task WHERE project_id = 1 AND deleted_at IS NULL"));
    assert_int_equal(summed("control", "c", "t|choices"),
                     fixture_i64(db, "SELECT count(*) FROM annotation a JOIN task t ON t.id = a.task_id AND t.deleted_at IS NULL"
                                     " WHERE a.project_id = 1 AND a.in_summary AND a.deleted_at IS NULL"));
    assert_int_equal(summed("draft_label", "c", "D2"),
                     fixture_i64(db, "SELECT count(*) FROM draft d JOIN task t ON t.id = d.task_id AND t.deleted_at IS NULL"
                                     " WHERE d.project_id = 1 AND d.task_id % 4 = 2"));
    fixture_sql(db, "UPDATE project_summary_count SET n = n + 2 WHERE key = summary_key('label', 'c', 'L1') AND project_id = 1"
                    " AND slot = (SELECT min(slot) FROM project_summary_count WHERE project_id = 1)");
    assert_int_equal(differing(), 1);
    assert_non_null(strstr(last, "project 1: summary label \"c\" \"L1\" is"));
    assert_ok(counter_repair(db));
    assert_int_equal(differing(), 0);
    fixture_sql(db, "DELETE FROM project_summary_count WHERE project_id = 2");
    assert_int_not_equal(differing(), 0);
    assert_ok(counter_repair(db));
    assert_int_equal(differing(), 0);
}

/* Whole tables at a time, several projects in one statement, and data and trash in the same one. */
static void summary_of_bulk_changes(void **state)
{
    static const char *const changes[] = {
        "UPDATE task SET data = data || '{\"added\": 1}' WHERE id % 2 = 0",
        "UPDATE task SET deleted_at = CASE WHEN deleted_at IS NULL THEN now() END WHERE id % 3 = 0",
        "UPDATE task SET deleted_at = CASE WHEN deleted_at IS NULL THEN now() END, data = '[]' WHERE id % 7 = 0",
        "UPDATE task SET data = '{\"only\": {}}' WHERE id % 5 = 0",
        "BEGIN; UPDATE task SET data = '{\"first\": 1}' WHERE id % 4 = 0; UPDATE task SET is_labeled = NOT is_labeled;"
        " UPDATE task SET is_labeled = NOT is_labeled; COMMIT",
        "UPDATE annotation SET in_summary = NOT in_summary WHERE id % 3 = 0",
        "UPDATE annotation SET result = " USES("'N' || id % 3") " WHERE id % 4 = 0",
        "UPDATE annotation SET deleted_at = CASE WHEN deleted_at IS NULL THEN now() END",
        "UPDATE draft SET result = result || result",
        "UPDATE draft SET user_id = 2",
        "DELETE FROM draft WHERE id % 2 = 0",
        "DELETE FROM annotation WHERE id % 2 = 0",
        "UPDATE draft SET annotation_id = (SELECT a.id FROM annotation a WHERE a.task_id = draft.task_id LIMIT 1);"
        " DELETE FROM annotation WHERE id IN (SELECT annotation_id FROM draft)",
        "DELETE FROM draft; DELETE FROM annotation; DELETE FROM prediction; DELETE FROM task WHERE project_id = 1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
        fixture_sql(db, changes[i]);
        fixture_sql(db, "SELECT task_recount(array_agg(id), NULL) FROM task");
        if (differing() != 0)
            fail_msg("after \"%s\": %s", changes[i], last);
    }
    assert_int_equal(fixture_i64(db, "SELECT coalesce(sum(abs(s)), 0) FROM (SELECT sum(n) AS s FROM project_summary_count"
                                     " WHERE project_id = 1 GROUP BY key) x"), 0);
}

/* Transactions of a few random steps, each on one task, and now and then on all of them. */
static const char random_work[] =
    "CREATE FUNCTION random_result() RETURNS jsonb LANGUAGE sql VOLATILE AS $$"
    " SELECT jsonb_agg(jsonb_build_object('from_name', 'c', 'to_name', 't', 'type', 'choices',"
    "                                     'value', jsonb_build_object('choices', jsonb_build_array('L' || (random() * 6)::int))))"
    " FROM generate_series(0, (random() * 3)::int) $$;"
    "CREATE PROCEDURE random_work(seed float8, times int) LANGUAGE plpgsql AS $$ DECLARE t int4; BEGIN"
    " PERFORM setseed(seed);"
    " FOR i IN 1 .. times LOOP"
    "  t = 3 + 3 * (random() * 12)::int;"
    "  PERFORM FROM task WHERE id = t FOR NO KEY UPDATE;"
    "  FOR k IN 0 .. (random() * 3)::int LOOP CASE (random() * 9)::int"
    "   WHEN 0, 1 THEN INSERT INTO annotation (task_id, project_id, result, completed_by, in_summary)"
    "                  VALUES (t, 1, random_result(), 1 + (random() * 2)::int, random() < 0.8);"
    "   WHEN 2 THEN UPDATE annotation SET result = random_result(), in_summary = random() < 0.8 WHERE task_id = t AND random() < 0.5;"
    "   WHEN 3 THEN UPDATE annotation SET deleted_at = CASE WHEN deleted_at IS NULL THEN now() END WHERE task_id = t AND random() < 0.3;"
    "   WHEN 4 THEN INSERT INTO draft (task_id, project_id, user_id, result) VALUES (t, 1, 1, random_result());"
    "   WHEN 5 THEN UPDATE draft SET result = random_result() WHERE task_id = t AND random() < 0.5;"
    "   WHEN 6 THEN DELETE FROM draft WHERE task_id = t AND random() < 0.7;"
    "   WHEN 7 THEN UPDATE task SET deleted_at = CASE WHEN deleted_at IS NULL THEN now() END WHERE id = t;"
    "   WHEN 8 THEN UPDATE task SET data = jsonb_build_object('k' || (random() * 5)::int, 1, 'text', 2) WHERE id = t;"
    "   ELSE PERFORM task_recount(ARRAY[t], 1);"
    "  END CASE; END LOOP;"
    "  COMMIT;"
    "  IF random() < 0.02 THEN PERFORM summary_repair(1); COMMIT; END IF;"
    "  IF random() < 0.02 THEN"
    "   PERFORM FROM task WHERE id % 3 = 0 AND id < 40 ORDER BY id FOR NO KEY UPDATE;"
    "   UPDATE task SET deleted_at = CASE WHEN random() < 0.5 THEN now() END WHERE id % 3 = 0 AND id < 40; COMMIT;"
    "  END IF;"
    " END LOOP; END $$;";

enum { WORKERS = 6 };

static void work_as_child(int n)
{
    pid_t pid = fork();
    char text[64];
    err *e;

    assert_true(pid >= 0);
    if (pid > 0)
        return;
    snprintf(text, sizeof(text), "CALL random_work(0.1 * %d, 120)", n);
    e = db_script(fixture_connect(), text);
    if (e)
        fprintf(stderr, "# %s\n", e->internal ? e->internal : e->detail);
    _exit(e != OK);
}

/* Six connections in two slots, at work on a dozen tasks: nothing is lost, and nobody waits crosswise (a deadlock would end a worker). */
static void summary_of_people_at_work(void **state)
{
    (void)state;
    fixture_sql(db, random_work);
    fixture_sql(db, "CREATE OR REPLACE FUNCTION counter_slot() RETURNS int2 LANGUAGE sql STABLE AS $$ SELECT (pg_backend_pid() % 2)::int2 $$");
    fixture_sql(db, "UPDATE task SET deleted_at = NULL");
    for (int i = 0; i < WORKERS; i++)
        work_as_child(i);
    for (int i = 0; i < WORKERS; i++) {
        int status;

        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    fixture_sql(db, "SELECT task_recount(array_agg(id), NULL) FROM task");
    if (differing() != 0)
        fail_msg("%s", last);
    fixture_sql(db, "CREATE OR REPLACE FUNCTION counter_slot() RETURNS int2 LANGUAGE sql STABLE AS $$ SELECT (pg_backend_pid() % 16)::int2 $$");
}

/* Their own figures may change; those above them would be written without the slot's lock. */
static void tasks_that_stay_in_the_trash(void **state)
{
    (void)state;
    fixture_sql(db, "DELETE FROM project_user_counter; UPDATE task SET is_labeled = NOT is_labeled, data = '{}' WHERE deleted_at IS NOT NULL");
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM project_user_counter"), 0);
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
        cmocka_unit_test_setup(reviews, set_up), cmocka_unit_test_setup(the_queue_of_reviews, set_up),
        cmocka_unit_test_setup(summary_counts, set_up), cmocka_unit_test_setup(summary_of_bulk_changes, set_up),
        cmocka_unit_test_setup(summary_of_people_at_work, set_up), cmocka_unit_test_setup(tasks_that_stay_in_the_trash, set_up),
        cmocka_unit_test_setup(one_order_of_locks, set_up),
    };
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    db = fixture_open("counter");
    failed = cmocka_run_group_tests_name("counter", tests_, NULL, NULL);
    fixture_close();
    return failed != 0;
}
