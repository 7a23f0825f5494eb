/* The route trie: which pattern wins, what counts as the same path, and that two equal lines stop the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "http/route.h"

static struct arena *a;
static struct route_trie *t;

#define R(method, pattern, id) {method, pattern, 0, NULL, NULL, id, 0, NULL}

static const struct route table[] = {
    R(M_GET, "/", "home"),
    R(M_GET, "/api/tasks/", "tasks"),
    R(M_POST, "/api/tasks/", "tasks_create"),
    R(M_GET, "/api/tasks/{id:int}/", "task"),
    R(M_PATCH, "/api/tasks/{pk:int}/", "task_patch"),
    R(M_GET, "/api/tasks/{id:int}/drafts", "drafts"),
    R(M_POST, "/api/labels/bulk", "bulk"),
    R(M_GET, "/api/labels/{name:str}/", "label"),
    R(M_GET, "/api/labels/{id:int}/", "label_by_id"),
    R(M_GET, "/data/{name:path}", "data"),
    R(M_GET, "/data/upload/{id:int}/{name:path}", "upload"),
    R(M_OPTIONS, "/api/tasks/", "tasks_options"),
};

static int set_up(void **state)
{
    (void)state;
    a = arena_new("test");
    t = route_build(a, table, sizeof table / sizeof *table);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static const char *find(enum method method, const char *path, struct route_match *m)
{
    if (!route_find(t, a, method, path, m))
        return "no such path";
    return m->route ? m->route->operation_id : "no such method";
}

static void test_slashes(void **state)
{
    struct route_match m;

    (void)state;
    assert_string_equal(find(M_GET, "/", &m), "home");
    assert_string_equal(find(M_GET, "//", &m), "home");
    assert_string_equal(find(M_GET, "/api/tasks/", &m), "tasks");
    assert_string_equal(find(M_GET, "/api/tasks", &m), "tasks");
    assert_string_equal(find(M_GET, "//api/tasks/", &m), "tasks");
    assert_string_equal(find(M_GET, "/api/tasks/7/drafts/", &m), "drafts");
    assert_string_equal(find(M_GET, "/api//tasks/", &m), "no such path");
    assert_string_equal(find(M_GET, "/api/tasks//", &m), "no such path");
    assert_string_equal(find(M_GET, "/api/", &m), "no such path");
    assert_string_equal(find(M_GET, "/API/tasks/", &m), "no such path");
    assert_string_equal(find(M_GET, "/api/tasksx", &m), "no such path");
}

static void test_parts(void **state)
{
    struct route_match m;

    (void)state;
    assert_string_equal(find(M_GET, "/api/tasks/42", &m), "task");
    assert_int_equal(m.n, 1);
    assert_string_equal(m.names[0], "id");
    assert_string_equal(m.texts[0], "42");
    assert_string_equal(find(M_PATCH, "/api/tasks/42/", &m), "task_patch");
    assert_string_equal(m.names[0], "pk");
    assert_string_equal(find(M_GET, "/api/tasks/abc/", &m), "no such path");
    assert_string_equal(find(M_GET, "/api/tasks/-1/", &m), "no such path");
    assert_string_equal(find(M_GET, "/api/tasks/1.0/", &m), "no such path");
}

static void test_preference(void **state)
{
    struct route_match m;

    (void)state;
    assert_string_equal(find(M_GET, "/api/labels/12/", &m), "label_by_id");
    assert_string_equal(find(M_GET, "/api/labels/x/", &m), "label");
    assert_string_equal(find(M_POST, "/api/labels/bulk", &m), "bulk");
    /* The literal serves POST only: GET goes on to {name:str}. */
    assert_string_equal(find(M_GET, "/api/labels/bulk", &m), "label");
    assert_string_equal(m.texts[0], "bulk");
    assert_string_equal(find(M_GET, "/data/upload/3/a/b.png", &m), "upload");
    assert_string_equal(m.texts[0], "3");
    assert_string_equal(m.texts[1], "a/b.png");
    assert_string_equal(find(M_GET, "/data/upload/x/b.png", &m), "data");
    assert_string_equal(m.texts[0], "upload/x/b.png");
    assert_string_equal(find(M_GET, "/data/", &m), "no such path");
}

static void test_methods(void **state)
{
    struct route_match m;

    (void)state;
    assert_string_equal(find(M_DELETE, "/api/tasks/", &m), "no such method");
    assert_int_equal(m.allow, 1u << M_GET | 1u << M_HEAD | 1u << M_POST | 1u << M_OPTIONS);
    assert_string_equal(find(M_HEAD, "/api/tasks/", &m), "tasks");
    assert_string_equal(find(M_OPTIONS, "/api/tasks/", &m), "tasks_options");
    assert_string_equal(find(M_OPTIONS, "/api/tasks/5/", &m), "no such method");
    assert_int_equal(m.allow, 1u << M_GET | 1u << M_HEAD | 1u << M_PATCH);
}

/* The signal that ends a process building these routes, 0 when it lives. */
static int build_dies(const struct route *routes, size_t n)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(2);
        route_build(a, routes, n);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_mistakes_stop_the_program(void **state)
{
    static const struct route same[] = {R(M_GET, "/x/{id:int}/", "one"), R(M_GET, "/x/{pk:int}", "two")};
    static const struct route type[] = {R(M_GET, "/x/{id:num}/", "one")};
    static const struct route tail[] = {R(M_GET, "/x/{p:path}/y", "one")};
    static const struct route fine[] = {R(M_GET, "/x/{id:int}/", "one"), R(M_GET, "/x/{id:str}/", "two")};

    (void)state;
    assert_int_equal(build_dies(same, 2), SIGABRT);
    assert_int_equal(build_dies(type, 1), SIGABRT);
    assert_int_equal(build_dies(tail, 1), SIGABRT);
    assert_int_equal(build_dies(fine, 2), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_slashes), TEST(test_parts), TEST(test_preference), TEST(test_methods), TEST(test_mistakes_stop_the_program),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
