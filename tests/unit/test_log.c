/* Log lines: their parts, that values cannot forge lines, levels, and the abort of BUG. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

static struct arena *a;
static char got[20000];
static int saved_stderr, ends[2];

static void capture(void)
{
    assert_int_equal(pipe(ends), 0);
    saved_stderr = dup(STDERR_FILENO);
    assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
    close(ends[1]);
}

/* What was written to stderr since capture(). */
static const char *release(void)
{
    ssize_t n;

    assert_true(dup2(saved_stderr, STDERR_FILENO) >= 0);
    close(saved_stderr);
    n = read(ends[0], got, sizeof got - 1);
    close(ends[0]);
    got[n > 0 ? n : 0] = '\0';
    return got;
}

static int set_up(void **state)
{
    (void)state;
    a = arena_new("test");
    log_init("labeld", LOG_INFO, 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    log_set_request(NULL);
    arena_free(a);
    return 0;
}

static void test_line(void **state)
{
    char *want = arena_printf(a, "<6>program=labeld pid=%d level=info msg=\"worker started\" pool=web n=3\n", (int)getpid());

    (void)state;
    capture();
    log_msg(LOG_INFO, "worker started", "pool=%s n=%d", "web", 3);
    assert_string_equal(release(), want);
}

static void test_request_and_time(void **state)
{
    (void)state;
    log_init("labeld-jobs", LOG_INFO, 0);
    log_set_request("r-1");
    capture();
    log_msg(LOG_WARNING, "slow", "%s", "");
    release();
    assert_memory_equal(got, "time=20", 7);
    assert_non_null(strstr(got, " program=labeld-jobs "));
    assert_non_null(strstr(got, " level=warning msg=\"slow\" request=r-1"));
}

static void test_levels(void **state)
{
    (void)state;
    capture();
    log_msg(LOG_DEBUG, "too fine", "%s", "");
    log_err(err_new(a, ERR_NOT_FOUND, NULL), "also too fine");
    assert_string_equal(release(), "");
    assert_int_equal(log_level_parse("debug"), LOG_DEBUG);
    assert_int_equal(log_level_parse("WARNING"), LOG_WARNING);
    assert_int_equal(log_level_parse("err"), LOG_ERR);
    assert_int_equal(log_level_parse("loud"), -1);
}

static void test_values_cannot_forge_lines(void **state)
{
    (void)state;
    capture();
    log_msg(LOG_INFO, "a \"b\"\\", "path=%s", "/x\n<0>program=evil");
    release();
    assert_non_null(strstr(got, "msg=\"a \\\"b\\\"\\\\\" path=/x <0>program=evil\n"));
    assert_ptr_equal(strchr(got, '\n'), got + strlen(got) - 1);
}

static void test_long_lines_are_cut(void **state)
{
    (void)state;
    capture();
    log_msg(LOG_INFO, "long", "x=%0*d", 15000, 0);
    release();
    assert_in_range(strlen(got), 8000, 8192);
    assert_int_equal(got[strlen(got) - 1], '\n');
}

static void test_errors(void **state)
{
    err *e = err_internal(a, "disk \"%s\" is full", "sda");

    (void)state;
    memcpy(e->sqlstate, "53100", 6);
    capture();
    log_err(e, "import failed");
    release();
    assert_non_null(strstr(got, "<3>"));
    assert_non_null(strstr(got, " level=err msg=\"import failed\" kind=INTERNAL status=500 at="));
    assert_non_null(strstr(got, " sqlstate=53100 detail=\"Internal server error\" internal=\"disk \\\"sda\\\" is full\"\n"));
}

static void test_bug_aborts(void **state)
{
    pid_t pid;
    int status;

    (void)state;
    capture();
    pid = fork();
    if (pid == 0)
        BUG("state %d", 7);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    release();
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == 6);
    assert_non_null(strstr(got, "<2>"));
    assert_non_null(strstr(got, "test_log.c:"));
    assert_non_null(strstr(got, "text=\"state 7\"\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_line), TEST(test_request_and_time), TEST(test_levels), TEST(test_values_cannot_forge_lines),
        TEST(test_long_lines_are_cut), TEST(test_errors), TEST(test_bug_aborts),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
