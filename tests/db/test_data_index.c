/* Indexes on task data: what queries wish for, what the job makes of it, that queries then go by it, and when it goes again. */
#include <stdio.h>

#include "base/cfg.h"
#include "core/scope.h"
#include "dm/index.h"
#include "fixture.h"
#include "jobs/runner.h"
#include "plan.h"

static struct db *db;
static struct runner runner;
static struct dm_context context = {.project = 1};

static bool stopping(void)
{
    return false;
}

static const struct job_def defs[] = {{"data_index", job_data_index, 3, 0, ""}, {NULL, NULL, 0, 0, NULL}};

static int fill(void **state)
{
    (void)state;
    runner = (struct runner){.db = db, .a = arena_new("round"), .defs = defs, .stopping = stopping};
    fixture_sql(db, "INSERT INTO user_account (id, email) VALUES (1, 'u@example.com');"
        "INSERT INTO organization (id, title, token) VALUES (1, 'o', 't');"
        "INSERT INTO project (id, organization_id) SELECT i, 1 FROM generate_series(1, 2) i;"
        "INSERT INTO task (id, project_id, inner_id, data)"
        " SELECT i, 1 + i % 2, i, jsonb_build_object('text', 'a text of some words ' || md5(i::text), 'n', i % 9973, 'user', jsonb_build_object('name', 'u' || i % 5000),"
        " E'it''s a \\\\ key', 'v' || i % 7000) FROM generate_series(1, 30000) i;"
        "ANALYZE task");
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    context.undefined_key = NULL;
    cfg.data_indexes_most = 24;
    fixture_sql(db, "TRUNCATE data_index, job CASCADE; UPDATE project SET deleted_at = NULL");
    return 0;
}


/* One run of the job. */
static void work(void)
{
    bool worked;

    fixture_sql(db, "TRUNCATE job CASCADE; INSERT INTO job (kind) VALUES ('data_index')");
    assert_ok(runner_step(&runner, &worked));
    db_use_arena(db, fixture_arena);
    assert_true(worked);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM job WHERE state = 'done'"), 1);
}

static void run(const char *json, int64_t cost_ms)
{
    struct scope s = {.a = fixture_arena, .db = db, .user = 1, .organization = 1, .role = "OW", .email = "u@example.com"};
    struct dm_query q = plan_query(&context, json);

    assert_ok(dm_index_used(&s, &q, cost_ms));
}

static int64_t count(const char *condition)
{
    return fixture_i64(db, arena_printf(fixture_arena, "SELECT count(*) FROM data_index WHERE %s", condition));
}

static int64_t n_indexes(void)
{
    return fixture_i64(db, "SELECT count(*) FROM pg_index WHERE indrelid = 'task'::regclass AND indexrelid::regclass::text ~ 'data_index_'");
}

static const char filter_text[] = PLAN_FILTER("data.text", "contains", "String", "\"C4CA4238\"");
static const char filter_number[] = PLAN_FILTER("data.n", "in", "Number", "{\"min\": 5, \"max\": 6}");

static void queries_wish_and_then_go_by_index(void **state)
{
    static const struct {
        const char *json, *kind;
    } cases[] = {
        {filter_text, "contains"},
        {PLAN_FILTER("data.user.name", "contains", "String", "\"u499\""), "contains"},
        {PLAN_FILTER("data.n", "contains", "Number", "\"9971\""), "contains"},
        {PLAN_FILTER("data.text", "equal", "String", "\"x\""), "equal"},
        {PLAN_FILTER("data.it's a \\\\ key", "in_list", "String", "[\"v1\", \"v2\"]"), "equal"},
        {PLAN_FILTER("data.user__name", "equal", "String", "\"u5\""), "equal"},
        {filter_number, "number"},
        {PLAN_FILTER("data.n", "greater", "Number", "9971"), "number"},
        {"{\"ordering\": [\"tasks:data.text\"]}", "text"},
        {"{\"ordering\": [\"-tasks:data.text\"]}", "text_down"},
        {"{\"ordering\": [\"tasks:data.n\"], \"columnsDisplayType\": {\"tasks:data.n\": \"Number\"}}", "number"},
        {"{\"ordering\": [\"-tasks:data.n\"], \"columnsDisplayType\": {\"tasks:data.n\": \"Number\"}}", "number_down"},
    };
    enum { N = sizeof cases / sizeof *cases };

    (void)state;
    for (size_t i = 0; i < N; i++)
        run(cases[i].json, 150);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM job WHERE kind = 'data_index' AND state = 'waiting'"), 1);
    work();
    assert_int_equal(count("state <> 'ready'"), 0);
    assert_int_equal(n_indexes(), count("true"));
    for (size_t i = 0; i < N; i++) {
        struct dm_query q = plan_query(&context, cases[i].json);
        const char *plan = plan_of(db, &q, q.n == 0);
        if (!strstr(plan, "data_index_") || strstr(plan, "Seq Scan") || count(arena_printf(fixture_arena, "kind = '%s'", cases[i].kind)) == 0)
            fail_msg("%s: expected an index of kind %s in\n%s", cases[i].json, cases[i].kind, plan);
    }
}

/* In the form in which a list is filled, too: values are elements of an array there. */
static void arrays_of_values_go_by_index(void **state)
{
    struct dm_query q = plan_query(&context, PLAN_FILTER("data.user.name", "contains", "String", "\"u499\""));
    struct sqlb b;
    struct rows rows;
    struct row r;

    (void)state;
    run(PLAN_FILTER("data.user.name", "contains", "String", "\"u499\""), 150);
    work();
    sqlb_init(&b, fixture_arena);
    b.form = SQLB_ARRAY;
    sqlb_lit(&b, "SELECT t.id FROM task t WHERE ");
    dm_where(&b, &q);
    fixture_sql(db, "CREATE FUNCTION explain_with(q text, v text[]) RETURNS SETOF text LANGUAGE plpgsql AS $$ BEGIN "
                    "RETURN QUERY EXECUTE 'EXPLAIN ' || q USING v; END $$");
    assert_ok(db_run(db, "SELECT string_agg(p, E'\\n') FROM explain_with($1, $2) p", DB_ARGS(db_text(b.text.buf), sqlb_array(&b)), &rows));
    r = rows_at(&rows, 0);
    assert_non_null(strstr(row_text(&r, 0), "data_index_"));
}

static void what_is_quick_or_cannot_be_helped_is_not_wished_for(void **state)
{
    static const char *const cases[] = {
        PLAN_FILTER("data.text", "contains", "String", "\"ab\""), PLAN_FILTER("data.text", "not_contains", "String", "\"abcd\""),
        PLAN_FILTER("data.text", "less", "String", "\"abcd\""), PLAN_FILTER("data.text", "regex", "String", "\"abcd\""),
        PLAN_FILTER("total_annotations", "greater", "Number", "3"), "{\"ordering\": [\"tasks:created_at\"]}",
        "{\"filters\": {\"conjunction\": \"or\", \"items\": [{\"filter\": \"filter:tasks:data.text\", \"operator\": \"contains\", \"type\": \"String\", "
        "\"value\": \"abc\"}, {\"filter\": \"filter:tasks:id\", \"operator\": \"less\", \"type\": \"Number\", \"value\": 3}]}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        run(cases[i], 5000);
    run(filter_text, 99);
    assert_int_equal(count("true"), 0);
    cfg.data_indexes_most = 0;
    run(filter_text, 5000);
    assert_int_equal(count("true"), 0);
}

static void use_is_noted_once_a_minute(void **state)
{
    (void)state;
    run(filter_text, 150);
    fixture_sql(db, "UPDATE data_index SET used_at = now() - interval '59 seconds'");
    run(filter_text, 1);
    assert_int_equal(count("used_at > now() - interval '10 seconds'"), 0);
    fixture_sql(db, "UPDATE data_index SET used_at = now() - interval '61 seconds'");
    run(filter_text, 1);
    assert_int_equal(count("used_at > now() - interval '10 seconds'"), 1);
}

/* A runner that dies leaves its row in the state of building, and an index that is not valid. */
static void what_was_not_finished_is_made_again(void **state)
{
    (void)state;
    run(filter_text, 150);
    work();
    fixture_sql(db, "UPDATE data_index SET state = 'building';"
                    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = (SELECT ('data_index_' || id)::regclass FROM data_index)");
    work();
    assert_int_equal(count("state = 'ready'"), 1);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM pg_index WHERE indrelid = 'task'::regclass AND indexrelid::regclass::text ~ 'data_index_' AND indisvalid"), 1);
    fixture_sql(db, arena_printf(fixture_arena, "DROP INDEX data_index_%lld", (long long)fixture_i64(db, "SELECT id FROM data_index")));
    work();
    assert_int_equal(count("state = 'ready'"), 1);
    assert_int_equal(n_indexes(), 1);
}

static void the_longest_unused_makes_room(void **state)
{
    (void)state;
    cfg.data_indexes_most = 1;
    run(filter_text, 150);
    work();
    run(filter_number, 150);
    work();
    assert_int_equal(count("state = 'ready' AND kind = 'contains'"), 1);      /* used within the hour */
    assert_int_equal(count("state = 'wanted' AND kind = 'number'"), 1);
    fixture_sql(db, "UPDATE data_index SET used_at = now() - interval '2 hours', is_pinned = true WHERE kind = 'contains'");
    work();
    assert_int_equal(count("state = 'ready' AND kind = 'contains'"), 1);
    fixture_sql(db, "UPDATE data_index SET is_pinned = false WHERE kind = 'contains'");
    work();
    assert_int_equal(count("kind = 'contains'"), 0);
    assert_int_equal(count("state = 'ready' AND kind = 'number'"), 1);
    assert_int_equal(n_indexes(), 1);
}

static void what_is_off_stays_off(void **state)
{
    struct scope s = {.a = fixture_arena, .db = db, .user = 1, .organization = 1, .role = "OW", .email = "u@example.com"};
    int64_t id, again;

    (void)state;
    run(filter_text, 150);
    work();
    id = fixture_i64(db, "SELECT id FROM data_index");
    assert_err(dm_index_remove(&s, 2, id), NOT_FOUND);
    assert_ok(dm_index_remove(&s, 1, id));
    work();
    assert_int_equal(n_indexes(), 0);
    run(filter_text, 150);
    work();
    assert_int_equal(n_indexes(), 0);
    assert_ok(dm_index_want(&s, 1, "text", "contains", &again));
    assert_int_equal(again, id);
    work();
    assert_int_equal(n_indexes(), 1);
    assert_int_equal(count("is_pinned"), 1);
    assert_ok(dm_index_remove(&s, 1, id));
    assert_ok(dm_index_remove(&s, 1, id));
    assert_err(dm_index_remove(&s, 1, id), NOT_FOUND);
    work();
    assert_int_equal(n_indexes(), 0);
}

static void projects_in_the_trash_have_none(void **state)
{
    (void)state;
    run(filter_text, 150);
    work();
    fixture_sql(db, "UPDATE project SET deleted_at = now() WHERE id = 1");
    work();
    assert_int_equal(count("true") + n_indexes(), 0);
}

/* Data from before the configuration: the first key stands for it, and the index must say so too. */
static void another_first_key_makes_another_index(void **state)
{
    (void)state;
    run(filter_text, 150);
    work();
    fixture_sql(db, "UPDATE project SET first_data_key = 'text' WHERE id = 1;"
                    "INSERT INTO task (id, project_id, inner_id, data) VALUES (30001, 1, 30001, '{\"$undefined$\": \"C4CA4238\"}')");
    work();
    context.undefined_key = "text";
    struct dm_query q = plan_query(&context, filter_text);
    assert_non_null(strstr(plan_of(db, &q, q.n == 0), "data_index_"));
    fixture_sql(db, "DELETE FROM task WHERE id = 30001");
}

/* A submission changes figures of its task and no index. */
static void figures_stay_out_of_indexes(void **state)
{
    (void)state;
    run(filter_text, 150);
    run(filter_number, 150);
    work();
    fixture_sql(db, "VACUUM task");
    fixture_sql(db, "BEGIN; UPDATE task SET total_annotations = 1, useful_annotations = 1, annotators = '{1}', updated_at = now() WHERE id = 29001");
    assert_int_equal(fixture_i64(db, "SELECT pg_stat_get_xact_tuples_hot_updated('task'::regclass)"), 1);
    fixture_sql(db, "ROLLBACK");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(queries_wish_and_then_go_by_index, set_up), cmocka_unit_test_setup(arrays_of_values_go_by_index, set_up),
        cmocka_unit_test_setup(what_is_quick_or_cannot_be_helped_is_not_wished_for, set_up),
        cmocka_unit_test_setup(use_is_noted_once_a_minute, set_up), cmocka_unit_test_setup(what_was_not_finished_is_made_again, set_up),
        cmocka_unit_test_setup(the_longest_unused_makes_room, set_up), cmocka_unit_test_setup(what_is_off_stays_off, set_up),
        cmocka_unit_test_setup(projects_in_the_trash_have_none, set_up), cmocka_unit_test_setup(another_first_key_makes_another_index, set_up),
        cmocka_unit_test_setup(figures_stay_out_of_indexes, set_up),
    };
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    db = fixture_open("data_index");
    failed = cmocka_run_group_tests(tests, fill, NULL);
    arena_free(runner.a);
    fixture_close();
    return failed;
}
