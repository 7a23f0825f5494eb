/* Results in short: cases seen on the reference server, and the cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/brief.h"

static struct arena *a;

static const char *brief(const char *const *results, size_t n)
{
    struct strbuf b;

    strbuf_init(&b, a, 1 << 20);
    brief_add(&b, results, n);
    return b.buf;
}

#define BRIEF(...) brief((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))

static void as_seen(void **state)
{
    (void)state;
    assert_string_equal(BRIEF("[]", "[{\"id\": \"r\", \"type\": \"choices\", \"value\": {\"choices\": [\"A\"]}}]"),
                        "[] [{id:r, type:choices, value:{choices:[A]}}]");
    assert_string_equal(BRIEF("[{\"e\": 10000000000000000000000000, \"l\": [[1, 2], [3, 4]], \"n\": -0.126, \"t\": true, \"w\": 0.000000001, "
                              "\"x\": 12.3456, \"y\": 2.0, \"z\": 0.005, \"nul\": null}]"),
                        "[{e:10000000000000000000000000, l:[[1,2] [3,4]], n:-0.13, t:true, w:0.0, x:12.35, y:2.0, z:0.01, nul:null}]");
    assert_string_equal(BRIEF("[\"é\\\"q\\\\x,\\\",[]\"]"), "[é\\q\\\\x,\\,[]]");
}

static void each_once(void **state)
{
    (void)state;
    assert_string_equal(BRIEF("[1]", NULL, "[2]", "[1]"), "[1] [2]");
    assert_string_equal(BRIEF(NULL), "");
    assert_string_equal(brief(NULL, 0), "");
}

static void the_cut_counts_characters(void **state)
{
    struct strbuf b;
    const char *text;

    (void)state;
    strbuf_init(&b, a, 1 << 20);
    strbuf_puts(&b, "[\"");
    for (int i = 0; i < 600; i++)
        strbuf_puts(&b, "é");
    strbuf_puts(&b, "\"]");
    text = BRIEF(b.buf);
    assert_int_equal(strlen(text), 1 + 2 * 498);      /* bracket, dropped quote, 498 times é */
    assert_int_equal(text[0], '[');
    text = BRIEF("[\"an unfinished string");
    assert_string_equal(text, "[an unfinished string");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_seen), cmocka_unit_test(each_once), cmocka_unit_test(the_cut_counts_characters)};
    int failed;

    a = arena_new("test");
    cmocka_set_message_output(CM_OUTPUT_TAP);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(a);
    return failed;
}
