/* The growing string, and the error type beside it: limits, overflow, kinds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <syslog.h>

#include "with_arena.h"
#include "base/err.h"
#include "base/strbuf.h"

static void test_starts_empty(void **state)
{
    struct strbuf b;

    (void)state;
    strbuf_init(&b, a, 0);
    assert_string_equal(b.buf, "");
    assert_int_equal(b.len, 0);
    strbuf_add(&b, "", 0);
    assert_null(strbuf_check(&b));
    strbuf_putc(&b, 'x');
    assert_non_null(strbuf_check(&b));
}

static void test_grows(void **state)
{
    struct strbuf b;

    (void)state;
    strbuf_init(&b, a, SIZE_MAX);
    for (int i = 0; i < 100000; i++) {
        strbuf_putc(&b, (char)('a' + i % 26));
        assert_int_equal(b.buf[b.len], 0);
    }
    assert_int_equal(b.len, 100000);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(b.buf[i], 'a' + i % 26);
    strbuf_clear(&b);
    strbuf_printf(&b, "%s=%d", "n", 5);
    strbuf_puts(&b, ";");
    assert_string_equal(b.buf, "n=5;");
    strbuf_clear(&b);
    strbuf_printf(&b, "%0*d", 300000, 7);
    assert_int_equal(b.len, 300000);
    assert_int_equal(b.buf[299999], '7');
}

static void test_refuses_past_its_limit(void **state)
{
    struct strbuf b;
    err *e;

    (void)state;
    strbuf_init(&b, a, 5);
    strbuf_puts(&b, "1234");
    strbuf_puts(&b, "56");
    assert_string_equal(b.buf, "1234");
    assert_true(b.overflow);
    strbuf_printf(&b, "%d", 56);
    strbuf_putc(&b, '5');
    assert_string_equal(b.buf, "12345");
    e = strbuf_check(&b);
    assert_int_equal(e->kind, ERR_TOO_LARGE);
    assert_int_equal(err_status(e), 413);
    strbuf_clear(&b);
    assert_null(strbuf_check(&b));
    strbuf_init(&b, a, 1000);
    for (int i = 0; i < 1001; i++)
        strbuf_putc(&b, 'x');
    assert_int_equal(b.len, 1000);
    assert_true(b.overflow);
}

static void test_error_kinds(void **state)
{
    err *e = err_new(a, ERR_NOT_FOUND, NULL);

    (void)state;
    assert_string_equal(e->detail, "Not found.");
    assert_string_equal(err_kind_name(e->kind), "NOT_FOUND");
    assert_int_equal(err_status(e), 404);
    assert_int_equal(err_level(e->kind), LOG_DEBUG);
    assert_true(e->line > 0 && strstr(e->file, "test_strbuf.c"));
    e = err_new(a, ERR_CONFLICT, "task %d is taken", 3);
    assert_string_equal(e->detail, "task 3 is taken");
    e = err_internal(a, "disk %s is full", "sda");
    assert_string_equal(e->detail, "Internal server error");   /* clients never see the cause */
    assert_string_equal(e->internal, "disk sda is full");
    for (enum err_kind k = 0; k < ERR_KINDS; k++) {
        assert_in_range(err_status(err_new(a, k, NULL)), 400, 599);
        assert_in_range(err_level(k), LOG_ERR, LOG_DEBUG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_starts_empty),
        TEST(test_grows),
        TEST(test_refuses_past_its_limit),
        TEST(test_error_kinds),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
