/* The version of the static files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "page/assets.h"

static struct arena *a;
static char dir[] = "/tmp/labeld-assets.XXXXXX";

static int set_up(void **state)
{
    (void)state;
    a = arena_new("test");
    return mkdtemp(dir) && mkdir(arena_printf(a, "%s/js", dir), 0700) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(arena_printf(a, "%s/a.css", dir));
    unlink(arena_printf(a, "%s/js/b.js", dir));
    rmdir(arena_printf(a, "%s/js", dir));
    rmdir(dir);
    arena_free(a);
    return 0;
}

static void put(const char *name, const char *text)
{
    FILE *f = fopen(arena_printf(a, "%s/%s", dir, name), "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static const char *version(void)
{
    const char *v;

    assert_null(assets_version(a, dir, &v));
    assert_int_equal(strlen(v), 13);
    assert_int_equal(strspn(v + 1, "0123456789abcdef"), 12);
    return v;
}

static void test_changes_with_the_files(void **state)
{
    const char *empty = version(), *one, *two;

    (void)state;
    put("a.css", "body {}");
    one = version();
    assert_string_not_equal(one, empty);
    put("js/b.js", "export const a = 1;");
    two = version();
    assert_string_not_equal(two, one);
    put("js/b.js", "export const a = 2;");
    assert_string_not_equal(version(), two);
    put("js/b.js", "export const a = 1;");
    assert_string_equal(version(), two);
}

static void test_missing(void **state)
{
    const char *v;

    (void)state;
    assert_non_null(assets_version(a, "/nonexistent/static", &v));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_changes_with_the_files),
        cmocka_unit_test(test_missing),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
