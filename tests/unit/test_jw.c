/* The JSON writer: commas and nesting, escapes, the text of doubles. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>

#include "json/jw.h"

static struct arena *a;
static struct strbuf out;
static struct jw w;

static int set_up(void **state)
{
    (void)state;
    a = arena_new("test");
    strbuf_init(&out, a, SIZE_MAX);
    jw_init_strbuf(&w, &out);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static void test_nesting(void **state)
{
    (void)state;
    assert_false(jw_done(&w));
    jw_obj(&w);
    jw_key(&w, "tasks");
    jw_arr(&w);
    jw_obj(&w);
    jw_end(&w);
    jw_arr(&w);
    jw_end(&w);
    jw_i64(&w, INT64_MIN);
    jw_raw(&w, "{\"a\": 1}");
    jw_end(&w);
    assert_false(jw_done(&w));
    jw_kstr(&w, "s", "x");
    jw_kstr(&w, "none", NULL);
    jw_ki64(&w, "i", INT64_MAX);
    jw_kf64(&w, "f", 0.5);
    jw_kbool(&w, "t", true);
    jw_kbool(&w, "b", false);
    jw_knull(&w, "n");
    jw_kraw(&w, "r", "[1]");
    jw_kraw(&w, "q", NULL);
    jw_end(&w);
    assert_true(jw_done(&w));
    assert_string_equal(out.buf, "{\"tasks\":[{},[],-9223372036854775808,{\"a\": 1}],\"s\":\"x\",\"none\":null,"
                                 "\"i\":9223372036854775807,\"f\":0.5,\"t\":true,\"b\":false,\"n\":null,\"r\":[1],\"q\":null}");
}

static void test_single_values(void **state)
{
    (void)state;
    jw_str(&w, "");
    assert_true(jw_done(&w));
    assert_string_equal(out.buf, "\"\"");
}

static void test_deep(void **state)
{
    (void)state;
    for (int i = 0; i < JW_DEPTH - 1; i++)
        jw_arr(&w);
    for (int i = 0; i < JW_DEPTH - 1; i++)
        jw_end(&w);
    assert_true(jw_done(&w));
    assert_int_equal(out.len, 2 * (JW_DEPTH - 1));
}

static void assert_quoted(const char *in, size_t len, const char *want)
{
    strbuf_clear(&out);
    json_quote(&out, in, len);
    assert_string_equal(out.buf, want);
}

#define QUOTED(literal, want) assert_quoted(literal, sizeof(literal) - 1, want)

static void test_escapes(void **state)
{
    (void)state;
    QUOTED("", "\"\"");
    QUOTED("plain/é€😀", "\"plain/é€😀\"");
    QUOTED("\"\\\b\f\n\r\t", "\"\\\"\\\\\\b\\f\\n\\r\\t\"");
    QUOTED("\x01\x1f\x7f", "\"\\u0001\\u001f\x7f\"");
    QUOTED("a\0b", "\"a\\u0000b\"");
    QUOTED("\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa", "\"\xe2\x80\xa7\\u2028\\u2029\xe2\x80\xaa\"");
    QUOTED("x\xe2\x80", "\"x\xe2\x80\"");   /* cut off: nothing is read past the end */
    QUOTED("<script>&'", "\"<script>&'\"");
    strbuf_clear(&out);
    jw_obj(&w);
    jw_kstr(&w, "a\"b", "c");
    jw_end(&w);
    assert_string_equal(out.buf, "{\"a\\\"b\":\"c\"}");
}

static void test_doubles(void **state)
{
    static const struct {
        double v;
        const char *text;
    } cases[] = {
        {0, "0.0"}, {-0.0, "-0.0"}, {9, "9.0"}, {-9.5, "-9.5"}, {0.1, "0.1"}, {0.1 + 0.2, "0.30000000000000004"},
        {100, "100.0"}, {123456789, "123456789.0"}, {1e15, "1000000000000000.0"}, {1e16, "1e+16"}, {1e22, "1e+22"},
        {9007199254740993.0, "9007199254740992.0"}, {1.5e300, "1.5e+300"}, {0.0001, "0.0001"}, {0.00001, "1e-05"},
        {0.00012345, "0.00012345"}, {1.25e-7, "1.25e-07"}, {1.0 / 3, "0.3333333333333333"}, {2.0 / 3, "0.6666666666666666"},
        {DBL_MAX, "1.7976931348623157e+308"}, {DBL_MIN, "2.2250738585072014e-308"}, {4.9406564584124654e-324, "5e-324"},
        {12345.678901234567, "12345.678901234567"}, {1234567890123456.7, "1234567890123456.8"},
        {NAN, "null"}, {INFINITY, "null"}, {-INFINITY, "null"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        strbuf_clear(&out);
        jw_init_strbuf(&w, &out);
        jw_f64(&w, cases[i].v);
        assert_string_equal(out.buf, cases[i].text);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nesting), TEST(test_single_values), TEST(test_deep), TEST(test_escapes), TEST(test_doubles),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
