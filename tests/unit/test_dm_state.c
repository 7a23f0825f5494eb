/* The state of the Data Manager page as a query string and as a question to the engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "with_arena.h"
#include "page/dm_state.h"

static json_t *filters(const char *conjunction)
{
    return json_pack("{s:s, s:[{s:s, s:s, s:s, s:i}, {s:s, s:s, s:s, s:s, s:{s:s, s:s, s:s, s:i}}]}", "conjunction", conjunction, "items",
                     "filter", "filter:tasks:id", "operator", "greater", "type", "Number", "value", 3,
                     "filter", "filter:tasks:data.text", "operator", "contains", "type", "String", "value", "a", "child_filter",
                     "filter", "filter:tasks:id", "operator", "less", "type", "Number", "value", 9);
}

static json_t *item(json_t *question, size_t i)
{
    return json_array_get(json_object_get(json_object_get(question, "filters"), "items"), i);
}

static const char *named(const json_t *o)
{
    return json_string_value(json_object_get(o, "filter"));
}

static const json_t *child(const json_t *o)
{
    return json_object_get(o, "child_filter");
}

static void test_nothing_said_is_an_empty_query(void **state)
{
    struct dm_state s = {.page = 1, .size = "m"};

    (void)state;
    assert_string_equal(dm_state_href(a, &s), "?");
    assert_int_equal(json_object_size(dm_state_question(a, &s)), 0);
    assert_false(dm_state_filters(&s));
}

static void test_everything_said_comes_back_in_the_query(void **state)
{
    struct rq_pair lines[] = {{"match", "or"}, {"f1", "data.a b"}, {"v1", "x&y"}};
    struct dm_state s = {.tab = 7, .given = 31, .lines = lines, .n_lines = 3, .q = "ü", .state = "todo", .ordering = "-data.n",
                         .as_number = true, .columns = "id,data.n", .grid = true, .size = "l", .page = 3, .quick = 12};

    (void)state;
    assert_string_equal(dm_state_href(a, &s), "?tab=7&match=or&f1=data.a%20b&v1=x%26y&q=%C3%BC&state=todo&ordering=-data.n&as=number"
                                              "&columns=id%2Cdata.n&type=grid&size=l&page=3&quick=12");
    assert_string_equal(dm_state_first(a, &s), "?tab=7&match=or&f1=data.a%20b&v1=x%26y&q=%C3%BC&state=todo&ordering=-data.n&as=number"
                                               "&columns=id%2Cdata.n&type=grid&size=l");
}

static void test_what_the_tab_says_stays_with_the_tab(void **state)
{
    struct dm_state s = {.tab = 7, .tab_row = 0, .ordering = "id", .grid = true, .size = "s", .page = 1};

    (void)state;
    assert_string_equal(dm_state_href(a, &s), "?tab=7");
    assert_false(dm_state_changed(&s));
    s.given = DM_GIVEN_ORDERING;
    s.ordering = NULL;
    assert_string_equal(dm_state_href(a, &s), "?tab=7&ordering=id");
    assert_true(dm_state_changed(&s));
}

static void test_the_box_and_the_state_narrow_filters_that_hold_all(void **state)
{
    struct dm_state s = {.filters = filters("and"), .q = "x", .state = "done"};
    json_t *question;

    (void)state;
    question = dm_state_question(a, &s);
    assert_string_equal(named(item(question, 2)), "filter:tasks:is_labeled");
    assert_string_equal(json_string_value(json_object_get(item(question, 3), "value")), "x");
    assert_int_equal(json_array_size(json_object_get(s.filters, "items")), 2);
    json_decref(s.filters);
}

static void test_and_each_of_those_of_which_one_is_enough(void **state)
{
    struct dm_state s = {.filters = filters("or"), .q = "x", .state = "done"};
    json_t *question;

    (void)state;
    question = dm_state_question(a, &s);
    assert_null(item(question, 2));
    assert_string_equal(named(child(item(question, 0))), "filter:tasks:is_labeled");
    assert_string_equal(json_string_value(json_object_get(child(child(item(question, 0))), "value")), "x");
    assert_null(child(child(child(item(question, 0)))));
    assert_string_equal(named(child(item(question, 1))), "filter:tasks:id");
    assert_string_equal(named(child(child(item(question, 1)))), "filter:tasks:is_labeled");
    assert_non_null(child(child(child(item(question, 1)))));
    json_decref(s.filters);
}

static void test_order_says_how_a_field_is_compared(void **state)
{
    struct dm_state s = {.ordering = "-data.n", .as_number = true};
    json_t *question;

    (void)state;
    question = dm_state_question(a, &s);
    assert_string_equal(json_string_value(json_array_get(json_object_get(question, "ordering"), 0)), "-tasks:data.n");
    assert_string_equal(json_string_value(json_object_get(json_object_get(question, "columnsDisplayType"), "tasks:data.n")), "Number");
}

static void test_names_of_parameters(void **state)
{
    (void)state;
    assert_true(dm_state_names("tab"));
    assert_true(dm_state_names("f12"));
    assert_true(dm_state_names("p1"));
    assert_false(dm_state_names("task"));
    assert_false(dm_state_names("f"));
    assert_false(dm_state_names("f1x"));
    assert_false(dm_state_names(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_said_is_an_empty_query),
        TEST(test_everything_said_comes_back_in_the_query),
        TEST(test_what_the_tab_says_stays_with_the_tab),
        TEST(test_the_box_and_the_state_narrow_filters_that_hold_all),
        TEST(test_and_each_of_those_of_which_one_is_enough),
        TEST(test_order_says_how_a_field_is_compared),
        TEST(test_names_of_parameters),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("dm_state", tests, NULL, NULL);
}
