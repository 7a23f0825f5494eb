/* Lists of the Data Manager in a big project: what is kept and for how long, and that hot queries go by index. */
#include <stdio.h>

#include "core/scope.h"
#include "dm/list.h"
#include "fixture.h"
#include "plan.h"

enum { TASKS = 100000 };

static struct db *db;
static const struct dm_context context = {.project = 1};

/* Every third task is annotated, by annotator 1, the first ten of them also by annotator 2; every tenth has a prediction. */
static int set_up(void **state)
{
    (void)state;
    fixture_sql(db, "INSERT INTO user_account (id, email) SELECT i, 'u' || i || '@example.com' FROM generate_series(1, 3) i;"
        "INSERT INTO organization (id, title, token) VALUES (1, 'o', 't');"
        "INSERT INTO project (id, organization_id) SELECT i, 1 FROM generate_series(1, 3) i;"
        "INSERT INTO task (id, project_id, inner_id, data, created_at)"
        " SELECT i, 1, i, jsonb_build_object('text', 'text ' || i, 'n', i % 97), now() - i * interval '1 second' FROM generate_series(1, 100000) i;"
        "INSERT INTO task (id, project_id, inner_id, data) SELECT i, 2, i, '{}' FROM generate_series(100001, 100010) i;"
        "INSERT INTO annotation (task_id, project_id, result, completed_by) SELECT i, 1, '[]', 1 FROM generate_series(3, 100000, 3) i;"
        "INSERT INTO annotation (task_id, project_id, result, completed_by) SELECT i, 1, '[]', 2 FROM generate_series(3, 30, 3) i;"
        "INSERT INTO prediction (task_id, project_id, result, score) SELECT i, 1, '[]', i / 1e6 FROM generate_series(10, 100000, 10) i;"
        "SELECT task_recount(array_agg(id), NULL) FROM task;"
        "ANALYZE task; ANALYZE annotation; ANALYZE prediction");
    return 0;
}

static struct scope scope(void)
{
    return (struct scope){.a = fixture_arena, .db = db, .user = 1, .organization = 1, .role = "OW", .email = "u@example.com"};
}

static struct dm_query query(const char *json)
{
    return plan_query(&context, json);
}

static struct dm_list open_list(struct scope *s, const struct dm_query *q)
{
    struct dm_list l;

    assert_ok(dm_list_open(s, q, INT64_MAX, &l));
    return l;
}

static int64_t id_at(const struct dm_list *l, int64_t place)
{
    int64_t id;
    size_t n;

    assert_ok(dm_list_ids(l, place, 1, &id, &n));
    return n ? id : -1;
}

#define MULTIPLES "\"filters\": {\"conjunction\": \"and\", \"items\": [{\"filter\": \"filter:tasks:data.n\", \"operator\": \"equal\", " \
                  "\"type\": \"Number\", \"value\": 0}]}"

static void totals_and_places(void **state)
{
    struct scope s = scope();
    struct dm_query q = query("{" MULTIPLES ", \"ordering\": [\"-tasks:created_at\"]}");
    struct dm_list l = open_list(&s, &q);
    int64_t ids[DM_IDS_MOST];
    size_t n;

    (void)state;
    assert_true(l.kept != 0);
    assert_int_equal(l.total.tasks, TASKS / 97);
    assert_int_equal(l.total.annotations, TASKS / 97 / 3);
    assert_int_equal(l.total.predictions, TASKS / 97 / 10);
    assert_int_equal(id_at(&l, 0), 97);
    assert_int_equal(id_at(&l, 999), 97 * 1000);
    assert_int_equal(id_at(&l, 1000), 97 * 1001);
    assert_int_equal(id_at(&l, TASKS / 97), -1);
    assert_ok(dm_list_ids(&l, 995, 20, ids, &n));
    assert_int_equal(n, 20);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(ids[i], 97 * (996 + (int64_t)i));
    assert_ok(dm_list_ids(&l, TASKS / 97 - 5, 20, ids, &n));
    assert_int_equal(n, 5);
}

static void orders_by_a_count(void **state)
{
    struct scope s = scope();
    struct dm_query q = query("{\"ordering\": [\"-tasks:total_annotations\"]}");
    struct dm_list l = open_list(&s, &q);

    (void)state;
    assert_int_equal(l.total.tasks, TASKS);
    assert_int_equal(id_at(&l, 0), 3);       /* two annotations: 3 … 30 */
    assert_int_equal(id_at(&l, 10), 33);
    assert_int_equal(id_at(&l, TASKS / 3), 1);
    assert_int_equal(id_at(&l, TASKS - 1), TASKS);
}

/* The first page of an order is found alone; whoever goes on gets the rest, with the same start. */
static void the_first_page_comes_before_the_rest(void **state)
{
    static const char *const orders[] = {"total_annotations", "-total_predictions", "created_at", "-updated_at", "data.text", "-data.n"};
    struct scope s = scope();
    int64_t first[DM_IDS_MOST], again[DM_IDS_MOST];
    size_t n, m;

    (void)state;
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct dm_query q = query(arena_printf(fixture_arena, "{\"ordering\": [\"%s\"]}", orders[i]));
        struct dm_list l;
        fixture_sql(db, "TRUNCATE task_list CASCADE");
        assert_ok(dm_list_open(&s, &q, 30, &l));
        assert_int_equal(l.n_kept, 1000);
        assert_int_equal(l.total.tasks, TASKS);
        assert_ok(dm_list_ids(&l, 0, DM_IDS_MOST, first, &n));
        assert_int_equal(fixture_i64(db, "SELECT kept FROM task_list"), 1000);
        assert_ok(dm_list_open(&s, &q, 1001, &l));
        assert_int_equal(l.n_kept, TASKS);
        assert_ok(dm_list_ids(&l, 0, DM_IDS_MOST, again, &m));
        assert_int_equal(n, m);
        assert_memory_equal(first, again, n * sizeof *first);
        assert_int_equal(fixture_i64(db, "SELECT count(*) FROM task_list"), 1);
    }
}

static void a_glance_counts_nothing(void **state)
{
    struct scope s = scope();
    struct dm_query q = query("{" MULTIPLES "}");
    struct dm_list l;

    (void)state;
    fixture_sql(db, "TRUNCATE task_list CASCADE");
    assert_ok(dm_list_glance(&s, &q, 30, &l));
    assert_true(l.uncounted);
    assert_int_equal(id_at(&l, 0), 97);
    assert_int_equal(id_at(&l, 20), 97 * 21);
    assert_int_equal(id_at(&l, TASKS), -1);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM task_list"), 0);
    open_list(&s, &q);
    assert_ok(dm_list_glance(&s, &q, 30, &l));
    assert_false(l.uncounted);
    assert_int_equal(l.total.tasks, TASKS / 97);
    assert_int_equal(id_at(&l, 20), 97 * 21);
}

static void latest_first(void **state)
{
    struct scope s = scope();
    struct dm_query q = query("{\"ordering\": [\"-tasks:id\"]}");
    struct dm_list l = open_list(&s, &q);

    (void)state;
    assert_int_equal(l.kept, 0);
    assert_int_equal(l.total.tasks, TASKS);
    for (int64_t place = 0; place < TASKS; place += 9999)
        assert_int_equal(id_at(&l, place), TASKS - place);
    assert_int_equal(id_at(&l, TASKS - 1), 1);
    assert_int_equal(id_at(&l, TASKS), -1);
    fixture_sql(db, "UPDATE task SET deleted_at = now() WHERE id IN (5, 70000)");
    l = open_list(&s, &q);
    assert_int_equal(id_at(&l, 30000), 69999);
    assert_int_equal(id_at(&l, TASKS - 2 - 4), 4);
    fixture_sql(db, "UPDATE task SET deleted_at = NULL WHERE deleted_at IS NOT NULL");
}

static void kept_until_a_task_changes(void **state)
{
    struct scope s = scope();
    struct dm_query q = query("{" MULTIPLES "}"), same = query("{" MULTIPLES ", \"ordering\": [\"tasks:inner_id\"]}");
    struct dm_query other = query("{" MULTIPLES ", \"ordering\": [\"-tasks:id\"]}");
    int64_t kept;

    (void)state;
    fixture_sql(db, "TRUNCATE task_list CASCADE");      /* one of an earlier version may still do on a slow machine */
    kept = open_list(&s, &q).kept;
    assert_int_equal(open_list(&s, &q).kept, kept);
    assert_int_equal(open_list(&s, &same).kept, kept);
    assert_int_not_equal(open_list(&s, &other).kept, kept);
    fixture_sql(db, "UPDATE task_list SET made_at = made_at - interval '9 minutes', cost_ms = 5000");
    assert_int_equal(open_list(&s, &q).kept, kept);
    fixture_sql(db, "UPDATE task SET meta = '{}' WHERE id = 100001");      /* another project */
    assert_int_equal(open_list(&s, &q).kept, kept);
    fixture_sql(db, "UPDATE task SET data = data || '{\"n\": 1}' WHERE id = 97");
    assert_int_not_equal(open_list(&s, &q).kept, kept);
    assert_int_equal(open_list(&s, &q).total.tasks, TASKS / 97 - 1);
}

static void what_was_costly_may_be_five_seconds_old(void **state)
{
    struct scope s = scope();
    struct dm_query q = query("{" MULTIPLES "}");
    int64_t kept = open_list(&s, &q).kept;

    (void)state;
    fixture_sql(db, "UPDATE task_list SET cost_ms = 99; UPDATE task SET meta = '{}' WHERE id = 1");
    assert_int_not_equal(open_list(&s, &q).kept, kept);
    kept = open_list(&s, &q).kept;
    fixture_sql(db, "UPDATE task_list SET cost_ms = 100; UPDATE task SET meta = '{}' WHERE id = 1");
    assert_int_equal(open_list(&s, &q).kept, kept);
    fixture_sql(db, "UPDATE task_list SET made_at = made_at - interval '5 seconds'");
    assert_int_not_equal(open_list(&s, &q).kept, kept);
}

static void what_tells_of_drafts_is_never_older(void **state)
{
    struct scope s = scope();
    struct dm_query q = query("{\"ordering\": [\"-tasks:draft_exists\"]}");
    int64_t kept = open_list(&s, &q).kept;

    (void)state;
    fixture_sql(db, "INSERT INTO draft (task_id, project_id, user_id, result) VALUES (77, 1, 1, '[]');"
                    "UPDATE task_list SET cost_ms = 99, made_at = made_at - interval '5 seconds'");
    assert_int_not_equal(open_list(&s, &q).kept, kept);
    struct dm_list l = open_list(&s, &q);
    assert_int_equal(id_at(&l, 0), 77);
}

static void a_bounded_number_is_kept(void **state)
{
    struct scope s = scope();

    (void)state;
    for (int i = 0; i < 30; i++) {
        struct dm_query q = query(arena_printf(fixture_arena, "{\"filters\": {\"conjunction\": \"and\", \"items\": [{\"filter\": "
                                               "\"filter:tasks:id\", \"operator\": \"less\", \"type\": \"Number\", \"value\": %d}]}}", i + 3000));
        open_list(&s, &q);
    }
    assert_true(fixture_i64(db, "SELECT count(*) FROM task_list") <= 21);
    assert_int_equal(fixture_i64(db, "SELECT count(*) FROM task_list_page p WHERE NOT EXISTS (SELECT FROM task_list l WHERE l.id = p.list)"), 0);
}

/* Gone since: the page is found anew. */
static void lists_that_were_thrown_away(void **state)
{
    struct scope s = scope();
    struct dm_query q = query("{\"ordering\": [\"tasks:created_at\"]}");
    struct dm_list l = open_list(&s, &q);

    (void)state;
    fixture_sql(db, "TRUNCATE task_list CASCADE");
    assert_int_equal(id_at(&l, 1), TASKS - 1);      /* created_at falls with the id */
}

static void patterns_that_are_none(void **state)
{
    struct scope s = scope();
    struct dm_query q = query("{\"filters\": {\"conjunction\": \"and\", \"items\": [{\"filter\": \"filter:tasks:data.text\", \"operator\": "
                              "\"regex\", \"type\": \"String\", \"value\": \"(\"}]}}");
    struct dm_list l;

    (void)state;
    assert_err(dm_list_open(&s, &q, 30, &l), VALIDATION);
}

/* ---- plans ---- */

static void check_plan(const char *json, const char *index)
{
    struct dm_query q = query(json);
    const char *text = plan_of(db, &q, true);

    if (!strstr(text, index) || strstr(text, "Seq Scan"))
        fail_msg("%s: expected %s in\n%s", json, index, text);
}

#define ONE(column, operator, value) \
    "{\"filters\": {\"conjunction\": \"and\", \"items\": [{\"filter\": \"filter:tasks:" column "\", \"operator\": \"" operator "\", " \
    "\"type\": \"Number\", \"value\": " value "}]}}"

static void hot_queries_go_by_index(void **state)
{
    (void)state;
    check_plan("{\"ordering\": [\"tasks:id\"]}", "task_inner_id_key");
    check_plan("{\"ordering\": [\"-tasks:id\"]}", "task_inner_id_key");
    check_plan("{\"selectedItems\": {\"all\": false, \"included\": [5, 7, 900]}}", "task_pkey");
    check_plan(ONE("id", "equal", "77"), "task_pkey");
    check_plan(ONE("id", "in_list", "[77, 78]"), "task_pkey");
    check_plan(ONE("inner_id", "in", "{\"min\": 5000, \"max\": 5100}"), "task_inner_id_key");
    check_plan(ONE("annotators", "contains", "2"), "annotation_user");
    check_plan(ONE("annotators", "contains", "1"), "annotation_");
    check_plan(ONE("total_annotations", "equal", "0"), "task_inner_id_key");
    check_plan(ONE("reviewers", "contains", "1"), "task_assignment_");
    check_plan(ONE("predictions_results", "contains", "\"x\""), "prediction_");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(totals_and_places), cmocka_unit_test(orders_by_a_count), cmocka_unit_test(the_first_page_comes_before_the_rest), cmocka_unit_test(a_glance_counts_nothing),
        cmocka_unit_test(latest_first),
        cmocka_unit_test(kept_until_a_task_changes),
        cmocka_unit_test(what_was_costly_may_be_five_seconds_old), cmocka_unit_test(what_tells_of_drafts_is_never_older),
        cmocka_unit_test(a_bounded_number_is_kept), cmocka_unit_test(lists_that_were_thrown_away), cmocka_unit_test(patterns_that_are_none),
        cmocka_unit_test(hot_queries_go_by_index),
    };
    int failed;

    cmocka_set_message_output(CM_OUTPUT_TAP);
    db = fixture_open("dm");
    failed = cmocka_run_group_tests(tests, set_up, NULL);
    fixture_close();
    return failed;
}
