/* The multipart parser: every test body is fed whole and in pieces of every small size, since boundaries fall anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "with_arena.h"
#include "base/strbuf.h"
#include "http/mp.h"

/* Parts written as text: "name|filename|type=data;" */
static err *note_begin(void *to, const struct mp_part *part)
{
    strbuf_printf(to, "%s|%s|%s=", part->name, part->filename ? part->filename : "-", part->content_type ? part->content_type : "-");
    return OK;
}

static err *note_data(void *to, const char *p, size_t len)
{
    strbuf_add(to, p, len);
    return OK;
}

static err *note_end(void *to)
{
    strbuf_putc(to, ';');
    return OK;
}

static const struct mp_calls notes = {note_begin, note_data, note_end};
static const char TYPE[] = "multipart/form-data; boundary=XX";

static const char *parse_in(const char *type, const char *body, size_t len, size_t piece)
{
    struct strbuf b;
    struct mp *mp;
    err *e;

    strbuf_init(&b, a, SIZE_MAX);
    e = mp_new(a, type, &notes, &b, &mp);
    for (size_t at = 0; !e && at < len; at += piece)
        e = mp_feed(mp, body + at, len - at < piece ? len - at : piece);
    if (!e)
        e = mp_finish(mp);
    return e ? e->detail : b.buf;
}

static const char *parse(const char *body)
{
    const char *whole = parse_in(TYPE, body, strlen(body), strlen(body) + 1);

    for (size_t piece = 1; piece < 20; piece++)
        assert_string_equal(parse_in(TYPE, body, strlen(body), piece), whole);
    return whole;
}

#define PART(header, data) "--XX\r\nContent-Disposition: form-data; " header "\r\n\r\n" data "\r\n"
#define END "--XX--\r\n"

static void test_parts(void **state)
{
    (void)state;
    assert_string_equal(parse(PART("name=a", "1") PART("name=\"b\"", "two\r\nlines") END), "a|-|-=1;b|-|-=two\r\nlines;");
    assert_string_equal(parse("preamble\r\n" PART("name=a", "1") END "epilogue --XX\r\n"), "a|-|-=1;");
    assert_string_equal(parse("--XX\r\nContent-Type: image/png\r\nContent-Disposition: form-data; filename=\"i.png\"; name=f\r\n\r\n"
                              "\x89PNG\r\n--XX--"), "f|i.png|image/png=\x89PNG;");
    assert_string_equal(parse(END), "");
}

static void test_empty_parts(void **state)
{
    (void)state;
    assert_string_equal(parse(PART("name=a", "") PART("name=b; filename=\"\"", "") END), "a|-|-=;b||-=;");
    assert_string_equal(parse("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n--XX--"), "a|-|-=;");
    assert_string_equal(parse("--XX\r\n\r\nbare\r\n--XX--"), "|-|-=bare;");
}

static void test_lookalikes(void **state)
{
    (void)state;
    assert_string_equal(parse(PART("name=a", "x\r\n--X\r\n--XY--\r\n-\r\n--XXZ\r") END), "a|-|-=x\r\n--X\r\n--XY--\r\n-\r\n--XXZ\r;");
    assert_string_equal(parse("--XX  \t\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n\r\n--XX--"), "a|-|-=\r\n;");
    assert_string_equal(parse(PART("name=a", "--XX--") END), "a|-|-=;");   /* at a line's start it is one */
}

static void test_large_part(void **state)
{
    size_t n = 200000;
    struct strbuf body;
    const char *got;

    (void)state;
    strbuf_init(&body, a, SIZE_MAX);
    strbuf_puts(&body, "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n");
    for (size_t i = 0; i < n; i++)
        strbuf_putc(&body, "\r\n--X"[i % 5]);
    strbuf_puts(&body, "\r\n--XX--\r\n");
    got = parse_in(TYPE, body.buf, body.len, 65536);
    assert_int_equal(strlen(got), n + strlen("a|-|-=;"));
    assert_string_equal(parse_in(TYPE, body.buf, body.len, 4099), got);
}

static void test_malformed(void **state)
{
    char *long_header = arena_alloc(a, 40000);

    (void)state;
    memset(long_header, 'x', 39999);
    assert_string_equal(parse(""), "Multipart form parse error - closing boundary missing");
    assert_string_equal(parse(PART("name=a", "1")), "Multipart form parse error - closing boundary missing");
    assert_string_equal(parse("--XX\r\nno colon\r\n\r\n1\r\n" END), "Multipart form parse error - header without a colon");
    assert_string_equal(parse(PART("name=\"\xff\"", "1") END), "Multipart form parse error - field name is not valid UTF-8");
    assert_string_equal(parse_in(TYPE, arena_printf(a, "--XX\r\n%s", long_header), 40005, 1000),
                        "Multipart form parse error - part headers too long");
    assert_string_equal(parse_in(TYPE, "--XX\r\nA: \0\r\n\r\n", 15, 15), "Multipart form parse error - NUL in a header");
}

static void test_boundary(void **state)
{
    const char *none = "Multipart form parse error - Invalid boundary in multipart";
    const char *body = "--a b\r\n\r\nx\r\n--a b--";

    (void)state;
    assert_string_equal(parse_in("multipart/form-data", "", 0, 1), none);
    assert_string_equal(parse_in("multipart/form-data; boundary=", "", 0, 1), none);
    assert_string_equal(parse_in("multipart/form-data; boundary=\"\"", "", 0, 1), none);
    assert_string_equal(parse_in(arena_printf(a, "multipart/form-data; boundary=%0201d", 1), "", 0, 1), none);
    assert_string_equal(parse_in("multipart/form-data; charset=utf-8; Boundary=\"a b\"; x=y", body, strlen(body), 3), "|-|-=x;");
}

static void test_filenames(void **state)
{
    const char *disposition = "form-data; filename=\"plain.txt\"; filename*=UTF-8''na%C3%AFve%20%E2%82%AC.txt; name=f";
    char *name = arena_alloc(a, 400);

    (void)state;
    assert_string_equal(mp_header_param(a, disposition, "filename"), "plain.txt");
    assert_string_equal(parse(PART("filename=x; filename*=UTF-8''na%C3%AFve.txt; name=f", "") END), "f|naïve.txt|-=;");
    assert_string_equal(parse(PART("name=f; filename=\"a\\\"b\\\\c.txt\"", "") END), "f|c.txt|-=;");
    assert_string_equal(parse(PART("name=f; filename=\"C:\\dir\\x.png\"", "") END), "f|x.png|-=;");
    assert_string_equal(mp_clean_filename(a, "../../etc/passwd"), "passwd");
    assert_string_equal(mp_clean_filename(a, "a/.."), "__");
    assert_string_equal(mp_clean_filename(a, "."), "_");
    assert_string_equal(mp_clean_filename(a, "a\nb\x7f.txt"), "a_b_.txt");
    assert_string_equal(mp_clean_filename(a, "caf\xe9.txt"), "caf_.txt");
    assert_string_equal(mp_clean_filename(a, ""), "");
    for (int i = 0; i < 199; i++)
        memcpy(name + 2 * i, "é", 2);
    assert_string_equal(mp_clean_filename(a, arena_printf(a, "%s.json", name)), arena_printf(a, "%.250s.json", name));
}

static err *refuse(void *to, const struct mp_part *part)
{
    (void)to;
    return err_new(a, ERR_TOO_LARGE, "no %s", part->name);
}

static void test_callback_error(void **state)
{
    static const struct mp_calls calls = {refuse, note_data, note_end};
    const char *body = PART("name=a", "1") END;
    struct mp *mp;
    err *e;

    (void)state;
    assert_null(mp_new(a, TYPE, &calls, NULL, &mp));
    e = mp_feed(mp, body, strlen(body));
    assert_non_null(e);
    assert_string_equal(e->detail, "no a");
}


int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_parts),     TEST(test_empty_parts), TEST(test_lookalikes), TEST(test_large_part),
        TEST(test_malformed), TEST(test_boundary),    TEST(test_filenames),  TEST(test_callback_error),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
