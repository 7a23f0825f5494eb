/* The splitter: element bounds, keys, strictness, and errors placed and worded as Python's json module does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "with_arena.h"
#include "base/strbuf.h"
#include "json/jspan.h"

/* In memory of exactly its size, so that AddressSanitizer sees any reading past the end. */
static struct span exact(const char *s, size_t len)
{
    char *p = malloc(len ? len : 1);

    memcpy(p, s, len);
    arena_defer(a, free, p);
    return (struct span){p, len};
}

static struct span text(const char *s)
{
    return exact(s, strlen(s));
}

/* The walk written out: key=value; …, or the error. */
static const char *walk(const char *in, int max_depth)
{
    struct strbuf b;
    struct jspan s;
    struct span v;
    const char *key;
    bool more;
    err *e = jspan_open(&s, a, text(in), max_depth);

    strbuf_init(&b, a, SIZE_MAX);
    while (!e) {
        e = jspan_next(&s, &more, &key, &v);
        if (!e && !more)
            return b.buf;
        if (!e)
            strbuf_printf(&b, "%s%s%.*s;", key ? key : "", key ? "=" : "", (int)v.len, v.p);
    }
    assert_int_equal(e->kind, ERR_PARSE);
    assert_memory_equal(e->detail, "JSON parse error - ", 19);
    return e->detail + 19;
}

static void test_types(void **state)
{
    (void)state;
    assert_int_equal(jspan_type(text("")), JSON_T_NONE);
    assert_int_equal(jspan_type(text(" \n\t\r")), JSON_T_NONE);
    assert_int_equal(jspan_type(text(" {")), JSON_T_OBJECT);
    assert_int_equal(jspan_type(text("[")), JSON_T_ARRAY);
    assert_int_equal(jspan_type(text("\"")), JSON_T_STRING);
    assert_int_equal(jspan_type(text("-1")), JSON_T_NUMBER);
    assert_int_equal(jspan_type(text("7")), JSON_T_NUMBER);
    assert_int_equal(jspan_type(text("true")), JSON_T_TRUE);
    assert_int_equal(jspan_type(text("false")), JSON_T_FALSE);
    assert_int_equal(jspan_type(text("null")), JSON_T_NULL);
    assert_int_equal(jspan_type(text("x")), JSON_T_NONE);
}

static void test_walks(void **state)
{
    (void)state;
    assert_string_equal(walk("[]", 9), "");
    assert_string_equal(walk(" { } ", 9), "");
    assert_string_equal(walk("[1, \"a,]\" ,[2,[ ]],{\"k\":[{}]} , null]\n", 9), "1;\"a,]\";[2,[ ]];{\"k\":[{}]};null;");
    assert_string_equal(walk("{\"a\":1,\"b\" : {\"a\":[2]} ,\"a\":\"\\\"}\"}", 9), "a=1;b={\"a\":[2]};a=\"\\\"}\";");
    assert_string_equal(walk("{\"\":0,\"\\u0061\\n\":1,\"\\ud83d\\ude00\":2}", 9), "=0;a\n=1;😀=2;");
    assert_string_equal(walk("{\"a\\u0000b\":0,\"\\ud800\":1}", 9), "a\xef\xbf\xbd" "b=0;\xef\xbf\xbd=1;");
    assert_string_equal(walk("[-0,0.5,1e5,1E+5,1.25e-7,-12]", 9), "-0;0.5;1e5;1E+5;1.25e-7;-12;");
    assert_string_equal(walk("[\"é€😀 and enough plain text to take the wide path\"]", 9),
                        "\"é€😀 and enough plain text to take the wide path\";");
}

static void test_errors(void **state)
{
    static const struct {
        const char *in;
        const char *why;
    } cases[] = {
        {"", "Expecting value: line 1 column 1 (char 0)"},
        {"  ", "Expecting value: line 1 column 3 (char 2)"},
        {"[", "Expecting value: line 1 column 2 (char 1)"},
        {"[1", "Expecting ',' delimiter: line 1 column 3 (char 2)"},
        {"[1,]", "Expecting value: line 1 column 4 (char 3)"},
        {"[,1]", "Expecting value: line 1 column 2 (char 1)"},
        {"[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"},
        {"[1}", "Expecting ',' delimiter: line 1 column 3 (char 2)"},
        {"[1]]", "Extra data: line 1 column 4 (char 3)"},
        {"[1]\n x", "Extra data: line 2 column 2 (char 5)"},
        {"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"},
        {"{a:1}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"},
        {"{\"a\"}", "Expecting ':' delimiter: line 1 column 5 (char 4)"},
        {"{\"a\":}", "Expecting value: line 1 column 6 (char 5)"},
        {"{\"a\":1,}", "Expecting property name enclosed in double quotes: line 1 column 8 (char 7)"},
        {"{\"a\":1", "Expecting ',' delimiter: line 1 column 7 (char 6)"},
        {"[{\"é\":1,\n\"b\"", "Expecting ':' delimiter: line 2 column 4 (char 12)"},
        {"[01]", "Expecting ',' delimiter: line 1 column 3 (char 2)"},
        {"[1.]", "Expecting ',' delimiter: line 1 column 3 (char 2)"},
        {"[1e]", "Expecting ',' delimiter: line 1 column 3 (char 2)"},
        {"[-]", "Expecting value: line 1 column 2 (char 1)"},
        {"[+1]", "Expecting value: line 1 column 2 (char 1)"},
        {"[.5]", "Expecting value: line 1 column 2 (char 1)"},
        {"[tru]", "Expecting value: line 1 column 2 (char 1)"},
        {"[True]", "Expecting value: line 1 column 2 (char 1)"},
        {"[NaN]", "Out of range float values are not JSON compliant: 'NaN'"},
        {"[Infinity]", "Out of range float values are not JSON compliant: 'Infinity'"},
        {"{\"a\":-Infinity}", "Out of range float values are not JSON compliant: '-Infinity'"},
        {"[\"abc", "Unterminated string starting at: line 1 column 2 (char 1)"},
        {"[\"abc\\", "Unterminated string starting at: line 1 column 2 (char 1)"},
        {"[\"a\nb\"]", "Invalid control character at: line 1 column 4 (char 3)"},
        {"[\"a\\x\"]", "Invalid \\escape: line 1 column 4 (char 3)"},
        {"[\"\\u12\"]", "Invalid \\uXXXX escape: line 1 column 4 (char 3)"},
        {"[\"\\u12g4\"]", "Invalid \\uXXXX escape: line 1 column 4 (char 3)"},
        {"[\"\xff\"]", "'utf-8' codec can't decode byte 0xff in position 2: invalid start byte"},
        {"[\"é\xe2\x82\"]", "'utf-8' codec can't decode byte 0xe2 in position 4: invalid continuation byte"},
        {"[\"\xed\xa0\x80\"]", "'utf-8' codec can't decode byte 0xed in position 2: invalid continuation byte"},
        {"[\"\xe2\x82", "'utf-8' codec can't decode byte 0xe2 in position 2: unexpected end of data"},
        {"\xef\xbb\xbf[1]", "Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        err *e = jspan_check(a, text(cases[i].in), 9);

        assert_non_null(e);
        assert_string_equal(e->detail + 19, cases[i].why);
        assert_string_equal(walk(cases[i].in, 9), cases[i].why);
    }
    assert_string_equal(walk("3", 9), "Expecting an array or an object: line 1 column 1 (char 0)");
}

/* Places are counted in pieces of a mebibyte; a character and a line lie across their ends here. */
static void test_error_far_away(void **state)
{
    enum { LINES = 70000, LINE = 30, BYTES = 2 + LINES * LINE };
    char *s = arena_alloc(a, BYTES + 2), want[100];

    (void)state;
    memcpy(s, "[\n", 2);
    for (int i = 0; i < LINES; i++)
        memcpy(s + 2 + i * LINE, "\"é€ twenty and two byte\" ,\n", LINE);
    memcpy(s + BYTES, "}", 2);
    snprintf(want, sizeof want, "Expecting value: line %d column 1 (char %d)", LINES + 2, BYTES - 3 * LINES);
    assert_string_equal(walk(s, 9), want);
    assert_string_equal(jspan_check(a, text(s), 9)->detail + 19, want);
}

static void test_control_bytes(void **state)
{
    (void)state;
    for (char c = 0; c < 0x20; c++) {
        char s[] = "[\"0123456789\"]";

        s[7] = c;
        assert_non_null(jspan_check(a, exact(s, sizeof s - 1), 9));
    }
    assert_non_null(jspan_check(a, exact("[1\0]", 4), 9));
    assert_non_null(jspan_check(a, exact("[\"\\\0\"]", 6), 9));
    assert_non_null(jspan_check(a, exact("[1]\0", 4), 9));
}

/* n opening brackets, what lies inside, n closing ones. */
static const char *nested(int n)
{
    char *s = arena_alloc(a, (size_t)n * 2 + 1);

    memset(s, '[', (size_t)n);
    memset(s + n, ']', (size_t)n);
    return s;
}

static void test_depth(void **state)
{
    (void)state;
    assert_null(jspan_check(a, text(nested(200)), 200));
    assert_non_null(jspan_check(a, text(nested(201)), 200));
    assert_null(strstr(walk(nested(200), 200), "deep"));
    assert_non_null(strstr(walk(nested(201), 200), "Nested too deeply: line 1 column 201"));
    assert_null(jspan_check(a, text(nested(2048)), 1 << 20));
    assert_non_null(jspan_check(a, text(nested(2049)), 1 << 20));   /* the bit stack ends there */
    assert_non_null(jspan_check(a, text(nested(1)), 0));
    assert_non_null(jspan_check(a, text(nested(9)), -5));
    assert_null(jspan_check(a, text("1"), 0));
    assert_string_equal(walk("[1]", 1), "1;");
    assert_string_equal(walk("[[],{}]", 1), "Nested too deeply: line 1 column 2 (char 1)");
    assert_null(jspan_check(a, text("[{\"a\":[{\"b\":{}}]},[[{}]]]"), 5));   /* objects and arrays mixed over levels */
    assert_non_null(jspan_check(a, text("[{\"a\":[{\"b\":{}}]},[[{}]}]"), 5));
}

static void test_whole_texts(void **state)
{
    (void)state;
    assert_null(jspan_check(a, text(" 1 "), 9));
    assert_null(jspan_check(a, text("\"x\""), 9));
    assert_null(jspan_check(a, text("true"), 9));
    assert_non_null(jspan_check(a, text("1 2"), 9));
    assert_non_null(jspan_check(a, text("nul"), 9));
}

static void assert_member(const char *object, const char *key, const char *want)
{
    struct span v = jspan_member(a, text(object), key);

    if (want)
        assert_string_equal(span_dup(a, v), want);
    else
        assert_null(v.p);
}

static void test_members(void **state)
{
    (void)state;
    assert_member("{\"a\":1,\"ab\":[2],\"a\": 3 }", "a", "3");
    assert_member("{\"a\":1,\"ab\":[2]}", "ab", "[2]");
    assert_member("{\"\\u0061\":1}", "a", "1");
    assert_member("{\"b\":{\"a\":1}}", "a", NULL);
    assert_member("{}", "a", NULL);
    assert_member("[\"a\"]", "a", NULL);
    assert_member("{\"a\":1", "a", NULL);
    assert_member("{\"a\\u0000x\":1}", "a", NULL);
    assert_member("", "a", NULL);
}

static void assert_unstorable(const char *in, bool want)
{
    if ((jspan_unstorable(text(in)) != NULL) != want)
        fail_msg("%.60s", in);
}

static void test_unstorable(void **state)
{
    char big[131100];

    (void)state;
    assert_unstorable("{\"a\":[1,\"\\u00e9\\n\"]}", false);
    assert_unstorable("\"\\u0000\"", true);
    assert_unstorable("{\"\\u0000\":1}", true);
    assert_unstorable("\"\\\\u0000\"", false);   /* an escaped backslash, then plain text */
    assert_unstorable("\"\\ud83d\\ude00\"", false);
    assert_unstorable("\"\\ud83d\"", true);
    assert_unstorable("\"\\ud83dx\\ude00\"", true);
    assert_unstorable("\"\\ude00\\ud83d\"", true);
    assert_unstorable("\"\\ud83d\\ud83d\\ude00\"", true);
    assert_unstorable("[1e308,-1.7e308,1e-300]", false);
    assert_unstorable("[1e400]", true);
    assert_unstorable("-1e309", true);
    assert_unstorable("\"1e400 \\\" 1e400\"", false);
    assert_unstorable("123456789012345678901234567890.5", false);
    assert_unstorable("1e-16383", false);
    assert_unstorable("1e-16384", true);
    assert_unstorable("1.5e-16383", true);
    assert_unstorable("0e99999999999999999999", true);
    memset(big, '9', sizeof big);
    big[131072] = '\0';
    assert_unstorable(big, false);
    big[131072] = '9';
    big[131073] = '\0';
    assert_unstorable(big, true);
    big[1] = '.';
    assert_unstorable(big, true);
    big[10000] = '\0';
    assert_unstorable(big, false);
}


int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_types), TEST(test_walks),        TEST(test_errors),  TEST(test_error_far_away), TEST(test_control_bytes),
        TEST(test_depth), TEST(test_whole_texts), TEST(test_members), TEST(test_unstorable),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
