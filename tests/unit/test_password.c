/* Passwords: rules, argon2id round trip, hashes of the reference server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sodium.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/text.h"
#include "core/password.h"

static struct arena *a;
static char dir[] = "/tmp/labeld-test-XXXXXX";

static int set_up_all(void **state)
{
    (void)state;
    cfg.data_dir = mkdtemp(dir);
    cfg.login_parallel = 2;
    return cfg.data_dir && sodium_init() >= 0 ? 0 : 1;
}

static int tear_down_all(void **state)
{
    char path[100];

    (void)state;
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/tmp/login.%d", dir, i);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/tmp", dir);
    rmdir(path);
    return rmdir(dir);
}

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

static bool good(const char *password)
{
    return password_problem(a, password, "ann.lee@example.com") == NULL;
}

static void test_length_counts_characters(void **state)
{
    char long_one[4 * PASSWORD_MOST + 1];

    (void)state;
    assert_false(good("1234567"));
    assert_true(good("12345678"));
    assert_false(good("äöüäöüä"));     /* 14 bytes, 7 characters */
    assert_true(good("äöüäöüäö"));
    memset(long_one, 'x', sizeof long_one);
    long_one[PASSWORD_MOST] = '\0';
    assert_true(good(long_one));
    long_one[PASSWORD_MOST] = 'x';
    long_one[PASSWORD_MOST + 1] = '\0';
    assert_false(good(long_one));
    assert_false(good("\xff\xff\xff\xff\xff\xff\xff\xff"));
}

static void test_not_like_the_email(void **state)
{
    (void)state;
    assert_false(good("ann.lee@example.com"));
    assert_false(good("ANN.LEE@EXAMPLE.COM"));
    assert_false(good("ann.lee1"));
    assert_false(good("example.com"));
    assert_true(good("ann.lee-and-eleven-horses"));
    assert_null(password_problem(a, "12345678", "a@b.co"));
}

static void verify(const char *password, const char *stored, bool *match, bool *rehash)
{
    assert_null(password_verify(a, password, stored, match, rehash));
}

static void test_round_trip(void **state)
{
    const char *hash, *again;
    bool match, rehash;

    (void)state;
    assert_null(password_hash(a, "correct horse", &hash));
    assert_null(password_hash(a, "correct horse", &again));
    assert_true(text_starts(hash, "$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_string_not_equal(hash, again);
    verify("correct horse", hash, &match, &rehash);
    assert_true(match);
    assert_false(rehash);
    verify("correct horsf", hash, &match, &rehash);
    assert_false(match);
    assert_false(rehash);
    verify("", hash, &match, &rehash);
    assert_false(match);
}

/* Made with hashlib.pbkdf2_hmac("sha256", b"old password", b"NaCl", 1000). */
static void test_reference_hash(void **state)
{
    static const char stored[] = "pbkdf2_sha256$1000$NaCl$mRVhBnT8vctnh6+IWSanfM6wHWTQK5vOuHCDxgHMKzE=";
    bool match, rehash;

    (void)state;
    verify("old password", stored, &match, &rehash);
    assert_true(match);
    assert_true(rehash);
    verify("new password", stored, &match, &rehash);
    assert_false(match);
    assert_false(rehash);
}

static void test_weaker_hash_is_replaced(void **state)
{
    char weak[crypto_pwhash_STRBYTES];
    bool match, rehash;

    (void)state;
    assert_int_equal(crypto_pwhash_str_alg(weak, "correct horse", 13, 1, 8192 * 1024, crypto_pwhash_ALG_ARGON2ID13), 0);
    verify("correct horse", weak, &match, &rehash);
    assert_true(match);
    assert_true(rehash);
}

static void test_broken_hashes_match_nothing(void **state)
{
    static const char *const stored[] = {
        "", "x", "!", "pbkdf2_sha256$", "pbkdf2_sha256$1000$NaCl", "pbkdf2_sha256$0$NaCl$AAAA", "pbkdf2_sha256$x$NaCl$AAAA",
        "pbkdf2_sha256$1000$NaCl$AAAA", "pbkdf2_sha256$99999999999$NaCl$AAAA", "$argon2id$v=19$m=19456,t=2,p=1$",
    };
    bool match, rehash;

    (void)state;
    for (size_t i = 0; i < sizeof stored / sizeof *stored; i++) {
        verify("", stored[i], &match, &rehash);
        assert_false(match);
        assert_false(rehash);
    }
    verify("whatever", NULL, &match, &rehash);
    assert_false(match);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_length_counts_characters), TEST(test_not_like_the_email),      TEST(test_round_trip),
        TEST(test_reference_hash),           TEST(test_weaker_hash_is_replaced), TEST(test_broken_hashes_match_nothing),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
