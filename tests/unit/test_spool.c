/* Files that wait in a spool: of equal names the last one counts, in the place of the first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cfg.h"
#include "base/strbuf.h"
#include "export/spool.h"

static err *show(void *to, struct exp_spool *s, const char *name, int64_t at, size_t len)
{
    char bytes[64] = "";

    TRY(exp_spool_read(s, at, bytes, len));
    strbuf_printf(to, "%s=%s ", name, bytes);
    return OK;
}

static void the_last_counts(void **state)
{
    struct arena *a = arena_new("test");
    struct exp_parts *p;
    struct strbuf b;

    (void)state;
    cfg.data_dir = "/tmp";
    strbuf_init(&b, a, 4096);
    assert_null(exp_parts_open(a, &p));
    assert_false(exp_parts_has(p, "x"));
    assert_null(exp_parts_put(p, "x", "one", 3));
    assert_null(exp_parts_put(p, "y", "two", 3));
    assert_null(exp_parts_put(p, "x", "three", 5));
    assert_null(exp_parts_put(p, "z", "", 0));
    assert_true(exp_parts_has(p, "x"));
    assert_int_equal(exp_parts_count(p), 3);
    assert_null(exp_parts_each(p, show, &b));
    assert_string_equal(b.buf, "x=three y=two z= ");
    arena_free(a);
}

static void many(void **state)
{
    struct arena *a = arena_new("test");
    struct exp_parts *p;
    struct arena_mark m;

    (void)state;
    assert_null(exp_parts_open(a, &p));
    m = arena_mark(a);
    for (int i = 0; i < 50000; i++) {
        const char *name = arena_printf(a, "labels/%d.txt", i % 20000);
        assert_null(exp_parts_put(p, name, name, strlen(name)));
        arena_rewind(a, m);
    }
    assert_int_equal(exp_parts_count(p), 20000);
    assert_true(exp_parts_has(p, "labels/19999.txt"));
    assert_false(exp_parts_has(p, "labels/20000.txt"));
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_last_counts), cmocka_unit_test(many)};

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
