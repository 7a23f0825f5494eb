/* Differences of texts line by line, written as one letter and the text per line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/linediff.h"
#include "base/strbuf.h"

static struct arena *a;

static const char *diff(const char *old, const char *new)
{
    size_t n;
    struct line_change *all = linediff(a, old, new, &n);
    struct strbuf b;

    strbuf_init(&b, a, 1 << 20);
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&b, "%c%s|", all[i].kind, all[i].text);
    return b.buf;
}

static void lines_that_came_and_went(void **state)
{
    (void)state;
    assert_string_equal(diff("", ""), "");
    assert_string_equal(diff("", "a\nb"), "+a|+b|");
    assert_string_equal(diff("a\nb\n", ""), "-a|-b|");
    assert_string_equal(diff("a\nb\nc", "a\nb\nc\n"), " a| b| c|");
    assert_string_equal(diff("a\nb\nc", "a\nx\nc"), " a|-b|+x| c|");
    assert_string_equal(diff("a\n\nb", "a\nb"), " a|-| b|");
    assert_string_equal(diff("a\na", "a\na\na"), " a| a|+a|");
}

static void moves_keep_what_is_common(void **state)
{
    (void)state;
    assert_string_equal(diff("1\n2\n3\n4\n5", "0\n2\nx\n3\n5\n6"), "-1|+0| 2|+x| 3|-4| 5|+6|");
    assert_string_equal(diff("a\nb\nc\nd", "c\nd\na\nb"), "-a|-b| c| d|+a|+b|");
}

static void lines_are_numbered(void **state)
{
    size_t n;
    struct line_change *all = linediff(a, "a\nb\nc", "a\nc\nd", &n);

    (void)state;
    assert_int_equal(n, 4);
    assert_int_equal(all[1].old_line, 2);
    assert_int_equal(all[1].new_line, 0);
    assert_int_equal(all[2].old_line, 3);
    assert_int_equal(all[2].new_line, 2);
    assert_int_equal(all[3].old_line, 0);
    assert_int_equal(all[3].new_line, 3);
}

/* Whatever two texts are: without what came it is the old one, without what went the new one; also beyond the table's size. */
static void both_texts_can_be_read_from_it(const char *old, const char *new)
{
    size_t n;
    struct line_change *all = linediff(a, old, new, &n);
    struct strbuf left, right;

    strbuf_init(&left, a, 1 << 24);
    strbuf_init(&right, a, 1 << 24);
    for (size_t i = 0; i < n; i++) {
        if (all[i].kind != '+')
            strbuf_printf(&left, "%s\n", all[i].text);
        if (all[i].kind != '-')
            strbuf_printf(&right, "%s\n", all[i].text);
    }
    assert_string_equal(left.buf, old);
    assert_string_equal(right.buf, new);
}

static const char *made(unsigned *seed, int lines, int different)
{
    struct strbuf b;

    strbuf_init(&b, a, 1 << 24);
    for (int i = 0; i < lines; i++) {
        *seed = *seed * 1103515245u + 12345u;
        strbuf_printf(&b, "line %u\n", (*seed >> 16) % (unsigned)different);
    }
    return b.buf;
}

static void any_texts(void **state)
{
    unsigned seed = 7;

    (void)state;
    for (int turn = 0; turn < 50; turn++)
        both_texts_can_be_read_from_it(made(&seed, turn % 23, 5), made(&seed, turn % 19, 5));
    both_texts_can_be_read_from_it(made(&seed, 3000, 100000), made(&seed, 3000, 100000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_that_came_and_went), cmocka_unit_test(moves_keep_what_is_common),
                                       cmocka_unit_test(lines_are_numbered), cmocka_unit_test(any_texts)};
    int failed;

    a = arena_new("test");
    cmocka_set_message_output(CM_OUTPUT_TAP);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(a);
    return failed;
}
