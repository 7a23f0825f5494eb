/* Gathered validation messages: order, grouping, escaping. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "with_arena.h"
#include "json/verr.h"

static void test_nothing_is_ok(void **state)
{
    struct verr *v = verr_new(a);

    (void)state;
    assert_false(verr_any(v));
    assert_null(verr_done(v));
}

static void test_messages_keep_their_order(void **state)
{
    struct verr *v = verr_new(a);
    err *e;

    (void)state;
    verr_add(v, "title", "first %d", 1);
    verr_add(v, "color", "%s", "with \"quotes\"");
    verr_add(v, "title", "second");
    verr_add(v, NULL, "all of it");
    assert_true(verr_any(v));
    e = verr_done(v);
    assert_int_equal(e->kind, ERR_VALIDATION);
    assert_string_equal(e->detail, "Validation error");
    assert_string_equal(e->validation_json, "{\"title\":[\"first 1\",\"second\"],\"color\":[\"with \\\"quotes\\\"\"],"
                                            "\"non_field_errors\":[\"all of it\"]}");
}

static void test_one(void **state)
{
    (void)state;
    assert_string_equal(verr_one(a, "page", "no page %d", 7)->validation_json, "{\"page\":[\"no page 7\"]}");
    assert_string_equal(verr_one(a, NULL, "é")->validation_json, "{\"non_field_errors\":[\"é\"]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_is_ok),
        TEST(test_messages_keep_their_order),
        TEST(test_one),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
