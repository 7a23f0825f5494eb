/* What pages make of data without a database: previews of tasks, places of errors, problems of
 * imports in plain words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "with_arena.h"
#include "page/cells.h"
#include "page/config_error.h"
#include "page/intake.h"

static struct span span(const char *s)
{
    return (struct span){s, strlen(s)};
}

/* ---- cells ---- */

static void test_values_are_found_by_key_and_by_path(void **state)
{
    static const char *const keys[] = {"b", "user.name", "a.b", "missing"};
    struct span values[4];

    (void)state;
    cells_read(a, span("{\"b\": 1, \"user\": {\"name\": \"x\"}, \"a.b\": 2, \"a\": {\"b\": 3}}"), keys, 4, values);
    assert_string_equal(cell_text(a, values[0]), "1");
    assert_string_equal(cell_text(a, values[1]), "x");
    assert_string_equal(cell_text(a, values[2]), "2"); /* a key of that name comes first */
    assert_null(values[3].p);
}

static void test_data_that_is_no_object_has_no_values(void **state)
{
    static const char *const keys[] = {"b"};
    struct span value = {"x", 1};

    (void)state;
    cells_read(a, span("[1, 2]"), keys, 1, &value);
    assert_string_equal(cell_text(a, value), "");
}

static void test_cells_show_values_on_one_line(void **state)
{
    (void)state;
    assert_string_equal(cell_text(a, span("\"two\\nlines\"")), "two lines");
    assert_string_equal(cell_text(a, span("1.10")), "1.10"); /* as stored, not as a double prints */
    assert_string_equal(cell_text(a, span("{\"a\": [1]}")), "{\"a\": [1]}");
    assert_string_equal(cell_text(a, span("null")), "");
}

static void test_a_cut_never_splits_a_character(void **state)
{
    char text[2 * CELL_TEXT_MOST + 3];
    const char *shown;

    (void)state;
    text[0] = '"', text[1] = 'x';
    for (int i = 2; i < 2 * CELL_TEXT_MOST; i += 2)
        memcpy(text + i, "é", 2);
    memcpy(text + 2 * CELL_TEXT_MOST, "\"", 2);
    shown = cell_text(a, span(text));
    assert_int_equal(strlen(shown), CELL_TEXT_MOST - 1 + strlen("…"));
    assert_string_equal(shown + CELL_TEXT_MOST - 1, "…");
}

static void test_addresses_lead_to_files_wherever_they_are(void **state)
{
    (void)state;
    assert_string_equal(cell_href(a, span("\"/data/upload/3/a.PNG\""), "/sub", 7), "/sub/data/upload/3/a.PNG");
    assert_string_equal(cell_href(a, span("\"/static/samples/street-1.png?x=1\""), "", 7), "/static/samples/street-1.png?x=1");
    assert_string_equal(cell_href(a, span("\"https://example.com/a.png\""), "/sub", 7), "https://example.com/a.png");
    assert_string_equal(cell_href(a, span("\"s3://b/k\""), "/sub", 7), "/sub/projects/7/resolve/?fileuri=czM6Ly9iL2s");
    assert_null(cell_href(a, span("\"//example.com/data/a.png\""), "", 7));
    assert_null(cell_href(a, span("\"javascript:x.png\""), "", 7));
    assert_null(cell_href(a, span("[\"/data/a.png\"]"), "", 7));
}

static void test_the_end_of_an_address_tells_what_it_is(void **state)
{
    (void)state;
    assert_int_equal(cell_media(a, span("\"/data/a.JPG?x=.mp3\"")), CELL_PICTURE);
    assert_int_equal(cell_media(a, span("\"https://example.com/a.wav\"")), CELL_SOUND);
    assert_int_equal(cell_media(a, span("\"s3://b/a.mp4\"")), CELL_FILM);
    assert_int_equal(cell_media(a, span("\"jpg\"")), CELL_NONE);
    assert_int_equal(cell_media(a, span("3")), CELL_NONE);
}

/* ---- errors of label configurations ---- */

static const char *text_at(json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static int bad_line(json_t *o)
{
    json_t *list = json_object_get(o, "excerpt"), *line;
    size_t i;

    json_array_foreach(list, i, line) if (json_is_true(json_object_get(line, "bad"))) return (
        int)json_integer_value(json_object_get(line, "number"));
    return 0;
}

static void test_an_xml_error_is_shown_at_its_line(void **state)
{
    json_t *o = config_error(a, "<View>\n  <Text>\r\n</View>\n<!-- 4 -->\n<!-- 5 -->\n",
                             "mismatched tag: line 3, column 2");
    json_t *lines = json_object_get(o, "excerpt");

    (void)state;
    assert_string_equal(text_at(o, "text"), "mismatched tag");
    assert_string_equal(text_at(o, "line_text"), "3");
    assert_int_equal(bad_line(o), 3);
    assert_int_equal(json_array_size(lines), 5);
    assert_string_equal(text_at(json_array_get(lines, 1), "text"), "  <Text>");
    json_decref(o);
}

static void test_a_missing_target_is_found(void **state)
{
    json_t *o = config_error(a, "<View>\n<A name=\"b\" toName=\"c\"/>\n<B toName=\"c,zz\"/></View>",
                             "toName=\"zz\" not found in names: ['b']");

    (void)state;
    assert_int_equal(bad_line(o), 3);
    assert_string_equal(text_at(o, "text"), "toName=\"zz\" not found in names: ['b']");
    json_decref(o);
}

static void test_the_second_tag_of_a_name_is_found(void **state)
{
    json_t *o =
        config_error(a, "<View>\n<A name=\"b\"/>\n<A name=\"bc\"/>\n<A name=\"b\"/>\n</View>",
                     "Label config contains non-unique names");

    (void)state;
    assert_int_equal(bad_line(o), 4);
    json_decref(o);
}

static void test_other_errors_stand_without_a_line(void **state)
{
    json_t *o = config_error(
        a, "<View/>", "There are 2 annotation(s) created with tag \"c\", you can't remove it");

    (void)state;
    assert_true(json_is_null(json_object_get(o, "line_text")));
    assert_true(json_is_false(json_object_get(o, "has_excerpt")));
    json_decref(o);
}

static void test_a_message_of_several_lines_is_split(void **state)
{
    json_t *o = config_error(a, "<View/>",
                             "These labels still exist:\nBad (1 annotation)\nPlease add them."),
           *more;

    (void)state;
    more = json_object_get(o, "more");
    assert_string_equal(text_at(o, "text"), "These labels still exist:");
    assert_int_equal(json_array_size(more), 2);
    assert_string_equal(json_string_value(json_array_get(more, 0)), "Bad (1 annotation)");
    assert_string_equal(json_string_value(json_array_get(more, 1)), "Please add them.");
    json_decref(o);
}

static void test_a_line_past_the_end_shows_the_end(void **state)
{
    json_t *o = config_error(a, "<View>", "no element found: line 3, column 0");

    (void)state;
    assert_int_equal(json_array_size(json_object_get(o, "excerpt")), 1);
    assert_int_equal(bad_line(o), 0);
    json_decref(o);
}

static void test_errors_of_other_fields_are_left_alone(void **state)
{
    json_t *o =
        config_error_of(a, "<View/>", "{\"label_config\":[\"mismatched tag: line 1, column 2\"]}");

    (void)state;
    assert_string_equal(text_at(o, "line_text"), "1");
    json_decref(o);
    assert_null(config_error_of(a, "<View/>", "{\"title\":[\"x\"]}"));
    assert_null(config_error_of(a, "<View/>", NULL));
}

/* ---- problems of imports ---- */

static json_t *explained(const char *validation_json, const char *stage)
{
    json_t *ctx = json_pack("{s:{}}", "errors");
    err *e = err_new(a, ERR_VALIDATION, NULL);

    e->validation_json = validation_json;
    assert_true(intake_explain(a, ctx, e, stage));
    return ctx;
}

static void test_items_are_counted_from_one(void **state)
{
    json_t *ctx =
        explained("{\"non_field_errors\":[{},\"Error at item 1: \\\"text\\\" key is expected "
                  "[assume: item as is = task root with values] :: {'nope': 1}\"]}",
                  "paste");
    json_t *items = json_object_get(json_object_get(ctx, "first_problems"), "items");

    (void)state;
    assert_string_equal(text_at(ctx, "error"),
                        "Nothing was imported: 1 item does not fit the label configuration.");
    assert_int_equal(json_array_size(items), 1);
    assert_string_equal(json_string_value(json_array_get(items, 0)),
                        "Item 2: \"text\" key is expected");
    json_decref(ctx);
}

static void test_a_long_list_of_problems_is_cut(void **state)
{
    struct strbuf b;
    json_t *ctx;

    (void)state;
    strbuf_init(&b, a, 1 << 16);
    strbuf_puts(&b, "{\"non_field_errors\":[");
    for (int i = 0; i < 100; i++)
        strbuf_printf(&b, "\"Error at item %d: bad :: x\",", i);
    strbuf_puts(&b, "\"...\"]}");
    ctx = explained(b.buf, "files");
    assert_string_equal(
        text_at(ctx, "error"),
        "Nothing was imported: at least 100 items do not fit the label configuration.");
    assert_int_equal(
        json_array_size(json_object_get(json_object_get(ctx, "first_problems"), "items")), 10);
    json_decref(ctx);
}

static void test_other_problems_stand_under_their_field(void **state)
{
    json_t *ctx = explained("{\"non_field_errors\":[\"load_tasks: No tasks added\"]}", "paste");

    (void)state;
    assert_string_equal(text_at(json_object_get(ctx, "errors"), "paste"), "The list is empty.");
    json_decref(ctx);
}

static void test_files_that_cannot_be_read(void **state)
{
    static const char *const texts[][2] = {
        {"Failed to parse input file t.csv: Error tokenizing data. C error: Expected 2 fields in line 2, saw 3",
         "Could not read t.csv: Expected 2 fields in line 2, saw 3"},
        {"Failed to parse input file t.csv: No columns to parse from file",
         "Could not read t.csv: No columns to parse from file"},
        {"You're trying to import inconsistent data: x",
         "These files have no field in common. Import them one after the other."},
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        json_t *ctx =
            explained(arena_printf(a, "{\"non_field_errors\":[\"%s\"]}", texts[i][0]), "files");

        assert_string_equal(text_at(json_object_get(ctx, "errors"), "files"), texts[i][1]);
        json_decref(ctx);
    }
}

static void test_faults_of_the_server_are_not_explained(void **state)
{
    json_t *ctx = json_pack("{s:{}}", "errors");

    (void)state;
    assert_false(intake_explain(a, ctx, err_internal(a, "disk"), "files"));
    assert_false(intake_explain(a, ctx, err_new(a, ERR_NOT_FOUND, NULL), NULL));
    json_decref(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_values_are_found_by_key_and_by_path),
        TEST(test_data_that_is_no_object_has_no_values),
        TEST(test_cells_show_values_on_one_line),
        TEST(test_a_cut_never_splits_a_character),
        TEST(test_addresses_lead_to_files_wherever_they_are),
        TEST(test_the_end_of_an_address_tells_what_it_is),
        TEST(test_an_xml_error_is_shown_at_its_line),
        TEST(test_a_missing_target_is_found),
        TEST(test_the_second_tag_of_a_name_is_found),
        TEST(test_other_errors_stand_without_a_line),
        TEST(test_a_message_of_several_lines_is_split),
        TEST(test_a_line_past_the_end_shows_the_end),
        TEST(test_errors_of_other_fields_are_left_alone),
        TEST(test_items_are_counted_from_one),
        TEST(test_a_long_list_of_problems_is_cut),
        TEST(test_files_that_cannot_be_read),
        TEST(test_other_problems_stand_under_their_field),
        TEST(test_faults_of_the_server_are_not_explained),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests_name("page", tests, NULL, NULL);
}
