/* Responses: what is held and when it leaves, the error envelope letter by letter, headers, and breaking off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/log.h"
#include "fcgi_fake.h"
#include "http/rq.h"

static struct arena *a;
static struct fcgi_fake *f;
static struct rq rq;

static const struct route plain = {.method = M_GET, .pattern = "/x"};
static const struct route stream = {.method = M_GET, .pattern = "/x", .flags = RF_STREAM};

static void open_request(const char *method)
{
    fake_free(f);
    f = fake_new(method, "/x");
    assert_null(rq_init(&rq, a, &f->fcgi));
    rq.match.route = &plain;
    rq.id = "b03d5194-fdd2-49ed-b758-a1a2c881cc83";
}

static int set_up(void **state)
{
    (void)state;
    a = arena_new("test");
    cfg = (struct cfg){.base_path = "", .origin = "", .trusted_proxies = ""};
    log_init("test", LOG_EMERG, 0);
    open_request("GET");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    fake_free(f);
    f = NULL;
    return 0;
}

#define COMMON "X-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\nCross-Origin-Opener-Policy: same-origin\r\n"

static void test_json(void **state)
{
    struct jw *w = rs_json_status(&rq, 201);

    (void)state;
    jw_obj(w);
    jw_ki64(w, "id", 7);
    jw_end(w);
    rs_header(&rq, "X-One", "1");
    assert_string_equal(fake_answer(f), "");   /* nothing leaves before the end */
    assert_null(rs_finish(&rq));
    assert_string_equal(fake_answer(f), "Status: 201 Created\r\nContent-Type: application/json\r\nContent-Length: 8\r\n" COMMON
                                        "X-One: 1\r\n\r\n{\"id\":7}");
    assert_int_equal(rq.rs->sent_bytes, 8);
}

static void test_head_and_empty(void **state)
{
    (void)state;
    open_request("HEAD");
    rs_type(&rq, "text/html");
    rs_puts(&rq, "hello");
    assert_null(rs_finish(&rq));
    assert_string_equal(fake_answer(f), "Status: 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n" COMMON "\r\n");
    open_request("DELETE");
    rs_puts(&rq, "thrown away");
    assert_null(rs_no_content(&rq));
    assert_null(rs_finish(&rq));
    assert_string_equal(fake_answer(f), "Status: 204 No Content\r\n" COMMON "\r\n");
}

static const char *location(const char *base, const char *to)
{
    const char *line;

    open_request("GET");
    cfg.base_path = base;
    assert_null(rs_redirect(&rq, 302, to));
    assert_null(rs_finish(&rq));
    line = strstr(fake_answer(f), "Location: ") + 10;
    return arena_strndup(a, line, strcspn(line, "\r"));
}

static void test_redirect(void **state)
{
    (void)state;
    assert_string_equal(location("", "/projects/"), "/projects/");
    assert_string_equal(location("/label", "/projects/?a=b#c"), "/label/projects/?a=b#c");
    assert_string_equal(location("", "https://example.org/x"), "https://example.org/x");
    assert_string_equal(location("", "//evil.example.org"), "/evil.example.org");
    assert_string_equal(location("", "/\\evil.example.org"), "/evil.example.org");
    assert_string_equal(location("", "javascript:x"), "/javascript:x");
    assert_string_equal(location("", "/a\r\nSet-Cookie: x é"), "/a%0D%0ASet-Cookie:%20x%20%C3%A9");
}

static void test_cookies(void **state)
{
    (void)state;
    rs_cookie(&rq, "sessionid", "a b", 60, true);
    rs_cookie(&rq, "gone", "", 0, false);
    assert_string_equal(rq.rs->headers.buf, "Set-Cookie: sessionid=a%20b; Path=/; SameSite=Lax; Max-Age=60; HttpOnly\r\n"
                                            "Set-Cookie: gone=; Path=/; SameSite=Lax; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT\r\n");
    open_request("GET");
    cfg.base_path = "/label";
    fake_param(f, "HTTPS", "on");
    rs_cookie(&rq, "s", "v", -1, true);
    assert_string_equal(rq.rs->headers.buf, "Set-Cookie: s=v; Path=/label/; SameSite=Lax; HttpOnly; Secure\r\n");
}

static void test_accel(void **state)
{
    (void)state;
    rs_accel(&rq, "/_files/1/50% é?.png");
    assert_string_equal(rq.rs->headers.buf, "X-Accel-Redirect: /_files/1/50%25%20%C3%A9%3F.png\r\n");
}

static void fill(size_t bytes)
{
    static const char block[1000];

    for (size_t i = 0; i < bytes / sizeof block; i++)
        rs_write(&rq, block, sizeof block);
}

static void test_streaming(void **state)
{
    (void)state;
    rq.match.route = &stream;
    fill(60000);
    assert_null(rs_flush(&rq));
    assert_false(rq.rs->started);   /* below 64 KiB even a flush waits */
    fill(10000);
    assert_true(rq.rs->started);
    assert_null(rs_finish(&rq));
    assert_null(strstr(fake_answer(f), "Content-Length"));
    assert_int_equal(rq.rs->sent_bytes, 70000);
}

static void test_holding(void **state)
{
    (void)state;
    fill(300000);
    assert_false(rq.rs->started);   /* an ordinary route: whole, with its length */
    assert_null(rs_finish(&rq));
    assert_non_null(strstr(fake_answer(f), "Content-Length: 300000\r\n"));
    open_request("GET");
    rq.match.route = &stream;
    rq.rs->hold = true;             /* a transaction: nothing before the commit */
    fill(300000);
    assert_null(rs_flush(&rq));
    assert_false(rq.rs->started);
}

/* Row loops rewind the request's arena while the answer grows. */
static void test_rewinding(void **state)
{
    struct jw *w = rs_json(&rq);

    (void)state;
    jw_arr(w);
    for (int i = 0; i < 20000; i++) {
        struct arena_mark m = arena_mark(a);

        jw_str(w, arena_printf(a, "row %d", i));
        arena_rewind(a, m);
    }
    jw_end(w);
    assert_null(rs_finish(&rq));
    assert_non_null(strstr(fake_answer(f), "\"row 0\",\"row 1\","));
    assert_non_null(strstr(fake_answer(f), "\"row 19998\",\"row 19999\"]"));
}

static const char *body(void)
{
    return strstr(fake_answer(f), "\r\n\r\n") + 4;
}

static void test_error_envelope(void **state)
{
    err *e = err_new(a, ERR_NOT_FOUND, "No Project matches the given query.");

    (void)state;
    rs_json(&rq);
    rs_puts(&rq, "half an answer");
    rs_error(&rq, e);
    assert_string_equal(body(), "{\"id\":\"b03d5194-fdd2-49ed-b758-a1a2c881cc83\",\"status_code\":404,\"version\":\"1.23.2\","
                                "\"detail\":\"No Project matches the given query.\",\"exc_info\":null}");
    assert_non_null(strstr(fake_answer(f), "Status: 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: "));
}

static void test_error_variants(void **state)
{
    err *e = err_new(a, ERR_VALIDATION, NULL);

    (void)state;
    e->validation_json = "{\"title\":[\"x\"]}";
    rs_error(&rq, e);
    assert_non_null(strstr(body(), "\"detail\":\"Validation error\",\"exc_info\":null,\"validation_errors\":{\"title\":[\"x\"]}}"));
    open_request("GET");
    rs_error(&rq, err_new(a, ERR_UNAUTHENTICATED, NULL));
    assert_non_null(strstr(fake_answer(f), "\r\nWWW-Authenticate: Token\r\n"));
    open_request("GET");
    e = err_new(a, ERR_THROTTLED, NULL);
    e->retry_after_s = 9;
    e->bare_json = "{\"label_config\":[\"x\"]}";
    rs_error(&rq, e);
    assert_non_null(strstr(fake_answer(f), "\r\nRetry-After: 9\r\n"));
    assert_string_equal(body(), "{\"label_config\":[\"x\"]}");
    open_request("GET");
    rs_error(&rq, err_new(a, ERR_MEDIA_TYPE, "\xff\xfe"));
    assert_non_null(strstr(body(), "\"detail\":\"Unsupported media type in request.\""));
    open_request("GET");
    rs_error(&rq, err_internal(a, "secret"));
    assert_null(strstr(fake_answer(f), "secret"));
}

static void test_reset_keeps_what_browsers_need(void **state)
{
    (void)state;
    rs_header(&rq, "Access-Control-Allow-Origin", "*");
    rs_header(&rq, "X-Secret", "1");
    rs_header(&rq, "Vary", "Origin");
    rs_cookie(&rq, "sessionid", "x", 1, true);
    rs_error(&rq, err_new(a, ERR_CONFLICT, NULL));
    assert_non_null(strstr(fake_answer(f), "Access-Control-Allow-Origin: *\r\nVary: Origin\r\n\r\n{"));
    assert_null(strstr(fake_answer(f), "X-Secret"));
    assert_null(strstr(fake_answer(f), "Set-Cookie"));
}

static void test_break_off(void **state)
{
    unsigned char got[16];
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    f->fcgi.ipcFd = pair[0];
    rq.match.route = &stream;
    fill(70000);
    rs_error(&rq, err_internal(a, "half way"));
    assert_int_equal(read(pair[1], got, sizeof got), 8);
    assert_int_equal(got[0], 0xff);
    assert_int_equal(read(pair[1], got, sizeof got), 0);   /* and nothing after it */
    assert_null(strstr(fake_answer(f), "half way"));
    close(pair[0]);
    close(pair[1]);
}

static void test_client_gone(void **state)
{
    (void)state;
    rs_puts(&rq, "x");
    f->out.FCGI_errno = 32;
    assert_non_null(rs_finish(&rq));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_json),           TEST(test_head_and_empty), TEST(test_redirect),
        TEST(test_cookies),        TEST(test_accel),          TEST(test_streaming),
        TEST(test_holding),        TEST(test_rewinding),      TEST(test_error_envelope),
        TEST(test_error_variants), TEST(test_break_off),      TEST(test_reset_keeps_what_browsers_need),
        TEST(test_client_gone),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
