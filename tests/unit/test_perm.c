/* Roles and permissions: the default matrix, overrides, what no override may do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/perm.h"

static bool holds(const char *role, const char *overrides, enum perm p)
{
    return perm_set(role, overrides) >> p & 1;
}

static void test_roles(void **state)
{
    (void)state;
    assert_int_equal(role_parse("OW"), R_OW);
    assert_int_equal(role_parse("VO"), R_VO);
    assert_int_equal(role_parse("ow"), 0);
    assert_int_equal(role_parse(""), 0);
}

static void test_default_matrix(void **state)
{
    static const struct {
        enum perm p;
        const char *yes, *no;
    } cases[] = {
        {PERM_ORGANIZATIONS_DELETE, "OW", "AD MA RE AN VO NO DI"},
        {PERM_ORGANIZATIONS_CHANGE, "OW AD", "MA RE AN VO NO DI"},
        {PERM_USERS_VIEW, "OW AD MA", "RE AN VO NO DI"},
        {PERM_PROJECTS_CREATE, "OW AD MA", "RE AN VO NO DI"},
        {PERM_PROJECTS_VIEW, "OW AD MA RE AN VO", "NO DI"},
        {PERM_ANNOTATIONS_CREATE, "OW AD MA RE AN", "VO NO DI"},
        {PERM_USERS_TOKEN, "OW AD MA RE AN VO", "NO DI"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (const char *r = cases[i].yes; *r; r += strlen(r) > 2 ? 3 : 2)
            assert_true(holds((char[]){r[0], r[1], '\0'}, "{}", cases[i].p));
        for (const char *r = cases[i].no; *r; r += strlen(r) > 2 ? 3 : 2)
            assert_false(holds((char[]){r[0], r[1], '\0'}, "{}", cases[i].p));
    }
}

static void test_nobody_holds_nothing(void **state)
{
    (void)state;
    assert_true(perm_set("", "{}") == 0);
    assert_true(perm_set("NO", NULL) == 0);
    assert_true(perm_set("DI", NULL) == 0);
    assert_true(perm_set("XX", NULL) == 0);
}

static void test_owner_holds_all(void **state)
{
    (void)state;
    for (int p = PERM_NONE + 1; p < PERM_COUNT; p++)
        assert_true(holds("OW", "{\"projects.delete\":[]}", (enum perm)p));
    assert_int_equal(perm_set("OW", NULL) >> PERM_COUNT, 0);
}

static void test_overrides(void **state)
{
    static const char up[] = "{\"projects.delete\":[\"AD\"],\"webhooks.view\":[\"MA\",\"AN\"],\"unknown\":[\"AN\"]}";

    (void)state;
    assert_false(holds("MA", up, PERM_PROJECTS_DELETE));
    assert_true(holds("AD", up, PERM_PROJECTS_DELETE));
    assert_true(holds("AN", up, PERM_WEBHOOKS_VIEW));
    assert_false(holds("AD", up, PERM_WEBHOOKS_VIEW));
    assert_true(holds("AD", up, PERM_WEBHOOKS_CHANGE));   /* not named: as in the table */
}

/* An organization cannot open itself to people who are not activated. */
static void test_overrides_cannot_activate(void **state)
{
    static const char all[] = "{\"projects.view\":[\"OW\",\"AD\",\"MA\",\"RE\",\"AN\",\"NO\",\"DI\",\"VO\"]}";

    (void)state;
    assert_false(holds("NO", all, PERM_PROJECTS_VIEW));
    assert_false(holds("DI", all, PERM_PROJECTS_VIEW));
    assert_true(holds("VO", all, PERM_PROJECTS_VIEW));
}

static void test_broken_overrides(void **state)
{
    (void)state;
    assert_true(perm_set("MA", "{") == perm_set("MA", NULL));
    assert_true(perm_set("MA", "[1]") == perm_set("MA", NULL));
    assert_true(perm_set("MA", "{\"projects.delete\":\"MA\"}") == perm_set("MA", NULL));
    assert_false(holds("MA", "{\"projects.delete\":[1,null]}", PERM_PROJECTS_DELETE));
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(perm_name(PERM_NONE), "");
    assert_string_equal(perm_name(PERM_USERS_TOKEN), "users.token.any");
    for (int p = PERM_NONE + 1; p < PERM_COUNT; p++)
        for (int q = PERM_NONE + 1; q < p; q++)
            assert_string_not_equal(perm_name((enum perm)p), perm_name((enum perm)q));
}

static void test_write(void **state)
{
    struct arena *a = arena_new("test");
    struct strbuf b;
    struct jw w;

    (void)state;
    strbuf_init(&b, a, 10000);
    jw_init_strbuf(&w, &b);
    perm_write(&w, UINT64_C(1) << PERM_TASKS_VIEW | UINT64_C(1) << PERM_PROJECTS_VIEW);
    assert_string_equal(b.buf, "[\"projects.view\",\"tasks.view\"]");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roles),          cmocka_unit_test(test_default_matrix),
        cmocka_unit_test(test_nobody_holds_nothing), cmocka_unit_test(test_owner_holds_all),
        cmocka_unit_test(test_overrides),      cmocka_unit_test(test_overrides_cannot_activate),
        cmocka_unit_test(test_broken_overrides), cmocka_unit_test(test_names),
        cmocka_unit_test(test_write),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
