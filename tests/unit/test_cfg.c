/* Settings: the order of defaults, file and environment, the names of the reference server, what is refused, the manual. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "base/cfg.h"

extern char **environ;

static struct arena *a;
static char path[] = "/tmp/labeld-test-cfg-XXXXXX";

static int set_up(void **state)
{
    static char *nothing[] = {NULL};

    (void)state;
    environ = nothing;
    a = arena_new("test");
    memcpy(path + sizeof path - 7, "XXXXXX", 6);
    return close(mkstemp(path));
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return unlink(path);
}

static void write_file(const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void load(void)
{
    err *e = cfg_load(a, path);

    if (e)
        fail_msg("%s", e->detail);
}

static void assert_refused(const char *text, const char *part)
{
    err *e;

    write_file(text);
    e = cfg_load(a, path);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_BAD_REQUEST);
    if (!strstr(e->detail, part))
        fail_msg("\"%s\" does not hold \"%s\"", e->detail, part);
}

static void test_defaults(void **state)
{
    (void)state;
    load();
    assert_string_equal(cfg.db_schema, "labeld");
    assert_int_equal(cfg.web_workers, 4);
    assert_false(cfg.db_pooled);
    assert_true(cfg.enable_legacy_api_token);
    assert_string_equal(cfg.base_path, "");
    assert_string_equal(cfg.origin, "");
    assert_string_equal(cfg.file, path);
}

static void test_file(void **state)
{
    (void)state;
    write_file("# a comment\n\n  web_workers=7  \r\ndb_pooled = on\n\tdb_password = a # b = c \ndb_name =\nweb_workers = 8\nhost=");
    load();
    assert_int_equal(cfg.web_workers, 8);   /* the last one counts */
    assert_true(cfg.db_pooled);
    assert_string_equal(cfg.db_password, "a # b = c");
    assert_string_equal(cfg.db_name, "");
}

static void test_file_refusals(void **state)
{
    (void)state;
    write_file("web_workers = 3\n");
    load();
    assert_refused("\nweb_wrokers = 4\n", ":2: unknown setting \"web_wrokers\"");
    assert_refused("web_workers = many\n", ":1: setting web_workers takes a whole number, 0 or more, not \"many\"");
    assert_refused("web_workers = -1\n", "web_workers");
    assert_refused("web_workers =\n", "web_workers");
    assert_refused("web_workers = 99999999999999999999\n", "web_workers");
    assert_refused("db_pooled = perhaps\n", "takes on or off, not \"perhaps\"");
    assert_refused("web_workers\n", "expected \"key = value\"");
    assert_int_equal(cfg.web_workers, 3);   /* a failed load changes nothing */
    assert_non_null(cfg_load(a, "/nonexistent/labeld.conf"));
    setenv("LABELD_CONFIG", "/nonexistent/labeld.conf", 1);
    assert_non_null(cfg_load(a, NULL));
}

static void test_environment(void **state)
{
    (void)state;
    write_file("web_workers = 5\ndb_name = from_file\n");
    setenv("LABELD_CONFIG", path, 1);
    setenv("LABELD_WEB_WORKERS", "6", 1);
    assert_null(cfg_load(a, NULL));
    assert_int_equal(cfg.web_workers, 6);
    assert_string_equal(cfg.db_name, "from_file");
    setenv("PGDATABASE", "third", 1);
    load();
    assert_string_equal(cfg.db_name, "third");
    setenv("POSTGRE_NAME", "second", 1);
    load();
    assert_string_equal(cfg.db_name, "second");
    setenv("LABEL_STUDIO_POSTGRE_NAME", "first", 1);
    load();
    assert_string_equal(cfg.db_name, "first");
    setenv("LABELD_DB_NAME", "own", 1);
    load();
    assert_string_equal(cfg.db_name, "own");
    setenv("LABELD_CORS_ORIGINS", "", 1);   /* an empty text is a value… */
    setenv("LABELD_SLOW_WORKERS", "", 1);   /* …an empty number is not */
    load();
    assert_string_equal(cfg.cors_origins, "");
    assert_int_equal(cfg.slow_workers, 4);
    setenv("LABELD_SLOW_WORKERS", "x", 1);
    assert_refused("", "environment LABELD_SLOW_WORKERS");
}

static void test_units_of_aliases(void **state)
{
    (void)state;
    setenv("MAX_SESSION_AGE", "86400", 1);
    setenv("LABEL_STUDIO_MAX_TIME_BETWEEN_ACTIVITY", "432000.0", 1);
    setenv("WEBHOOK_TIMEOUT", "1.5", 1);
    load();
    assert_int_equal(cfg.session_max_age_min, 1440);
    assert_int_equal(cfg.session_idle_min, 7200);
    assert_int_equal(cfg.webhook_timeout_ms, 1500);
    setenv("WEBHOOK_TIMEOUT", "soon", 1);
    assert_refused("", "environment WEBHOOK_TIMEOUT");
    setenv("LABELD_WEBHOOK_TIMEOUT_MS", "250", 1);   /* ours is not scaled, and hides theirs */
    write_file("");
    load();
    assert_int_equal(cfg.webhook_timeout_ms, 250);
}

static void assert_host(const char *host, const char *origin, const char *base_path)
{
    setenv("LABELD_HOST", host, 1);
    load();
    assert_string_equal(cfg.origin, origin);
    assert_string_equal(cfg.base_path, base_path);
}

static void test_host(void **state)
{
    static const char *const refused[] = {
        "labels.example.org", "ftp://x", "http://", "http:///x", "https://x/a?b", "https://x/a b", "https://u@x/", "https://x//a",
        "https://x/a\"b",
    };

    (void)state;
    assert_host("https://labels.example.org", "https://labels.example.org", "");
    assert_host("https://labels.example.org/", "https://labels.example.org", "");
    assert_host("http://localhost:8080/label", "http://localhost:8080", "/label");
    assert_host("http://[::1]:8080/a/b/", "http://[::1]:8080", "/a/b");
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        setenv("LABELD_HOST", refused[i], 1);
        assert_refused("", "setting host takes");
    }
    unsetenv("LABELD_HOST");
    setenv("HOST", "my-machine", 1);   /* the shell's idea of a host name */
    write_file("host = https://x.example.org/y");
    load();
    assert_string_equal(cfg.origin, "https://x.example.org");
    setenv("LABEL_STUDIO_HOST", "https://z.example.org", 1);
    load();
    assert_string_equal(cfg.origin, "https://z.example.org");
}

static char *print(bool values)
{
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);

    cfg_print(f, values);
    fclose(f);
    return text;
}

static void test_manual(void **state)
{
    char *text;

    (void)state;
    write_file("db_password = hunter22\nsecret_key = 0123\nweb_workers = 9\n");
    load();
    text = print(false);
    assert_non_null(strstr(text, "# ==== Database ====\n"));
    assert_non_null(strstr(text, "# web_workers = 4\n"));
    assert_non_null(strstr(text, "environment LABELD_DB_NAME, [LABEL_STUDIO_]POSTGRE_NAME, [LABEL_STUDIO_]PGDATABASE\n"));
    assert_non_null(strstr(text, "[LABEL_STUDIO_]MAX_SESSION_AGE (divided by 60)"));
    assert_null(strstr(text, "hunter22"));
    free(text);
    text = print(true);
    assert_non_null(strstr(text, "\nweb_workers = 9\n"));
    assert_non_null(strstr(text, "# db_password = (set, not shown)\n"));
    assert_null(strstr(text, "hunter22"));
    assert_null(strstr(text, "0123\n"));
    write_file(text);   /* what is printed can be read again */
    free(text);
    load();
    assert_int_equal(cfg.web_workers, 9);
    assert_string_equal(cfg.trusted_proxies, "127.0.0.0/8,::1/128,unix");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_defaults), TEST(test_file),  TEST(test_file_refusals), TEST(test_environment), TEST(test_units_of_aliases),
        TEST(test_host),     TEST(test_manual),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
