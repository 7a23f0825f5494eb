/* The Cookie header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "with_arena.h"
#include "http/cookie.h"

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(cookie_get(a, "sessionid=abc", "sessionid"), "abc");
    assert_string_equal(cookie_get(a, "x=1; sessionid=abc;y=2", "sessionid"), "abc");
    assert_string_equal(cookie_get(a, "xsessionid=no;\tsessionid=abc", "sessionid"), "abc");
    assert_string_equal(cookie_get(a, "sessionid=first; sessionid=second", "sessionid"), "first");
    assert_string_equal(cookie_get(a, "sessionid=", "sessionid"), "");
    assert_null(cookie_get(a, "", "sessionid"));
    assert_null(cookie_get(a, "sessionid", "sessionid"));
    assert_null(cookie_get(a, "sessionidx=1; Sessionid=2", "sessionid"));
    assert_null(cookie_get(a, ";;; = ;", "sessionid"));
}

static void test_values(void **state)
{
    (void)state;
    assert_string_equal(cookie_get(a, "a=\"quoted\" ; b=2", "a"), "quoted");
    assert_string_equal(cookie_get(a, "a=b=c", "a"), "b=c");
    assert_string_equal(cookie_get(a, "a=x%20%C3%A9+y", "a"), "x é+y");
    assert_null(cookie_get(a, "a=x%00y", "a"));
    assert_null(cookie_get(a, "a=%ff", "a"));
    assert_string_equal(cookie_get(a, "a=\"", "a"), "\"");
}


int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_names), TEST(test_values)};

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
