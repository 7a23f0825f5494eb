/* Bodies against a spec: values, coercions, and every message as the reference API words it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "json/jin.h"

static struct arena *a;
static struct jin in;

static int set_up(void **state)
{
    (void)state;
    a = arena_new("test");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static const struct jin_field fields[] = {
    {.name = "title", .type = JIN_TEXT, .min = 3, .max = 10},
    {.name = "blank", .type = JIN_TEXT, .flags = JIN_BLANK | JIN_NULL},
    {.name = "raw", .type = JIN_TEXT, .flags = JIN_RAW},
    {.name = "n", .type = JIN_INT, .flags = JIN_NULL},
    {.name = "percent", .type = JIN_INT, .max = 100},
    {.name = "positive", .type = JIN_INT, .min = 1},
    {.name = "big", .type = JIN_INT, .min = INT64_MIN, .max = INT64_MAX},
    {.name = "pk", .type = JIN_INT, .flags = JIN_PK},
    {.name = "f", .type = JIN_FLOAT},
    {.name = "score", .type = JIN_FLOAT, .min = -1, .max = 1},
    {.name = "b", .type = JIN_BOOL},
    {.name = "maybe", .type = JIN_BOOL, .flags = JIN_NULL},
    {.name = "data", .type = JIN_JSON},
    {.name = "any", .type = JIN_JSON, .flags = JIN_NULL},
    {.name = "object", .type = JIN_OBJECT},
    {.name = "list", .type = JIN_ARRAY, .flags = JIN_NULL},
    {.name = "kind", .type = JIN_ENUM, .choices = "one|two|3"},
    {.name = "when", .type = JIN_TIME, .flags = JIN_NULL},
    {.name = "uuid", .type = JIN_UUID},
    {.name = "color", .type = JIN_COLOR},
    {.name = "email", .type = JIN_EMAIL, .max = 40},
    {.name = "fixed", .type = JIN_INT, .flags = JIN_READONLY},
    {.name = NULL},
};
static const struct jin_spec spec = {"Test", fields};

static const struct jin_field needed_fields[] = {
    {.name = "name", .type = JIN_TEXT, .flags = JIN_REQUIRED},
    {.name = "flag", .type = JIN_BOOL, .flags = JIN_REQUIRED},
    {.name = NULL},
};
static const struct jin_spec needed = {"Needed", needed_fields};

/* The body lies in memory of exactly its size, so that AddressSanitizer sees any reading past the end. */
static struct span body(const char *json)
{
    size_t len = strlen(json);
    char *p = malloc(len ? len : 1);

    memcpy(p, json, len);
    arena_defer(a, free, p);
    return (struct span){p, len};
}

static void read_ok(const char *json)
{
    err *e = jin_read(a, &spec, body(json), false, 50, &in);

    if (e)
        fail_msg("%s: %s %s", json, e->detail, e->validation_json);
}

static void read_bad(const char *json, const char *want)
{
    err *e = jin_read(a, &spec, body(json), false, 50, &in);

    if (!e)
        fail_msg("%s was accepted", json);
    assert_int_equal(e->kind, ERR_VALIDATION);
    assert_string_equal(e->validation_json, want);
}

static void test_body_shapes(void **state)
{
    err *e;

    (void)state;
    read_ok("{}");
    read_ok("");
    assert_false(jin_has(&in, "title"));
    read_ok("{\"unknown\":1e400,\"fixed\":\"x\"}");   /* what no field takes is not looked at */
    assert_false(jin_has(&in, "fixed"));
    read_bad("[]", "{\"non_field_errors\":[\"Invalid data. Expected a dictionary, but got list.\"]}");
    read_bad("\"x\"", "{\"non_field_errors\":[\"Invalid data. Expected a dictionary, but got str.\"]}");
    read_bad("1", "{\"non_field_errors\":[\"Invalid data. Expected a dictionary, but got int.\"]}");
    read_bad("null", "{\"non_field_errors\":[\"Invalid data. Expected a dictionary, but got NoneType.\"]}");
    e = jin_read(a, &spec, body("{\"n\":NaN}"), false, 50, &in);
    assert_int_equal(e->kind, ERR_PARSE);
    assert_string_equal(e->detail, "JSON parse error - Out of range float values are not JSON compliant: 'NaN'");
    e = jin_read(a, &spec, body("{\"any\":Infinity}"), false, 50, &in);
    assert_int_equal(e->kind, ERR_PARSE);
    e = jin_read(a, &spec, body(" "), false, 50, &in);
    assert_string_equal(e->detail, "JSON parse error - Expecting value: line 1 column 2 (char 1)");
    e = jin_read(a, &spec, body("{\"any\":[[[]]]}"), false, 3, &in);
    assert_int_equal(e->kind, ERR_PARSE);
}

static void test_required(void **state)
{
    err *e = jin_read(a, &needed, body("{}"), false, 50, &in);

    (void)state;
    assert_string_equal(e->validation_json, "{\"name\":[\"This field is required.\"],\"flag\":[\"This field is required.\"]}");
    assert_null(jin_read(a, &needed, body("{}"), true, 50, &in));
    e = jin_read(a, &needed, body("{\"name\":null,\"flag\":null}"), true, 50, &in);
    assert_string_equal(e->validation_json, "{\"name\":[\"This field may not be null.\"],\"flag\":[\"This field may not be null.\"]}");
}

static void test_text(void **state)
{
    (void)state;
    read_ok("{\"title\":\" \\u00e9\\n\\ud83d\\ude00x \",\"blank\":null,\"raw\":\" x \"}");
    assert_string_equal(jin_text(&in, "title"), "é\n😀x");
    assert_true(jin_has(&in, "blank") && jin_is_null(&in, "blank"));
    assert_null(jin_text(&in, "blank"));
    assert_string_equal(jin_text(&in, "raw"), " x ");
    read_ok("{\"title\":\"first\",\"title\":\"last\"}");
    assert_string_equal(jin_text(&in, "title"), "last");
    read_ok("{\"title\":123,\"blank\":\"  \"}");
    assert_string_equal(jin_text(&in, "title"), "123");
    assert_string_equal(jin_text(&in, "blank"), "");
    read_ok("{\"title\":1.50,\"blank\":1E2,\"raw\":12345678901234567890}");
    assert_string_equal(jin_text(&in, "title"), "1.5");
    assert_string_equal(jin_text(&in, "blank"), "100.0");
    assert_string_equal(jin_text(&in, "raw"), "12345678901234567890");
    read_ok("{\"title\":\"ééééé12345\"}");   /* ten characters in 15 bytes */
}

static void test_text_refusals(void **state)
{
    (void)state;
    read_bad("{\"title\":null}", "{\"title\":[\"This field may not be null.\"]}");
    read_bad("{\"title\":\"\"}", "{\"title\":[\"This field may not be blank.\"]}");
    read_bad("{\"title\":\" \\u00a0\\n\"}", "{\"title\":[\"This field may not be blank.\"]}");
    read_bad("{\"raw\":\"\"}", "{\"raw\":[\"This field may not be blank.\"]}");
    read_bad("{\"title\":\" ab \"}", "{\"title\":[\"Ensure this field has at least 3 characters.\"]}");
    read_bad("{\"title\":\"éééééééééé1\"}", "{\"title\":[\"Ensure this field has no more than 10 characters.\"]}");
    read_bad("{\"title\":true}", "{\"title\":[\"Not a valid string.\"]}");
    read_bad("{\"title\":[\"abc\"]}", "{\"title\":[\"Not a valid string.\"]}");
    read_bad("{\"title\":{}}", "{\"title\":[\"Not a valid string.\"]}");
    read_bad("{\"title\":\"ab\\u0000c\"}", "{\"title\":[\"Null characters are not allowed.\"]}");
    read_bad("{\"title\":\"abc\\ud800\"}", "{\"title\":[\"Surrogate characters are not allowed: U+D800.\"]}");
    read_bad("{\"title\":\"\",\"n\":\"x\",\"title\":5.5}",
             "{\"n\":[\"A valid integer is required.\"]}");   /* the first title never counted */
}

static void test_int(void **state)
{
    (void)state;
    read_ok("{\"n\":-7,\"percent\":\"100\",\"positive\":1.0,\"big\":9223372036854775807}");
    assert_int_equal(jin_int(&in, "n", 0), -7);
    assert_int_equal(jin_int(&in, "percent", 0), 100);
    assert_int_equal(jin_int(&in, "positive", 0), 1);
    assert_true(jin_int(&in, "big", 0) == INT64_MAX);
    read_ok("{\"n\":null,\"percent\":\" 7.00 \",\"positive\":2147483647}");
    assert_int_equal(jin_int(&in, "n", 42), 42);
    assert_true(jin_is_null(&in, "n"));
    assert_int_equal(jin_int(&in, "percent", 0), 7);
    assert_int_equal(jin_int(&in, "big", -1), -1);
    read_bad("{\"n\":2.5}", "{\"n\":[\"A valid integer is required.\"]}");
    read_bad("{\"n\":\"\"}", "{\"n\":[\"A valid integer is required.\"]}");
    read_bad("{\"n\":\"1 2\"}", "{\"n\":[\"A valid integer is required.\"]}");
    read_bad("{\"n\":true}", "{\"n\":[\"A valid integer is required.\"]}");
    read_bad("{\"n\":[1]}", "{\"n\":[\"A valid integer is required.\"]}");
    read_bad("{\"n\":1e30}", "{\"n\":[\"A valid integer is required.\"]}");
    read_bad("{\"n\":1e400}", "{\"n\":[\"A valid integer is required.\"]}");
    read_bad("{\"n\":2147483648}", "{\"n\":[\"Ensure this value is less than or equal to 2147483647.\"]}");
    read_bad("{\"n\":-2147483649}", "{\"n\":[\"Ensure this value is greater than or equal to -2147483648.\"]}");
    read_bad("{\"n\":-99999999999999999999999}", "{\"n\":[\"Ensure this value is greater than or equal to -2147483648.\"]}");
    read_bad("{\"percent\":101}", "{\"percent\":[\"Ensure this value is less than or equal to 100.\"]}");
    read_bad("{\"percent\":-1}", "{\"percent\":[\"Ensure this value is greater than or equal to 0.\"]}");
    read_bad("{\"positive\":0}", "{\"positive\":[\"Ensure this value is greater than or equal to 1.\"]}");
    read_bad("{\"positive\":2147483648}", "{\"positive\":[\"Ensure this value is less than or equal to 2147483647.\"]}");
}

static void test_ids(void **state)
{
    (void)state;
    read_ok("{\"pk\":\"2147483647\"}");
    assert_int_equal(jin_int(&in, "pk", 0), INT32_MAX);
    read_bad("{\"pk\":null}", "{\"pk\":[\"This field may not be null.\"]}");
    read_bad("{\"pk\":\"x\"}", "{\"pk\":[\"Incorrect type. Expected pk value, received str.\"]}");
    read_bad("{\"pk\":[1]}", "{\"pk\":[\"Incorrect type. Expected pk value, received list.\"]}");
    read_bad("{\"pk\":true}", "{\"pk\":[\"Incorrect type. Expected pk value, received bool.\"]}");
    read_bad("{\"pk\":1.5}", "{\"pk\":[\"Incorrect type. Expected pk value, received float.\"]}");
    read_bad("{\"pk\":0}", "{\"pk\":[\"Invalid pk \\\"0\\\" - object does not exist.\"]}");
    read_bad("{\"pk\":-2147483649}", "{\"pk\":[\"Invalid pk \\\"-2147483649\\\" - object does not exist.\"]}");
    read_bad("{\"pk\":2147483648}", "{\"pk\":[\"Invalid pk \\\"2147483648\\\" - object does not exist.\"]}");
    read_bad("{\"big\":\"x\"}", "{\"big\":[\"A valid biginteger is required.\"]}");
}

static void test_int_of_great_length(void **state)
{
    char json[1100] = "{\"n\":\"";

    (void)state;
    memset(json + 6, '1', 1001);
    memcpy(json + 1007, "\"}", 3);
    read_bad(json, "{\"n\":[\"String value too large.\"]}");
}

static void test_float(void **state)
{
    (void)state;
    read_ok("{\"f\":0.1,\"score\":\" -1e0 \"}");
    assert_true(jin_float(&in, "f", 0) == 0.1);
    assert_true(jin_float(&in, "score", 0) == -1);
    read_ok("{\"f\":12345678901234567890,\"score\":1}");
    assert_true(jin_float(&in, "f", 0) == 12345678901234567890.0);
    read_ok("{}");
    assert_true(jin_float(&in, "f", 2.5) == 2.5);
    read_bad("{\"f\":\"x\"}", "{\"f\":[\"A valid number is required.\"]}");
    read_bad("{\"f\":\"\"}", "{\"f\":[\"A valid number is required.\"]}");
    read_bad("{\"f\":\"0x10\"}", "{\"f\":[\"A valid number is required.\"]}");
    read_bad("{\"f\":\"nan\"}", "{\"f\":[\"A valid number is required.\"]}");
    read_bad("{\"f\":1e400}", "{\"f\":[\"A valid number is required.\"]}");
    read_bad("{\"f\":[]}", "{\"f\":[\"A valid number is required.\"]}");
    read_bad("{\"score\":1.01}", "{\"score\":[\"Ensure this value is less than or equal to 1.\"]}");
    read_bad("{\"score\":-1.01}", "{\"score\":[\"Ensure this value is greater than or equal to -1.\"]}");
}

static void assert_bool(const char *value, int want)
{
    char *json = arena_printf(a, "{\"b\":%s}", value);

    if (want < 0) {
        read_bad(json, "{\"b\":[\"Must be a valid boolean.\"]}");
        return;
    }
    read_ok(json);
    assert_int_equal(jin_bool(&in, "b", !want), want);
}

static void test_bool(void **state)
{
    static const char *const yes[] = {"true", "1", "1.0", "\"t\"", "\"True\"", "\"YES\"", "\"y\"", "\"on\"", "\"1\""};
    static const char *const no[] = {"false", "0", "0.0", "\"f\"", "\"FALSE\"", "\"no\"", "\"N\"", "\"Off\"", "\"0\""};
    static const char *const bad[] = {"2", "\"\"", "\"not\"", "\"null\"", "[]", "{}", "\"maybe\""};

    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_bool(yes[i], 1);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_bool(no[i], 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_bool(bad[i], -1);
    read_bad("{\"b\":null}", "{\"b\":[\"This field may not be null.\"]}");
    read_ok("{\"maybe\":\"null\"}");
    assert_true(jin_is_null(&in, "maybe"));
    assert_true(jin_bool(&in, "maybe", true));
    assert_true(jin_bool(&in, "b", true));
}

static void test_json(void **state)
{
    json_t *tree;

    (void)state;
    read_ok("{\"data\": {\"b\":0.10,  \"a\":123456789012345678901234567890} ,\"any\":null,\"object\":{},\"list\":[1, 2]}");
    assert_string_equal(jin_json(&in, "data"), "{\"b\":0.10,  \"a\":123456789012345678901234567890}");   /* as sent */
    assert_string_equal(jin_json(&in, "any"), "null");
    assert_true(json_is_null(jin_tree(&in, "any")));
    assert_string_equal(jin_json(&in, "list"), "[1, 2]");
    tree = jin_tree(&in, "data");
    assert_true(json_is_real(json_object_get(tree, "a")));
    assert_ptr_equal(tree, jin_tree(&in, "data"));
    assert_int_equal(json_integer_value(json_array_get(jin_tree(&in, "list"), 1)), 2);
    read_ok("{\"data\":\"text\"}");
    assert_string_equal(json_string_value(jin_tree(&in, "data")), "text");
    assert_null(jin_json(&in, "any"));
    assert_null(jin_tree(&in, "any"));
    read_bad("{\"data\":null}", "{\"data\":[\"This field may not be null.\"]}");
    read_bad("{\"data\":{\"a\":\"\\u0000\"}}", "{\"data\":[\"Null characters are not allowed.\"]}");
    read_bad("{\"data\":{\"\\ud800\":1}}", "{\"data\":[\"Value must be valid JSON.\"]}");
    read_bad("{\"data\":[1e400]}", "{\"data\":[\"Value must be valid JSON.\"]}");
    read_bad("{\"object\":[]}", "{\"object\":[\"Expected a dictionary of items but got type \\\"list\\\".\"]}");
    read_bad("{\"object\":\"{}\"}", "{\"object\":[\"Expected a dictionary of items but got type \\\"str\\\".\"]}");
    read_bad("{\"object\":1.5}", "{\"object\":[\"Expected a dictionary of items but got type \\\"float\\\".\"]}");
    read_bad("{\"list\":\"x\"}", "{\"list\":[\"Expected a list of items but got type \\\"str\\\".\"]}");
    read_bad("{\"list\":{}}", "{\"list\":[\"Expected a list of items but got type \\\"dict\\\".\"]}");
    read_bad("{\"list\":true}", "{\"list\":[\"Expected a list of items but got type \\\"bool\\\".\"]}");
    read_bad("{\"list\":3}", "{\"list\":[\"Expected a list of items but got type \\\"int\\\".\"]}");
}

static void test_enum(void **state)
{
    (void)state;
    read_ok("{\"kind\":\"two\"}");
    assert_string_equal(jin_text(&in, "kind"), "two");
    read_ok("{\"kind\":3}");
    assert_string_equal(jin_text(&in, "kind"), "3");
    read_bad("{\"kind\":\"tw\"}", "{\"kind\":[\"\\\"tw\\\" is not a valid choice.\"]}");
    read_bad("{\"kind\":\"two|3\"}", "{\"kind\":[\"\\\"two|3\\\" is not a valid choice.\"]}");
    read_bad("{\"kind\":\"\"}", "{\"kind\":[\"\\\"\\\" is not a valid choice.\"]}");
    read_bad("{\"kind\":true}", "{\"kind\":[\"\\\"True\\\" is not a valid choice.\"]}");
    read_bad("{\"kind\":[1]}", "{\"kind\":[\"\\\"[1]\\\" is not a valid choice.\"]}");
}

static void test_time(void **state)
{
    static const char *const good[] = {
        "2026-11-21", "2026-11-21T22:31", "2026-11-21T22:31:16", "2026-11-21 22:31:16.423161Z", "2026-11-21T22:31:16+02:00",
        "2026-11-21T22:31:16.4-0530", "2024-02-29T00:00Z", "20261121T22:31", "2000-02-29", "0001-01-01T00:00:00Z",
    };
    static const char *const bad[] = {
        "", "x", "2026", "2026-11", "2026-13-01", "2026-11-31", "2025-02-29", "1900-02-29", "2026-11-21T", "2026-11-21T24:00",
        "2026-11-21T22", "2026-11-21T22:60", "2026-11-21T22:31:60", "2026-11-21T22:31:16.", "2026-11-21T22:31Zx",
        "2026-11-21T22:31+2", "2026-11-21T22:31+16:00", "0000-01-01", "21.11.2026", "2026-1-1", "2026-1121",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        read_ok(arena_printf(a, "{\"when\":\"%s\"}", good[i]));
        assert_string_equal(jin_text(&in, "when"), good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        read_bad(arena_printf(a, "{\"when\":\"%s\"}", bad[i]),
                 "{\"when\":[\"Datetime has wrong format. Use one of these formats instead: "
                 "YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].\"]}");
    assert_non_null(jin_read(a, &spec, body("{\"when\":5}"), false, 50, &in));
    read_ok("{\"when\":null}");
    assert_null(jin_text(&in, "when"));
}

static void test_patterns(void **state)
{
    static const char *const emails[] = {"ann@example.com", "a.b+c@x-y.example.org", "ann@localhost", "ann@exämple.de"};
    static const char *const no_emails[] = {
        "ann", "@example.com", "ann@", "ann@example", "ann@.com", "a..b@example.com", ".a@example.com", "a.@example.com",
        "a b@example.com", "ann@-x.com", "ann@x-.com", "ann@exa_mple.com", "ann@example.com.",
    };

    (void)state;
    read_ok("{\"uuid\":\"b03d5194-fdd2-49ed-b758-a1a2c881cc83\",\"color\":\"#00ffAA\"}");
    read_bad("{\"uuid\":\"b03d\"}", "{\"uuid\":[\"Must be a valid UUID.\"]}");
    read_bad("{\"uuid\":{}}", "{\"uuid\":[\"Must be a valid UUID.\"]}");
    read_bad("{\"color\":\"red\"}", "{\"color\":[\"Color must be in \\\"#RRGGBB\\\" format\"]}");
    read_bad("{\"color\":\"#12345g\"}", "{\"color\":[\"Color must be in \\\"#RRGGBB\\\" format\"]}");
    read_bad("{\"color\":\"x123456\"}", "{\"color\":[\"Color must be in \\\"#RRGGBB\\\" format\"]}");
    read_bad("{\"color\":\"\"}", "{\"color\":[\"This field may not be blank.\"]}");
    read_bad("{\"email\":true}", "{\"email\":[\"Enter a valid email address.\"]}");
    read_bad("{\"email\":\"\\u0000\"}", "{\"email\":[\"Null characters are not allowed.\",\"Enter a valid email address.\"]}");
    for (size_t i = 0; i < sizeof emails / sizeof *emails; i++)
        read_ok(arena_printf(a, "{\"email\":\" %s \"}", emails[i]));
    for (size_t i = 0; i < sizeof no_emails / sizeof *no_emails; i++)
        read_bad(arena_printf(a, "{\"email\":\"%s\"}", no_emails[i]), "{\"email\":[\"Enter a valid email address.\"]}");
    read_bad("{\"email\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@example.com\"}",
             "{\"email\":[\"Ensure this field has no more than 40 characters.\"]}");
}

static err *form(const struct jin_spec *s, bool partial, const char *name, const char *value)
{
    const char *names[] = {"other", name, name};
    const char *values[] = {"x", "earlier", value};

    return jin_read_form(a, s, names, values, value ? 3 : 1, partial, &in);
}

static void test_forms(void **state)
{
    (void)state;
    assert_null(form(&spec, false, "title", " abc "));
    assert_string_equal(jin_text(&in, "title"), "abc");
    assert_true(jin_has(&in, "b"));             /* an unchecked box */
    assert_false(jin_bool(&in, "b", true));
    assert_false(jin_has(&in, "maybe"));
    assert_null(form(&spec, true, "b", "on"));
    assert_true(jin_bool(&in, "b", false));
    assert_null(form(&spec, true, "title", NULL));
    assert_false(jin_has(&in, "b"));
    assert_null(form(&spec, false, "data", "{\"a\": [1]}"));
    assert_string_equal(jin_json(&in, "data"), "{\"a\": [1]}");
    assert_true(json_is_array(json_object_get(jin_tree(&in, "data"), "a")));
    assert_null(form(&spec, false, "n", ""));
    assert_true(jin_is_null(&in, "n"));
    assert_null(form(&spec, false, "percent", ""));
    assert_false(jin_has(&in, "percent"));
    assert_null(form(&spec, false, "blank", ""));
    assert_string_equal(jin_text(&in, "blank"), "");
    assert_null(form(&spec, false, "list", "null"));
    assert_true(jin_is_null(&in, "list"));
}

static void test_form_refusals(void **state)
{
    (void)state;
    assert_string_equal(form(&spec, false, "data", "{\"a\":")->validation_json, "{\"data\":[\"Value must be valid JSON.\"]}");
    assert_string_equal(form(&spec, false, "data", "null")->validation_json, "{\"data\":[\"This field may not be null.\"]}");
    assert_string_equal(form(&spec, false, "object", "[1]")->validation_json,
                        "{\"object\":[\"Expected a dictionary of items but got type \\\"list\\\".\"]}");
    assert_string_equal(form(&spec, false, "title", "\xff\xff\xff")->validation_json, "{\"title\":[\"Not a valid string.\"]}");
    assert_string_equal(form(&needed, false, "name", "")->validation_json, "{\"name\":[\"This field may not be blank.\"]}");
    assert_string_equal(form(&needed, false, "name", NULL)->validation_json, "{\"name\":[\"This field is required.\"]}");
}

static void test_parse(void **state)
{
    json_t *tree;
    err *e;

    (void)state;
    assert_null(jin_parse(a, body("[1, 18446744073709551616, -1e5, \"18446744073709551616\", 7]"), 9, &tree));
    assert_int_equal(json_integer_value(json_array_get(tree, 0)), 1);
    assert_true(json_real_value(json_array_get(tree, 1)) == 18446744073709551616.0);
    assert_string_equal(json_string_value(json_array_get(tree, 3)), "18446744073709551616");
    assert_int_equal(json_integer_value(json_array_get(tree, 4)), 7);   /* its neighbour does not make it a real */
    assert_null(jin_parse(a, body(arena_printf(a, "[-1%0*d]", 5000, 0)), 9, &tree));
    assert_true(json_real_value(json_array_get(tree, 0)) == -1e308);
    assert_null(jin_parse(a, body("{\"a\":1,\"a\":2}"), 9, &tree));
    assert_int_equal(json_integer_value(json_object_get(tree, "a")), 2);
    assert_null(jin_parse(a, body("true"), 9, &tree));
    e = jin_parse(a, body("{\"a\":\n1,}"), 9, &tree);
    assert_int_equal(e->kind, ERR_PARSE);
    assert_string_equal(e->detail, "JSON parse error - Expecting property name enclosed in double quotes: line 2 column 3 (char 8)");
    e = jin_parse(a, body("\"\\u0000\""), 9, &tree);
    assert_string_equal(e->validation_json, "{\"non_field_errors\":[\"Null characters are not allowed.\"]}");
    e = jin_parse(a, body("1e400"), 9, &tree);
    assert_string_equal(e->validation_json, "{\"non_field_errors\":[\"Value must be valid JSON.\"]}");
}

static void test_type_names(void **state)
{
    static const char *const names[] = {"dict", "list", "str", "int", "float", "bool", "bool", "NoneType"};
    json_t *tree;

    (void)state;
    assert_null(jin_parse(a, body("[{},[],\"\",1,1.0,true,false,null]"), 9, &tree));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(jin_type_name(json_array_get(tree, i)), names[i]);
    assert_string_equal(jin_type_name(NULL), "NoneType");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* `piece` n times as the value of "data". */
static struct span many(const char *before, const char *piece, size_t n, const char *after)
{
    struct strbuf b;

    strbuf_init(&b, a, SIZE_MAX);
    strbuf_puts(&b, before);
    while (n--)
        strbuf_puts(&b, piece);
    strbuf_puts(&b, after);
    return (struct span){b.buf, b.len};
}

static void trees_have_a_limit(void **state)
{
    json_t *tree;
    err *e;

    (void)state;
    e = jin_read(a, &spec, many("{\"data\":[", "{},", 2300000, "{}]}"), true, 10, &in);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_TOO_LARGE);
    e = jin_parse(a, many("[", "0,", 15000000, "0]"), 10, &tree);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_TOO_LARGE);
    assert_null(jin_parse(a, many("[\"", ",{[\\\"", 10000000, "\"]"), 10, &tree));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_body_shapes), TEST(test_required), TEST(test_text),  TEST(test_text_refusals), TEST(test_int),
        TEST(test_ids), TEST(test_int_of_great_length), TEST(test_float), TEST(test_bool), TEST(test_json), TEST(test_enum),
        TEST(test_time), TEST(test_patterns), TEST(test_forms), TEST(test_form_refusals), TEST(test_parse), TEST(test_type_names),
        TEST(trees_have_a_limit),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
