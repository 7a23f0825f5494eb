/* CSV text to task data: every expectation was seen on the reference server, unless its comment
 * says otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "with_arena.h"
#include "base/strbuf.h"
#include "import/table.h"
#include "import/utf8text.h"

static struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

/* All rows, one blank between them; or what is wrong, after an exclamation mark. */
static const char *rows_of(struct span text, char separator)
{
    const char *problem;
    struct table *t;
    struct span row;
    struct strbuf b;

    strbuf_init(&b, a, 1 << 20);
    table_open(a, text, separator, &t, &problem);
    if (problem)
        return arena_printf(a, "!%s", problem);
    while (table_next(t, &row)) {
        if (b.len)
            strbuf_putc(&b, ' ');
        strbuf_add(&b, row.p, row.len);
    }
    return b.buf;
}

static const char *csv(const char *text)
{
    return rows_of(span_of(text), csv_separator(span_of(text)));
}

struct pair {
    const char *text, *rows;
};

static void check(const struct pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_string_equal(csv(pairs[i].text), pairs[i].rows);
}

#define CHECK(...)                                                                                 \
    check((const struct pair[]){__VA_ARGS__},                                                      \
          sizeof((const struct pair[]){__VA_ARGS__}) / sizeof(struct pair))

static void test_separator(void **state)
{
    (void)state;
    CHECK({"a;b,c;d\n1;2;3\n", "{\"a\":1,\"b,c\":2,\"d\":3}"},
          {"a;b\n1;x,y\n\"c;d\";2\n", "{\"a\":\"1\",\"b\":\"x,y\"} {\"a\":\"c;d\",\"b\":\"2\"}"},
          {"a;b,c\n1,2\n", "{\"a;b\":1,\"c\":2}"});
    assert_string_equal(rows_of(span_of("a\tb\n\"1\t5\"\t2\n \t3\n"), '\t'),
                        "{\"a\":\"1\\t5\",\"b\":2} {\"a\":\" \",\"b\":3}");
}

static void test_header(void **state)
{
    (void)state;
    CHECK({"a,b,a,a,\n1,2,3,4,5\n", "{\"a\":1,\"b\":2,\"a.1\":3,\"a.2\":4,\"Unnamed: 4\":5}"},
          {"a,a.1,a\n1,2,3\n", "{\"a\":1,\"a.1\":2,\"a.2\":3}"},
          {",,\n1,2,3\n", "{\"Unnamed: 0\":1,\"Unnamed: 1\":2,\"Unnamed: 2\":3}"},
          {" text , b\n1,2\n", "{\" text \":1,\" b\":2}"},
          {"\"a\",\"b,c\"\n1,2\n", "{\"a\":1,\"b,c\":2}"}, {"\n\na,b\n1,2\n", "{\"a\":1,\"b\":2}"},
          {"data,annotations\nx,y\n", "{\"data\":\"x\",\"annotations\":\"y\"}"});
    assert_string_equal(csv("a,a,a.1\n1,2,3\n"), "{\"a\":1,\"a.2\":2,\"a.1\":3}");
}

static void test_quotes_and_lines(void **state)
{
    (void)state;
    CHECK({"a,b\n1,x\n2,y", "{\"a\":1,\"b\":\"x\"} {\"a\":2,\"b\":\"y\"}"},
          {"a,b\n\"x\"y,2\nq\"r\"s,\"1\"\n",
           "{\"a\":\"xy\",\"b\":2} {\"a\":\"q\\\"r\\\"s\",\"b\":1}"},
          {"a\n\"x\"\"y\"\n\"x\"\" y\" z\n", "{\"a\":\"x\\\"y\"} {\"a\":\"x\\\" y z\"}"},
          {"a,b\n\"x\ny\",2\n", "{\"a\":\"x\\ny\",\"b\":2}"}, {"a\r1\r2\r", "{\"a\":1} {\"a\":2}"},
          {"a\r\n1\r\n\r\n2\r\n", "{\"a\":1} {\"a\":2}"},
          {"a,b\n \n1,2\n\t\n3,4\n", "{\"a\":1,\"b\":2} {\"a\":3,\"b\":4}"},
          {"a\n1\n\n\"\"\n2\n", "{\"a\":1.0} {\"a\":\"\"} {\"a\":2.0}"},
          {"a,b\n'x,2\n", "{\"a\":\"'x\",\"b\":2}"}, {"a,b\n# x,2\n", "{\"a\":\"# x\",\"b\":2}"});
}

static void test_rows_of_other_lengths(void **state)
{
    (void)state;
    CHECK({"a,b\n1\n2,3\n", "{\"a\":1,\"b\":\"\"} {\"a\":2,\"b\":3.0}"},
          {"a,b\n1,2\n4,5,6\n",
           "!Error tokenizing data. C error: Expected 2 fields in line 3, saw 3\n"},
          {"a,b\n1,2\n\n\n3,4\n5,6,7\n",
           "!Error tokenizing data. C error: Expected 2 fields in line 6, saw 3\n"},
          {"a,b\n\"x\ny\",2\n5,6,7\n",
           "!Error tokenizing data. C error: Expected 2 fields in line 3, saw 3\n"},
          {"a,b\n\"x\n1\",2\n3,\"y",
           "!Error tokenizing data. C error: EOF inside string starting at row 2"});
    /* Ours: the reference server takes the first field of such files for a row name and shifts the
     * others. */
    assert_string_equal(csv("a,b\n1,2,3\n"),
                        "!Error tokenizing data. C error: Expected 2 fields in line 2, saw 3\n");
}

static void test_nothing(void **state)
{
    (void)state;
    CHECK({"", "!No columns to parse from file"}, {"\n", "!No columns to parse from file"},
          {"a,b\n", ""}, {"a,b", ""});
}

static void test_whole_numbers(void **state)
{
    (void)state;
    CHECK({"a\n007\n+1\n-2\n-0\n 3 \n", "{\"a\":7} {\"a\":1} {\"a\":-2} {\"a\":0} {\"a\":3}"},
          {"a\n9223372036854775807\n", "{\"a\":9223372036854775807}"},
          {"a\n18446744073709551615\n1\n", "{\"a\":18446744073709551615} {\"a\":1}"},
          {"a\n18446744073709551616\n1\n", "{\"a\":18446744073709551616} {\"a\":1}"},
          {"a\n-1\n9223372036854775808\n", "{\"a\":\"-1\"} {\"a\":\"9223372036854775808\"}"},
          {"a\n18446744073709551616\n1.5\n", "{\"a\":\"18446744073709551616\"} {\"a\":\"1.5\"}"},
          {"a,b\n18446744073709551616,1\nNA,2\n",
           "{\"a\":18446744073709551616,\"b\":1} {\"a\":\"\",\"b\":2}"},
          {"a,b\n1,\n2,\n", "{\"a\":1,\"b\":\"\"} {\"a\":2,\"b\":\"\"}"},
          {"a,b\n1,\n,\n", "{\"a\":1.0,\"b\":\"\"} {\"a\":\"\",\"b\":\"\"}"},
          {"a\n0x10\n1_0\n", "{\"a\":\"0x10\"} {\"a\":\"1_0\"}"},
          {"a\n1\nabc\n", "{\"a\":\"1\"} {\"a\":\"abc\"}"}, {"a\n-\n", "{\"a\":\"-\"}"},
          {"a\n+ 5\n", "{\"a\":\"+ 5\"}"}, {"a\n1 2\n", "{\"a\":\"1 2\"}"});
}

static void test_decimals(void **state)
{
    (void)state;
    CHECK({"a,b\n1.0,0.1\n2,1e22\n", "{\"a\":1.0,\"b\":0.1} {\"a\":2.0,\"b\":1e+22}"},
          {"a\n1.\n+.5e+3\n1E-3\n00.5\n", "{\"a\":1.0} {\"a\":500.0} {\"a\":0.001} {\"a\":0.5}"},
          {"a\n-0.0\n", "{\"a\":-0.0}"}, {"a\n1e-400\n", "{\"a\":0.0}"},
          {"a\n1.7976931348623157e308\n", "{\"a\":1.7976931348623157e+308}"},
          {"a\n1.5\n9007199254740993\n", "{\"a\":1.5} {\"a\":9007199254740992.0}"},
          {"a;b\n1,5;2\n", "{\"a\":\"1,5\",\"b\":2}"}, {"a\n.\n", "{\"a\":\".\"}"},
          {"a\n1e\n", "{\"a\":\"1e\"}"}, {"a\n1d5\n", "{\"a\":\"1d5\"}"},
          {"a\n2020-01-01\n", "{\"a\":\"2020-01-01\"}"});
    /* Ours: the reference server fails on what no JSON number can hold. */
    CHECK({"a\n1e400\n1\n", "{\"a\":\"1e400\"} {\"a\":\"1\"}"}, {"a\ninf\n", "{\"a\":\"inf\"}"});
}

static void test_true_and_false(void **state)
{
    (void)state;
    CHECK({"a\ntrue\nFALSE\nTrUe\n", "{\"a\":true} {\"a\":false} {\"a\":true}"},
          {"a,b\ntrue,1\n,2\n", "{\"a\":true,\"b\":1} {\"a\":\"\",\"b\":2}"},
          {"a,b\ntrue,1\n1,2\n", "{\"a\":\"true\",\"b\":1} {\"a\":\"1\",\"b\":2}"},
          {"a\n true\n", "{\"a\":\" true\"}"}, {"a\ntrue\nx\n", "{\"a\":\"true\"} {\"a\":\"x\"}"});
}

static void test_cells_that_mean_nothing(void **state)
{
    (void)state;
    CHECK({"a,b\nNA,x\nNULL,NaN\n#N/A,null\n",
           "{\"a\":\"\",\"b\":\"x\"} {\"a\":\"\",\"b\":\"\"} {\"a\":\"\",\"b\":\"\"}"},
          {"a,b\n NA,x\n1,2\n", "{\"a\":\" NA\",\"b\":\"x\"} {\"a\":\"1\",\"b\":\"2\"}"},
          {"a,b\n\"NA\",1\n\"\",2\n", "{\"a\":\"\",\"b\":1} {\"a\":\"\",\"b\":2}"},
          {"a,b\n,\n1,2\n", "{\"a\":\"\",\"b\":\"\"} {\"a\":1.0,\"b\":2.0}"});
}

static void test_encoding(void **state)
{
    (void)state;
    CHECK({"a,b\n1,caf\xe9\n", "!utf-8 b'caf\\xe9' 3 4 unexpected end of data"},
          {"a,caf\xe9\n1,2\n", "!utf-8 b'caf\\xe9' 3 4 unexpected end of data"},
          {"a,b\n1,\xff\xfe\n2,3\n", "!utf-8 b'\\xff\\xfe' 0 1 invalid start byte"},
          {"a,b\nx,\xc3\xa9\xe9zz\n", "!utf-8 b'\\xc3\\xa9\\xe9zz' 2 3 invalid continuation byte"});
    assert_string_equal(utf8text_problem(a, span_of("caf\xe9\n")),
                        "utf-8 b'caf\\xe9\\n' 3 4 invalid continuation byte");
    assert_string_equal(utf8text_problem(a, span_of("\xe2\x82")),
                        "utf-8 b'\\xe2\\x82' 0 2 unexpected end of data");
    assert_string_equal(utf8text_problem(a, span_of("\xed\xa0\x80'")),
                        "utf-8 b'\\xed\\xa0\\x80\\'' 0 1 invalid continuation byte");
    assert_null(utf8text_problem(a, span_of("\xf0\x9f\x8d\xb5 \xe2\x82\xac \xc3\xa9")));
}

static void test_null_characters(void **state)
{
    (void)state;
    assert_string_equal(rows_of((struct span){"a\nx\0y\n", 6}, ','), "{\"a\":\"x\\u0000y\"}");
    assert_int_equal(*rows_of((struct span){"a\0b\n1\n", 6}, ','), '!');
}

static void test_too_many_fields(void **state)
{
    char *text = arena_alloc(a, CSV_CELLS_MOST + 2);

    (void)state;
    memset(text, ',', CSV_CELLS_MOST);
    assert_string_equal(csv(text), "!more than 100000 fields in line 1");
}

static void test_lines(void **state)
{
    static const char *const expected[] = {"a", "", "b", "c", "d", "e", "f", "g", "z"};
    struct span rest = span_of("a\n\nb\r\nc\vd\fe\xe2\x80\xa8"
                               "f\xc2\x85g\x1cz\n"),
                line;

    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assert_true(utf8text_line(&rest, &line));
        assert_string_equal(arena_strndup(a, line.p, line.len), expected[i]);
    }
    assert_false(utf8text_line(&rest, &line));
    rest = span_of("\n");
    assert_true(utf8text_line(&rest, &line));
    assert_int_equal(line.len, 0);
    assert_false(utf8text_line(&rest, &line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_separator),
        TEST(test_header),
        TEST(test_quotes_and_lines),
        TEST(test_rows_of_other_lengths),
        TEST(test_nothing),
        TEST(test_whole_numbers),
        TEST(test_decimals),
        TEST(test_true_and_false),
        TEST(test_cells_that_mean_nothing),
        TEST(test_encoding),
        TEST(test_null_characters),
        TEST(test_too_many_fields),
        TEST(test_lines),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
