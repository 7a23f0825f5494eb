/* HS256 tokens: the published vector, round trips, and everything that must not be believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/text.h"
#include "net/jwt.h"

static struct arena *a;
static const char key[] = "0123456789abcdef0123456789abcdef";

static int set_up(void **state)
{
    (void)state;
    a = arena_new("test");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static bool opens(const char *token)
{
    json_t *claims;

    return jwt_open(a, token, key, sizeof key - 1, &claims);
}

/* <header>.<payload> with any header. */
static const char *head_of(const char *header, const char *claims)
{
    return arena_printf(a, "%s.%s", b64url_encode(a, header, strlen(header)), b64url_encode(a, claims, strlen(claims)));
}

/* The same, signed with our key: what a confused server of ours could have made. */
static const char *signed_head(const char *head)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state st;

    crypto_auth_hmacsha256_init(&st, (const unsigned char *)key, sizeof key - 1);
    crypto_auth_hmacsha256_update(&st, (const unsigned char *)head, strlen(head));
    crypto_auth_hmacsha256_final(&st, mac);
    return arena_printf(a, "%s.%s", head, b64url_encode(a, mac, sizeof mac));
}

/* RFC 7515, appendix A.1. */
static void test_published_vector(void **state)
{
    static const char token[] = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
                                ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
                                ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    size_t n;
    const unsigned char *k = b64url_decode(
        a, "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow", 86, &n);
    json_t *claims;

    (void)state;
    assert_non_null(k);
    assert_true(jwt_open(a, token, k, n, &claims));
    assert_string_equal(json_string_value(json_object_get(claims, "iss")), "joe");
    assert_false(jwt_open(a, token, k, n - 1, &claims));
}

static void test_round_trip(void **state)
{
    const char *token = jwt_sign(a, "{\"token_type\":\"access\",\"exp\":8102513691}", key, sizeof key - 1);
    json_t *claims;

    (void)state;
    assert_true(text_starts(token, "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."));
    assert_true(jwt_open(a, token, key, sizeof key - 1, &claims));
    assert_int_equal(json_integer_value(json_object_get(claims, "exp")), 8102513691);
}

static void test_every_changed_byte_is_seen(void **state)
{
    const char *token = jwt_sign(a, "{\"user_id\":\"1\"}", key, sizeof key - 1);
    size_t last = strlen(token) - 1;

    (void)state;
    for (size_t i = 0; i < last; i++) {   /* the very last character holds unused bits */
        char *bad = arena_strdup(a, token);

        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        assert_false(opens(bad));
    }
}

static void test_algorithms(void **state)
{
    static const char claims[] = "{\"user_id\":\"1\"}";
    static const char *const headers[] = {
        "{\"alg\":\"none\"}", "{\"alg\":\"HS384\"}", "{\"alg\":\"RS256\"}", "{\"alg\":\"hs256\"}", "{}", "[]",
        "{\"alg\":\"HS256\",\"alg\":\"none\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        const char *head = head_of(headers[i], claims);

        assert_false(opens(head));
        assert_false(opens(arena_printf(a, "%s.", head)));
        assert_false(opens(signed_head(head)));
    }
    assert_true(opens(signed_head(head_of("{\"alg\":\"HS256\"}", claims))));
}

static void test_shapes(void **state)
{
    const char *token = jwt_sign(a, "{\"user_id\":\"1\"}", key, sizeof key - 1);
    char *huge = arena_alloc(a, JWT_MOST_BYTES + 100);

    (void)state;
    assert_true(opens(token));
    assert_false(opens(""));
    assert_false(opens("."));
    assert_false(opens(".."));
    assert_false(opens("a.b"));
    assert_false(opens(arena_printf(a, "%s.x", token)));
    assert_false(opens(arena_printf(a, "x.%s", token)));
    assert_false(opens(arena_printf(a, " %s", token)));
    memset(huge, 'A', JWT_MOST_BYTES + 50);
    assert_false(opens(huge));
    /* Signed by us, but no object. */
    assert_false(opens(jwt_sign(a, "[1]", key, sizeof key - 1)));
    assert_false(opens(jwt_sign(a, "{", key, sizeof key - 1)));
}

static void test_head_and_peek(void **state)
{
    const char *token = jwt_sign(a, "{\"jti\":\"x\"}", key, sizeof key - 1);
    const char *head = jwt_head(a, token);
    json_t *claims;

    (void)state;
    assert_true(text_starts(token, head));
    assert_int_equal(strlen(token) - strlen(head), 1 + 43);
    assert_string_equal(jwt_head(a, head), head);
    assert_null(jwt_head(a, "x"));
    assert_true(jwt_peek(a, head, &claims));
    assert_string_equal(json_string_value(json_object_get(claims, "jti")), "x");
    assert_false(jwt_peek(a, "a.%%%", &claims));
    assert_false(opens(head));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_published_vector), TEST(test_round_trip), TEST(test_every_changed_byte_is_seen),
        TEST(test_algorithms),       TEST(test_shapes),     TEST(test_head_and_peek),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
