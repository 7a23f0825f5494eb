/* Lines of a filter: from an address to the API's JSON and back. That the way through an address keeps what queries mean is checked with
 * every case of tests/golden/dm in test_dm.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "with_arena.h"
#include "http/query.h"
#include "page/dm_lines.h"

static struct dm_lines read_address(const char *address)
{
    struct rq_pair *pairs;
    struct dm_lines lines;
    size_t n;

    assert_null(query_parse(a, "query", address, strlen(address), &pairs, &n));
    dm_lines_read(a, pairs, n, &lines);
    return lines;
}

/* The items of the filter that an address means, with ' for ". */
static void means(const char *address, const char *expected)
{
    struct dm_lines lines = read_address(address);
    const json_t *filters = dm_lines_json(a, &lines);
    char *got = json_dumps(json_object_get(filters, "items"), JSON_COMPACT | JSON_ENCODE_ANY);

    for (char *p = got; p && *p; p++)
        if (*p == '"')
            *p = '\'';
    if (!got || strcmp(got, expected) != 0)
        fail_msg("%s: expected %s, got %s", address, expected, got ? got : "nothing");
    free(got);
}

static void nothing(const char *address)
{
    struct dm_lines lines = read_address(address);

    assert_null(dm_lines_json(a, &lines));
    assert_string_equal(dm_lines_query(a, &lines), "filter=none");
}

/* What JSON becomes in an address; ' stands for ". */
static void becomes(const char *items, const char *expected)
{
    char *json = arena_printf(a, "{'conjunction':'and','items':[%s]}", items);
    struct dm_lines lines;
    json_t *filters;

    for (char *p = json; *p; p++)
        if (*p == '\'')
            *p = '"';
    filters = json_loads(json, 0, NULL);
    assert_non_null(filters);
    dm_lines_of_json(a, filters, &lines);
    assert_string_equal(dm_lines_query(a, &lines), expected);
    json_decref(filters);
}

#define ITEM(column, op, type, value) "{'filter':'filter:tasks:" column "','operator':'" op "','type':'" type "','value':" value "}"

static void test_values_have_the_type_of_their_column(void **state)
{
    (void)state;
    means("f1=total_annotations&o1=greater&v1=5", "[" ITEM("total_annotations", "greater", "Number", "5") "]");
    means("f1=predictions_score&o1=less&v1=0.5", "[" ITEM("predictions_score", "less", "Number", "'0.5'") "]");
    means("f1=id&o1=equal&v1=%2B5", "[" ITEM("id", "equal", "Number", "'+5'") "]");
    means("f1=data.text&o1=equal&v1=5", "[" ITEM("data.text", "equal", "String", "'5'") "]");
    means("f1=data.n&o1=equal&t1=Number&v1=5", "[" ITEM("data.n", "equal", "Number", "5") "]");
    means("f1=is_labeled&o1=equal&v1=true", "[" ITEM("is_labeled", "equal", "Boolean", "true") "]");
    means("f1=annotators&o1=contains&v1=7", "[" ITEM("annotators", "contains", "List", "7") "]");
    means("f1=predictions_model_versions&o1=contains&v1=a&v1=b", "[" ITEM("predictions_model_versions", "contains", "List", "['a','b']") "]");
    means("f1=created_at&o1=greater&v1=2026-01-31T12:00:00Z", "[" ITEM("created_at", "greater", "Datetime", "'2026-01-31T12:00:00Z'") "]");
}

static void test_lists_and_ranges(void **state)
{
    (void)state;
    means("f1=id&o1=in&v1=3&w1=9", "[" ITEM("id", "in", "Number", "{'min':3,'max':9}") "]");
    means("f1=id&o1=in_list&v1=3%0D%0A4%0D%0A&v1=5", "[" ITEM("id", "in_list", "Number", "[3,4,5]") "]");
    nothing("f1=id&o1=in&v1=3");
    nothing("f1=id&o1=in_list&v1=%0D%0A");
}

static void test_the_forms_have_words_of_their_own(void **state)
{
    (void)state;
    means("f1=data.n&o1=Number.less&v1=5", "[" ITEM("data.n", "less", "Number", "5") "]");
    means("f1=data.n&o1=empty&v1=left", "[" ITEM("data.n", "empty", "String", "true") "]");
    means("f1=data.n&o1=not_empty", "[" ITEM("data.n", "empty", "String", "false") "]");
    means("f1=data.n&o1=empty&v1=false", "[" ITEM("data.n", "empty", "String", "false") "]");
    means("f1=annotations_results&o1=label&v1=Car", "[" ITEM("annotations_results", "contains", "String", "'\\'Car\\''") "]");
    means("f1=annotations_results&o1=not_label&v1=Car", "[" ITEM("annotations_results", "not_contains", "String", "'\\'Car\\''") "]");
    nothing("f1=annotations_results&o1=label&v1=");
}

static void test_lines_that_say_nothing_yet(void **state)
{
    (void)state;
    nothing("");
    nothing("filter=none");
    nothing("f1=id");
    nothing("f1=id&o1=equal");
    nothing("f1=id&o1=equal&v1=");
    nothing("o1=equal&v1=3");
    nothing("f0=id&o0=equal&v0=3");
    nothing("f10000=id&o10000=equal&v10000=3");
    nothing("f%2B1=id&o%2B1=equal&v%2B1=3");
}

static void test_what_is_wrong_stays_wrong(void **state)
{
    (void)state;
    means("f1=id&o1=equal&v1=x", "[" ITEM("id", "equal", "Number", "'x'") "]");
    means("f1=gone&o1=near&v1=x", "[" ITEM("gone", "near", "String", "'x'") "]");
    means("f1=data.x&o1=equal&j1=%7B", "[" ITEM("data.x", "equal", "String", "null") "]");
    means("f1=is_labeled&o1=equal&v1=maybe", "[" ITEM("is_labeled", "equal", "Boolean", "'maybe'") "]");
}

static void test_children_go_with_their_line(void **state)
{
    static const char two[] = "f1=annotators&o1=contains&v1=7&f2=annotations_results&o2=contains&v2=Car&p2=1";
    struct dm_lines lines = read_address(two), one;

    (void)state;
    means(two, "[{'filter':'filter:tasks:annotators','operator':'contains','type':'List','value':7,"
               "'child_filter':" ITEM("annotations_results", "contains", "String", "'Car'") "}]");
    one = dm_lines_without(a, &lines, 2);
    assert_string_equal(dm_lines_query(a, &one), "f1=annotators&o1=contains&v1=7");
    one = dm_lines_without(a, &lines, 1);
    assert_int_equal(one.n, 0);
    means("f3=id&o3=equal&v3=1&drop=1&f1=id&o1=equal&v1=9&f2=id&o2=equal&v2=8&p2=1", "[" ITEM("id", "equal", "Number", "1") "]");
    /* A parent comes first: no line is its own forebear. */
    assert_int_equal(read_address("f1=id&p1=2&f2=id&p2=1").line[0].parent, 0);
    assert_int_equal(read_address("f1=id&p1=1").line[0].parent, 0);
    assert_int_equal(read_address("f1=id&f2=id&p2=1&f3=id&p3=2").line[2].parent, 1);
    assert_int_equal(read_address("f5=id&p5=4").line[0].parent, 0);
}

static void test_lines_are_in_order_of_their_numbers(void **state)
{
    struct dm_lines lines = read_address("f9=a&f2=b&match=or&f5=c&v2=1");

    (void)state;
    assert_true(lines.any);
    assert_int_equal(lines.n, 3);
    assert_string_equal(lines.line[0].column, "b");
    assert_string_equal(lines.line[2].column, "a");
    assert_ptr_equal(dm_lines_find(&lines, 5), &lines.line[1]);
    assert_null(dm_lines_find(&lines, 1));
}

static void test_more_lines_than_a_query_takes_are_not_cut_to_what_it_takes(void **state)
{
    struct strbuf b;

    (void)state;
    strbuf_init(&b, a, 1 << 16);
    for (int i = 1; i <= 150; i++)
        strbuf_printf(&b, "&f%d=id&o%d=equal&v%d=1", i, i, i);
    assert_true(read_address(b.buf + 1).n > 100);
}

static void test_json_that_no_text_can_say_stays_json(void **state)
{
    (void)state;
    becomes(ITEM("data.n", "equal", "String", "5"), "f1=data.n&o1=equal&j1=5");
    becomes(ITEM("data.n", "equal", "Number", "'5'"), "f1=data.n&o1=equal&t1=Number&v1=5");
    becomes(ITEM("data.n", "equal", "String", "''"), "f1=data.n&o1=equal&j1=%22%22");
    becomes(ITEM("data.n", "in_list", "String", "['a','b']"), "f1=data.n&o1=in_list&v1=a&v1=b");
    becomes(ITEM("data.n", "in_list", "String", "['a\\nb']"), "f1=data.n&o1=in_list&j1=%5B%22a%5Cnb%22%5D");
    becomes(ITEM("data.n", "in_list", "String", "[]"), "f1=data.n&o1=in_list&j1=%5B%5D");
    becomes(ITEM("data.n", "near", "String", "{'km':3}"), "f1=data.n&o1=near&j1=%7B%22km%22%3A3%7D");
    becomes(ITEM("is_labeled", "equal", "Boolean", "'true'"), "f1=is_labeled&o1=equal&v1=true");
    becomes(ITEM("data.b", "equal", "Boolean", "'true'"), "f1=data.b&o1=equal&t1=Boolean&j1=%22true%22");
    becomes(ITEM("data.b", "empty", "String", "'no'"), "f1=data.b&o1=empty&j1=%22no%22");
    becomes(ITEM("id", "equal", "Number", "null"), "f1=id&o1=equal&j1=null");
    becomes("5, 'x', {}", "filter=none");
}

static void test_a_long_value_stays_in_its_tab(void **state)
{
    struct dm_lines stored, lines;
    struct rq_pair *pairs;
    const char *address;
    json_t *filters, *list = json_array(), *back;
    size_t n;

    (void)state;
    for (int i = 0; i < 2000; i++)
        json_array_append_new(list, json_integer(i));
    filters = json_pack("{s:s, s:[{s:s, s:s, s:s, s:i}, {s:s, s:s, s:s, s:o}]}", "conjunction", "and", "items", "filter", "filter:tasks:id",
                        "operator", "greater", "type", "Number", "value", 1, "filter", "filter:tasks:id", "operator", "in_list", "type", "Number",
                        "value", list);
    dm_lines_of_json(a, filters, &stored);
    address = dm_lines_query(a, &stored);
    assert_string_equal(address, "f1=id&o1=greater&v1=1&k2=2");
    assert_null(query_parse(a, "query", address, strlen(address), &pairs, &n));
    dm_lines_read(a, pairs, n, &lines);
    dm_lines_keep(&lines, &stored);
    back = dm_lines_json(a, &lines);
    assert_true(json_equal(back, filters));
    /* The tab is gone, or has another filter now: nothing is found by less than was asked. */
    dm_lines_read(a, pairs, n, &lines);
    dm_lines_keep(&lines, &(struct dm_lines){0});
    assert_int_equal(json_array_size(json_object_get(dm_lines_json(a, &lines), "items")), 2);
    json_decref(filters);
}

static void test_which_parameters_are_a_filters(void **state)
{
    static const char *const ours[] = {"match", "filter", "drop", "f1", "o20", "v1", "w1", "t1", "p1", "j1", "k1"};
    static const char *const others[] = {"", "f", "x1", "f0", "f1x", "from", "page", "ordering", "f-1"};

    (void)state;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        assert_true(dm_lines_name(ours[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(dm_lines_name(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_values_have_the_type_of_their_column), TEST(test_lists_and_ranges), TEST(test_the_forms_have_words_of_their_own),
        TEST(test_lines_that_say_nothing_yet), TEST(test_what_is_wrong_stays_wrong), TEST(test_children_go_with_their_line),
        TEST(test_lines_are_in_order_of_their_numbers), TEST(test_more_lines_than_a_query_takes_are_not_cut_to_what_it_takes),
        TEST(test_json_that_no_text_can_say_stays_json), TEST(test_a_long_value_stays_in_its_tab), TEST(test_which_parameters_are_a_filters),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
