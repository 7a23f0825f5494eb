/* Where unsafe requests may come from, and the form token. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cfg.h"
#include "fcgi_fake.h"
#include "http/csrf.h"

static struct arena *a;
static struct fcgi_fake *f;
static struct rq rq;

static void open_request(void)
{
    fake_free(f);
    f = fake_new("POST", "/user/login/");
    assert_null(rq_init(&rq, a, &f->fcgi));
}

static int set_up(void **state)
{
    (void)state;
    a = arena_new("test");
    cfg = (struct cfg){.base_path = "", .origin = "", .trusted_proxies = "127.0.0.1", .upload_max_bytes = 1000,
                       .csrf_trusted_origins = "https://other.example.org, https://*.trusted.example.org", .body_spool_bytes = 1000};
    open_request();
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

/* The detail of the refusal, "" when accepted. */
static const char *check_with(const char *param, const char *value)
{
    err *e;

    open_request();
    fake_param(f, param, value);
    e = csrf_check(&rq, false);
    if (e)
        assert_int_equal(e->kind, ERR_PERMISSION);
    return e ? e->detail : "";
}

static void test_origins(void **state)
{
    const char *refusal = "CSRF Failed: Origin \"https://evil.example.org\" does not match this server "
                          "(http://labels.example.org:8080). Behind a proxy set \"host\" to the public address; for another "
                          "site add it to \"csrf_trusted_origins\".";

    (void)state;
    assert_string_equal(check_with("HTTP_ORIGIN", "http://labels.example.org:8080"), "");
    assert_string_equal(check_with("HTTP_ORIGIN", "HTTP://Labels.Example.org:8080"), "");
    assert_string_equal(check_with("HTTP_ORIGIN", "https://evil.example.org"), refusal);
    assert_string_not_equal(check_with("HTTP_ORIGIN", "https://labels.example.org:8080"), "");
    assert_string_not_equal(check_with("HTTP_ORIGIN", "http://labels.example.org"), "");
    assert_string_not_equal(check_with("HTTP_ORIGIN", "http://labels.example.org:8080.evil.example.org"), "");
    assert_string_not_equal(check_with("HTTP_ORIGIN", "null"), "");
    assert_string_not_equal(check_with("HTTP_ORIGIN", ""), "");
    cfg.origin = "https://labels.example.org";
    assert_string_equal(check_with("HTTP_ORIGIN", "https://labels.example.org:443"), "");
}

static void test_trusted_origins(void **state)
{
    (void)state;
    assert_string_equal(check_with("HTTP_ORIGIN", "https://other.example.org"), "");
    assert_string_equal(check_with("HTTP_ORIGIN", "https://a.b.trusted.example.org"), "");
    assert_string_not_equal(check_with("HTTP_ORIGIN", "http://a.trusted.example.org"), "");
    assert_string_not_equal(check_with("HTTP_ORIGIN", "https://trusted.example.org"), "");
    assert_string_not_equal(check_with("HTTP_ORIGIN", "https://eviltrusted.example.org"), "");
}

static void test_without_origin(void **state)
{
    (void)state;
    assert_null(csrf_check(&rq, false));   /* no browser */
    assert_string_equal(check_with("HTTP_REFERER", "http://labels.example.org:8080/projects/?x"), "");
    assert_string_not_equal(check_with("HTTP_REFERER", "http://evil.example.org/http://labels.example.org:8080"), "");
    assert_string_equal(check_with("HTTP_SEC_FETCH_SITE", "same-origin"), "");
    assert_string_equal(check_with("HTTP_SEC_FETCH_SITE", "none"), "");
    assert_string_not_equal(check_with("HTTP_SEC_FETCH_SITE", "cross-site"), "");
    assert_string_not_equal(check_with("HTTP_SEC_FETCH_SITE", "same-site"), "");
}

#define TOKEN "0123456789abcdef0123456789abcdef"

static const char *check_form(const char *cookie, const char *header, const char *form)
{
    err *e;

    open_request();
    if (cookie)
        fake_param(f, "HTTP_COOKIE", cookie);
    if (header)
        fake_param(f, "HTTP_X_CSRFTOKEN", header);
    fake_body(f, "application/x-www-form-urlencoded", form, strlen(form));
    e = csrf_check(&rq, true);
    return e ? e->detail : "";
}

static void test_tokens(void **state)
{
    const char *wrong = "CSRF Failed: CSRF token incorrect.", *missing = "CSRF Failed: CSRF token missing.";

    (void)state;
    assert_string_equal(check_form("csrftoken=" TOKEN, NULL, "csrfmiddlewaretoken=" TOKEN), "");
    assert_string_equal(check_form("csrftoken=" TOKEN, TOKEN, ""), "");
    assert_string_equal(check_form(NULL, TOKEN, "csrfmiddlewaretoken=" TOKEN), "CSRF Failed: CSRF cookie not set.");
    assert_string_equal(check_form("csrftoken=short", "short", ""), "CSRF Failed: CSRF cookie not set.");
    assert_string_equal(check_form("csrftoken=" TOKEN, NULL, "a=b"), missing);
    assert_string_equal(check_form("csrftoken=" TOKEN, NULL, "csrfmiddlewaretoken=x" TOKEN), wrong);
    assert_string_equal(check_form("csrftoken=" TOKEN, "", "csrfmiddlewaretoken=" TOKEN), wrong);
}

/* Pages hold it under a mask, another one each time. */
static void test_new_token(void **state)
{
    const char *token = csrf_token(&rq), *cookie, *shown;

    (void)state;
    assert_int_equal(strlen(token), 128);
    assert_ptr_equal(csrf_token(&rq), token);
    cookie = strstr(rq.rs->headers.buf, "Set-Cookie: csrftoken=");
    assert_non_null(cookie);
    cookie = arena_strndup(a, cookie + 12, strcspn(cookie + 12, ";"));
    assert_int_equal(strlen(cookie), strlen("csrftoken=") + 32);
    assert_null(strstr(strstr(rq.rs->headers.buf, "csrftoken=") + 10, "csrftoken")); /* set once */
    assert_null(strstr(rq.rs->headers.buf, "HttpOnly"));
    assert_string_equal(check_form(cookie, token, ""), "");
    assert_string_not_equal(check_form("csrftoken=" TOKEN, token, ""), "");
    shown = csrf_token(&rq);
    assert_string_not_equal(shown, token);
    assert_string_equal(check_form("csrftoken=" TOKEN, shown, ""), "");
}

/* Half a mask, and digits that are none. */
static void test_masks(void **state)
{
    char *token;

    (void)state;
    open_request();
    fake_param(f, "HTTP_COOKIE", "csrftoken=" TOKEN);
    token = arena_strdup(a, csrf_token(&rq));
    assert_int_equal(rq.rs->headers.len, 0);
    assert_string_equal(check_form("csrftoken=" TOKEN, token, ""), "");
    assert_string_not_equal(check_form("csrftoken=" TOKEN, token + 2, ""), "");
    token[0] = 'x';
    assert_string_not_equal(check_form("csrftoken=" TOKEN, token, ""), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_origins), TEST(test_trusted_origins), TEST(test_without_origin), TEST(test_tokens), TEST(test_new_token), TEST(test_masks),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
