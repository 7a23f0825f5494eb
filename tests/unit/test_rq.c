/* Requests: paths, queries, headers, who the client is, and the three kinds of bodies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <unistd.h>

#include "base/cfg.h"
#include "fcgi_fake.h"
#include "http/rq.h"

static struct arena *a;
static struct fcgi_fake *f;
static struct rq rq;
static char dir[] = "/tmp/labeld-test-rq-XXXXXX";

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    return nftw(dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static int set_up(void **state)
{
    (void)state;
    a = arena_new("test");
    cfg = (struct cfg){.base_path = "", .origin = "", .data_dir = dir, .trusted_proxies = "127.0.0.0/8,10.1.0.0/16,::1/128,unix",
                       .upload_max_bytes = 300000, .upload_max_files = 2, .body_spool_bytes = 10000};
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

static err *open_request(const char *method, const char *uri)
{
    fake_free(f);
    f = fake_new(method, uri);
    return rq_init(&rq, a, &f->fcgi);
}

static const char *path_of(const char *uri)
{
    err *e = open_request("GET", uri);

    return e ? e->detail : rq.path;
}

static void test_paths(void **state)
{
    const char *bad = "The path is not valid.";

    (void)state;
    assert_string_equal(path_of("/"), "/");
    assert_string_equal(path_of("/api/tasks/?x=/y"), "/api/tasks/");
    assert_string_equal(path_of("///api//x"), "/api//x");
    assert_string_equal(path_of("/caf%C3%A9/a+b%2Fc"), "/café/a+b/c");
    assert_string_equal(path_of("/a%00b"), bad);
    assert_string_equal(path_of("/%ff"), bad);
    assert_string_equal(path_of("/a/../b"), bad);
    assert_string_equal(path_of("/a/%2e%2E"), bad);
    assert_string_equal(path_of("/./a"), bad);
    assert_string_equal(path_of("/a/..b/.c"), "/a/..b/.c");
    assert_string_equal(path_of("no-slash"), bad);
}

static void test_base_path(void **state)
{
    (void)state;
    cfg.base_path = "/label";
    assert_string_equal(path_of("/label/api/x"), "/api/x");
    assert_string_equal(path_of("/label"), "/");
    assert_string_equal(path_of("/labels/x"), "/labels/x");
    assert_string_equal(path_of("//label//api/x"), "/api/x");
}

static void test_methods(void **state)
{
    (void)state;
    assert_null(open_request("PATCH", "/"));
    assert_int_equal(rq.method, M_PATCH);
    assert_int_equal(open_request("PROPFIND", "/")->kind, ERR_METHOD);
    assert_non_null(rq.id);
}

static void test_query(void **state)
{
    const char **all;
    int64_t n;
    bool yes;

    (void)state;
    assert_null(open_request("GET", "/?a=1&b=x+y%26&a=2&&c&d[]=5&d=6&n=12x&big=99999999999&t=True"));
    assert_string_equal(rq_query(&rq, "a"), "2");
    assert_string_equal(rq_query(&rq, "b"), "x y&");
    assert_string_equal(rq_query(&rq, "c"), "");
    assert_null(rq_query(&rq, "e"));
    assert_int_equal(rq_query_all(&rq, "d", &all), 2);
    assert_string_equal(all[0], "5");
    assert_string_equal(all[1], "6");
    assert_null(rq_query_int(&rq, "a", 7, &n));
    assert_int_equal(n, 2);
    assert_null(rq_query_int(&rq, "e", 7, &n));
    assert_int_equal(n, 7);
    assert_string_equal(rq_query_int(&rq, "n", 7, &n)->validation_json, "{\"n\":[\"A valid integer is required.\"]}");
    assert_null(rq_query_bool(&rq, "t", false, &yes));
    assert_true(yes);
    assert_int_equal(rq_query_bool(&rq, "n", false, &yes)->kind, ERR_VALIDATION);
    assert_null(rq_query_switch(&rq, "t", false, &yes));
    assert_true(yes);
    assert_null(rq_query_switch(&rq, "e", true, &yes));
    assert_true(yes);
    assert_string_equal(rq_query_switch(&rq, "c", false, &yes)->validation_json,
                        "{\"c\":\"Incorrect bool value \\\"\\\". It should be one of [1, 0, true, false, yes, no]\"}");
    assert_null(rq_query_id(&rq, "a", &n));
    assert_int_equal(n, 2);
    assert_null(rq_query_id(&rq, "c", &n));
    assert_int_equal(n, 0);
    assert_null(rq_query_id(&rq, "big", &n));
    assert_int_equal(n, -1);
    assert_string_equal(rq_query_id(&rq, "n", &n)->validation_json,
                        "{\"n\":\"Incorrect value in key \\\"n\\\" = \\\"12x\\\". It should be digit string.\"}");
    assert_int_equal(open_request("GET", "/?a=%00")->kind, ERR_BAD_REQUEST);
    assert_int_equal(open_request("GET", "/?a=%ff")->kind, ERR_BAD_REQUEST);
}

static void test_headers(void **state)
{
    (void)state;
    assert_null(open_request("GET", "/"));
    fake_param(f, "HTTP_IF_MATCH", "\"x\"");
    fake_param(f, "CONTENT_TYPE", "");
    fake_param(f, "HTTP_COOKIE", "a=1; sessionid=s%20s");
    fake_param(f, "HTTP_ACCEPT", "text/html,*/*;q=0.8");
    assert_string_equal(rq_header(&rq, "If-Match"), "\"x\"");
    assert_null(rq_header(&rq, "Content-Type"));
    assert_null(rq_header(&rq, "X-Other"));
    assert_string_equal(rq_cookie(&rq, "sessionid"), "s s");
    assert_true(rq_wants_html(&rq));
}

static void test_arguments(void **state)
{
    (void)state;
    assert_null(open_request("GET", "/"));
    rq.match = (struct route_match){.names = {"id", "name", "huge"}, .texts = {"12", "x", "4294967297"}, .n = 3};
    assert_int_equal(rq_int(&rq, "id"), 12);
    assert_int_equal(rq_int(&rq, "huge"), -1);
    assert_string_equal(rq_arg(&rq, "name"), "x");
}

static void test_client_direct(void **state)
{
    (void)state;
    assert_null(open_request("GET", "/x?b=2&page=1&a=%26&b=1"));
    assert_false(rq_is_https(&rq));
    assert_string_equal(rq_host(&rq), "labels.example.org:8080");
    assert_string_equal(rq_remote_addr(&rq), "127.0.0.1");
    assert_string_equal(rq_base_url(&rq), "http://labels.example.org:8080");
    assert_string_equal(rq_url_with(&rq, "page", "2"), "http://labels.example.org:8080/x/?a=%26&b=2&b=1&page=2");
    assert_string_equal(rq_url_with(&rq, "b", NULL), "http://labels.example.org:8080/x/?a=%26&page=1");
    cfg.origin = "https://public.example.org";
    cfg.base_path = "/label";
    assert_string_equal(rq_base_url(&rq), "https://public.example.org/label");
}

static void set_forwarded(const char *remote, const char *chain)
{
    fake_free(f);
    f = fake_new("GET", "/");
    f->nenv--;   /* REMOTE_ADDR is the last that fake_new sets */
    free(f->env[f->nenv]);
    fake_param(f, "REMOTE_ADDR", remote);
    fake_param(f, "HTTP_X_FORWARDED_FOR", chain);
    fake_param(f, "HTTP_X_FORWARDED_PROTO", "https");
    fake_param(f, "HTTP_X_FORWARDED_HOST", "ext.example.org, inner");
    assert_null(rq_init(&rq, a, &f->fcgi));
}

static void test_client_forwarded(void **state)
{
    (void)state;
    set_forwarded("10.1.2.3", "1.1.1.1, 9.9.9.9,10.1.0.1");
    assert_string_equal(rq_remote_addr(&rq), "9.9.9.9");
    assert_true(rq_is_https(&rq));
    assert_string_equal(rq_host(&rq), "ext.example.org");
    set_forwarded("10.2.2.3", "1.1.1.1");   /* not one of ours: nothing is believed */
    assert_string_equal(rq_remote_addr(&rq), "10.2.2.3");
    assert_false(rq_is_https(&rq));
    assert_string_equal(rq_host(&rq), "labels.example.org:8080");
    set_forwarded("unix:", "2001:db8::7");
    assert_string_equal(rq_remote_addr(&rq), "2001:db8::7");
    set_forwarded("::1", "nonsense");
    assert_string_equal(rq_remote_addr(&rq), "::1");
    set_forwarded("::ffff:127.0.0.1", "3.3.3.3");
    assert_string_equal(rq_remote_addr(&rq), "3.3.3.3");
}

/* ---- bodies ---- */

static err *read_body(const char *type, const void *p, size_t len)
{
    assert_null(open_request("POST", "/"));
    fake_body(f, type, p, len);
    return rq_body(&rq);
}

static size_t temporary_files(void)
{
    char *command = arena_printf(a, "ls %s/tmp 2>/dev/null | wc -l", dir);
    FILE *p = popen(command, "r");
    size_t n = 0;

    assert_non_null(p);
    assert_int_equal(fscanf(p, "%zu", &n), 1);
    pclose(p);
    return n;
}

static void test_json_body(void **state)
{
    char *large = arena_alloc(a, 200000);

    (void)state;
    assert_null(read_body("application/json; charset=latin-1", "{\"a\":1}", 7));
    assert_int_equal(rq.body.len, 7);
    assert_memory_equal(rq.body.p, "{\"a\":1}", 7);
    assert_false(rq.body_is_form);
    assert_null(rq_body(&rq));

    memset(large, 'x', 200000);
    assert_null(read_body("application/json", large, 200000));
    assert_int_equal(rq.body.len, 200000);
    assert_memory_equal(rq.body.p, large, 200000);
    assert_int_equal(temporary_files(), 0);

    assert_null(read_body(NULL, "", 0));
    assert_memory_equal(rq.body.p, "{}", 2);
}

static void test_body_limits(void **state)
{
    char *large = arena_alloc(a, 300001);

    (void)state;
    assert_int_equal(read_body("application/json", large, 300001)->kind, ERR_TOO_LARGE);
    assert_int_equal(read_body("multipart/form-data; boundary=XX", large, 300001)->kind, ERR_TOO_LARGE);
    assert_null(open_request("POST", "/"));
    fake_body(f, "application/json", "{\"a\":1}", 7);
    f->body_len = 5;
    assert_int_equal(rq_body(&rq)->kind, ERR_BAD_REQUEST);
    assert_int_equal(rq_body(&rq)->kind, ERR_BAD_REQUEST);   /* asked again: still no body */
    assert_null(open_request("POST", "/"));
    fake_param(f, "CONTENT_LENGTH", "-1");
    assert_int_equal(rq_body(&rq)->kind, ERR_BAD_REQUEST);
}

static void test_media_types(void **state)
{
    (void)state;
    assert_string_equal(read_body("text/plain", "x", 1)->detail, "Unsupported media type \"text/plain\" in request.");
    assert_int_equal(rq_body(&rq)->kind, ERR_MEDIA_TYPE);
    assert_string_equal(read_body(NULL, "x", 1)->detail, "Unsupported media type \"\" in request.");
    assert_int_equal(read_body("application/jsonx", "{}", 2)->kind, ERR_MEDIA_TYPE);
}

static void test_urlencoded(void **state)
{
    const char *type = "Application/X-WWW-Form-Urlencoded";

    (void)state;
    assert_null(read_body(type, "a=1&b=%C3%A9+x&a=3", 18));
    assert_true(rq.body_is_form);
    assert_int_equal(rq.nform, 3);
    assert_string_equal(rq_form(&rq, "a"), "3");
    assert_string_equal(rq_form(&rq, "b"), "é x");
    assert_null(rq_form(&rq, "c"));
    assert_int_equal(read_body(type, "a=%00", 5)->kind, ERR_BAD_REQUEST);
}

#define FIELD(header, data) "--XX\r\nContent-Disposition: form-data; " header "\r\n\r\n" data "\r\n"

static err *read_multipart(const char *text)
{
    return read_body("multipart/form-data; boundary=XX", text, strlen(text));
}

static void test_multipart(void **state)
{
    char content[16] = "";
    FILE *file;

    (void)state;
    assert_null(read_multipart(FIELD("name=a", "é") FIELD("name=f; filename=\"d/x.csv\"", "1,2\n") FIELD("name=g; filename=\"\"", "")
                               FIELD("name=a", "2") "--XX--\r\n"));
    assert_true(rq.body_is_form);
    assert_int_equal(rq.nform, 2);
    assert_string_equal(rq_form(&rq, "a"), "2");
    assert_int_equal(rq.nfiles, 1);
    assert_string_equal(rq.files[0].field, "f");
    assert_string_equal(rq.files[0].name, "x.csv");
    assert_int_equal(rq.files[0].size_bytes, 4);
    file = fopen(rq.files[0].path, "r");
    assert_non_null(file);
    assert_int_equal(fread(content, 1, sizeof content - 1, file), 4);
    fclose(file);
    assert_string_equal(content, "1,2\n");
    assert_int_equal(temporary_files(), 1);
    arena_reset(a);
    assert_int_equal(temporary_files(), 0);
}

static void test_kept_file_stays(void **state)
{
    char *kept = arena_printf(a, "%s/kept", dir);

    (void)state;
    assert_null(read_multipart(FIELD("name=f; filename=x", "1") "--XX--"));
    assert_int_equal(rename(rq.files[0].path, kept), 0);
    arena_reset(a);
    kept = arena_printf(a, "%s/kept", dir);
    assert_int_equal(unlink(kept), 0);
}

static void test_multipart_refused(void **state)
{
    (void)state;
    assert_int_equal(read_multipart(FIELD("name=a; filename=x", "") FIELD("name=b; filename=x", "")
                                    FIELD("name=c; filename=x", "") "--XX--")->kind, ERR_TOO_LARGE);
    assert_int_equal(read_multipart(FIELD("name=a", "\xff") "--XX--")->kind, ERR_BAD_REQUEST);
    assert_int_equal(read_multipart(FIELD("name=a; filename=x", "cut"))->kind, ERR_BAD_REQUEST);
    arena_reset(a);
    assert_int_equal(temporary_files(), 0);
}

static void test_disk_trouble(void **state)
{
    (void)state;
    cfg.data_dir = "/nonexistent/labeld";
    assert_int_equal(read_multipart(FIELD("name=a; filename=x", "1") "--XX--")->kind, ERR_INTERNAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_paths),         TEST(test_base_path),        TEST(test_methods),          TEST(test_query),
        TEST(test_headers),       TEST(test_arguments),        TEST(test_client_direct),    TEST(test_client_forwarded),
        TEST(test_json_body),     TEST(test_body_limits),      TEST(test_media_types),      TEST(test_urlencoded),
        TEST(test_multipart),     TEST(test_kept_file_stays),  TEST(test_multipart_refused), TEST(test_disk_trouble),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
