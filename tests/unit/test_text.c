/* Encodings, parsing of integers and switches, and the formats of times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "with_arena.h"
#include "base/clock.h"
#include "base/text.h"

#define VALID(literal) utf8_valid(literal, sizeof(literal) - 1)

static void test_utf8(void **state)
{
    (void)state;
    assert_true(VALID(""));
    assert_true(VALID("abc\0def"));
    assert_true(VALID("é€😀"));
    assert_true(VALID("\xed\x9f\xbf\xee\x80\x80"));    /* either side of the surrogates */
    assert_true(VALID("\xf4\x8f\xbf\xbf"));             /* the last code point */
    assert_true(VALID("eight by€tes and a tail"));
    assert_false(VALID("eight by\xe2\x82tes and a tail"));
    assert_false(VALID("the last byte, 16\x80"));
    assert_false(VALID("\x80"));
    assert_false(VALID("\xc3"));
    assert_false(VALID("\xc0\x80"));                    /* overlong */
    assert_false(VALID("\xe0\x9f\xbf"));
    assert_false(VALID("\xf0\x8f\xbf\xbf"));
    assert_false(VALID("\xed\xa0\x80"));                /* surrogate */
    assert_false(VALID("\xf4\x90\x80\x80"));            /* past the end */
    assert_false(VALID("\xf5\x80\x80\x80"));
    assert_false(VALID("\xe2\x82"));                    /* cut off */
    assert_false(VALID("\xe2\x82" "a"));
    assert_int_equal(utf8_count("aé€😀", 10), 4);
}

static void assert_trim(const char *in, const char *want)
{
    assert_string_equal(text_trim(a, in, strlen(in)), want);
}

static void test_trim(void **state)
{
    (void)state;
    assert_trim("", "");
    assert_trim(" \t\r\n\v\f ", "");
    assert_trim("  a b  ", "a b");
    assert_trim("a", "a");
    assert_trim("\xc2\xa0x\xc2\xa0", "x");
    assert_trim("\xe2\x80\x80x\xe2\x80\x8a", "x");
    assert_trim("\xe2\x80\xa8x\xe2\x80\xa9 \xe3\x80\x80", "x");
    assert_trim("\xe2\x80\x8bx", "\xe2\x80\x8bx");       /* zero width is no white space */
    assert_trim("\xe3\x80\x81", "\xe3\x80\x81");         /* an ideographic comma only looks near it */
    assert_trim("à ", "à");                               /* its last byte is A0 */
    assert_string_equal(text_trim(a, " ab ", 2), "a");
}

static void test_hex(void **state)
{
    unsigned char out[4];

    (void)state;
    assert_string_equal(hex_encode(a, "\x00\xab\xff", 3), "00abff");
    assert_string_equal(hex_encode(a, "", 0), "");
    assert_true(hex_decode("00aBFf", 6, out));
    assert_memory_equal(out, "\x00\xab\xff", 3);
    assert_true(hex_decode("", 0, out));
    assert_false(hex_decode("abc", 3, out));
    assert_false(hex_decode("0g", 2, out));
    assert_int_equal(strlen(hex_random(a, 20)), 40);
    assert_string_not_equal(hex_random(a, 20), hex_random(a, 20));
}

static void assert_b64(const char *raw, const char *text)
{
    size_t len = 99;
    unsigned char *back;

    assert_string_equal(b64url_encode(a, raw, strlen(raw)), text);
    back = b64url_decode(a, text, strlen(text), &len);
    assert_non_null(back);
    assert_int_equal(len, strlen(raw));
    assert_memory_equal(back, raw, len);
}

static void test_base64url(void **state)
{
    size_t len;

    (void)state;
    assert_b64("", "");
    assert_b64("f", "Zg");
    assert_b64("fo", "Zm8");
    assert_b64("foo", "Zm9v");
    assert_b64("foob", "Zm9vYg");
    assert_b64("\xfb\xff\xbf", "-_-_");
    assert_non_null(b64url_decode(a, "Zg==", 4, &len));
    assert_int_equal(len, 1);
    assert_non_null(b64url_decode(a, "Zm8=", 4, &len));
    assert_null(b64url_decode(a, "Zg=", 3, &len));
    assert_null(b64url_decode(a, "Z", 1, &len));
    assert_null(b64url_decode(a, "Zm8+", 4, &len));
    assert_null(b64url_decode(a, "Zm 9", 4, &len));
    assert_null(b64url_decode(a, "Zh", 2, &len));      /* stray bits: a second spelling of the same bytes */
}

static void test_uuid(void **state)
{
    const char *u = uuid4(a);

    (void)state;
    assert_true(uuid_valid(u));
    assert_int_equal(u[14], '4');
    assert_non_null(strchr("89ab", u[19]));
    assert_string_not_equal(u, uuid4(a));
    assert_true(uuid_valid("b03d5194-fdd2-49ed-b758-a1a2c881cc83"));
    assert_true(uuid_valid("B03D5194FDD249EDB758A1A2C881CC83"));
    assert_false(uuid_valid(""));
    assert_false(uuid_valid("b03d5194-fdd2-49ed-b758-a1a2c881cc8"));
    assert_false(uuid_valid("b03d5194-fdd2-49ed-b758-a1a2c881cc8g"));
    assert_false(uuid_valid("b03d5194fdd2-49ed-b758-a1a2c881cc8303"));
    assert_false(uuid_valid("b03d51940fdd2-49ed-b758-a1a2c881cc83"));
}

static void test_int(void **state)
{
    int64_t v = 42;

    (void)state;
    assert_true(int_parse("0", 0, 0, &v));
    assert_int_equal(v, 0);
    assert_true(int_parse("+17", 0, 100, &v));
    assert_int_equal(v, 17);
    assert_true(int_parse("-9223372036854775808", INT64_MIN, INT64_MAX, &v));
    assert_true(v == INT64_MIN);
    assert_true(int_parse("9223372036854775807", INT64_MIN, INT64_MAX, &v));
    assert_true(v == INT64_MAX);
    assert_true(int_parse("000000000000000000000000000000007", 0, 9, &v));
    assert_int_equal(v, 7);
    assert_false(int_parse("9223372036854775808", INT64_MIN, INT64_MAX, &v));
    assert_false(int_parse("-9223372036854775809", INT64_MIN, INT64_MAX, &v));
    assert_false(int_parse("99999999999999999999999", INT64_MIN, INT64_MAX, &v));
    assert_false(int_parse("", 0, 9, &v));
    assert_false(int_parse("-", -9, 9, &v));
    assert_false(int_parse("+-1", -9, 9, &v));
    assert_false(int_parse(" 1", 0, 9, &v));
    assert_false(int_parse("1 ", 0, 9, &v));
    assert_false(int_parse("1.0", 0, 9, &v));
    assert_false(int_parse("0x1", 0, 9, &v));
    assert_false(int_parse("10", 0, 9, &v));
    assert_int_equal(v, 7);   /* left alone on failure */
}

static void test_bool(void **state)
{
    static const char *const yes[] = {"true", "TRUE", "Yes", "on", "1", "t", "Y"};
    static const char *const no[] = {"false", "False", "NO", "off", "0", "not", "f", "n"};
    static const char *const neither[] = {"", "2", "tru", "yess", " on", "null"};
    bool b;

    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        assert_true(bool_parse(yes[i], &b) && b);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        assert_true(bool_parse(no[i], &b) && !b);
    for (size_t i = 0; i < sizeof neither / sizeof *neither; i++)
        assert_false(bool_parse(neither[i], &b));
}

static void test_compare(void **state)
{
    (void)state;
    assert_true(text_equal_secret("", ""));
    assert_true(text_equal_secret("abc", "abc"));
    assert_false(text_equal_secret("abc", "abd"));
    assert_false(text_equal_secret("abc", "ab"));
    assert_false(text_equal_secret("", "a"));
    assert_true(text_starts("abc", "ab"));
    assert_true(text_starts("abc", ""));
    assert_false(text_starts("ab", "abc"));
    assert_true(text_ends("abc", "bc"));
    assert_true(text_ends("abc", ""));
    assert_false(text_ends("bc", "abc"));
}

static void test_url(void **state)
{
    size_t len;
    char *s;

    (void)state;
    s = url_decode(a, "a%20b+c%2B", 10, true, &len);
    assert_string_equal(s, "a b c+");
    assert_string_equal(url_decode(a, "a+b", 3, false, &len), "a+b");
    assert_string_equal(url_decode(a, "100%", 4, true, &len), "100%");
    assert_string_equal(url_decode(a, "%4", 2, true, &len), "%4");
    assert_string_equal(url_decode(a, "%zz%C3%A9", 9, true, &len), "%zzé");
    s = url_decode(a, "x%00y", 5, true, &len);
    assert_int_equal(len, 3);
    assert_memory_equal(s, "x\0y", 4);
    assert_string_equal(url_decode(a, "%41", 2, true, &len), "%4");   /* stops at the given length */
    assert_string_equal(url_encode(a, "a b&é~-._/"), "a%20b%26%C3%A9~-._%2F");
    assert_string_equal(url_encode(a, ""), "");
}

static void test_times(void **state)
{
    (void)state;
    assert_string_equal(clock_iso(a, 0), "1970-01-01T00:00:00Z");
    assert_string_equal(clock_iso(a, 1795300276423161), "2026-11-21T22:31:16.423161Z");
    assert_string_equal(clock_iso(a, 1795300276000001), "2026-11-21T22:31:16.000001Z");
    assert_string_equal(clock_iso(a, -1), "1969-12-31T23:59:59.999999Z");
    assert_string_equal(clock_http(a, 1795300276423161), "Sat, 21 Nov 2026 22:31:16 GMT");
    assert_true(clock_wall_us() > 1700000000000000);
    assert_true(clock_mono_us() <= clock_mono_us());
}


int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_utf8), TEST(test_trim), TEST(test_hex),     TEST(test_base64url), TEST(test_uuid),  TEST(test_int),
        TEST(test_bool), TEST(test_compare), TEST(test_url), TEST(test_times),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
