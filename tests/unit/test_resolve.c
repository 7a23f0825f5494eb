/* Name servers that do not answer hold up neither a download nor those beside it, and what a name leads to is what is connected to. The
 * system's resolver is replaced here: "slow.example" waits until the test lets it go. */
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>

#include "net/fetch_pool.h"
#include "net/resolve.h"

enum { LONG_MS = 600000, SHORT_MS = 200 };

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static atomic_int waiting;

typedef int lookup(const char *, const char *, const struct addrinfo *, struct addrinfo **);

/* In place of the C library's, for whoever calls it in this program. */
int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **list)
{
    void *real = dlsym(RTLD_NEXT, "getaddrinfo");
    lookup *next;

    memcpy(&next, &real, sizeof next);
    if (hints && hints->ai_flags & AI_NUMERICHOST)
        return next(host, port, hints, list);
    if (strcmp(host, "slow.example") == 0) {
        atomic_fetch_add(&waiting, 1);
        pthread_mutex_lock(&gate);
        pthread_mutex_unlock(&gate);
        atomic_fetch_sub(&waiting, 1);
    }
    return strcmp(host, "none.example") == 0 ? EAI_NONAME : next("127.0.0.1", port, hints, list);
}

static void wait_for(int n)
{
    while (atomic_load(&waiting) != n)
        usleep(1000);
}

/* A server that answers one request, on a port of its own. */
struct server {
    pthread_t thread;
    int fd;
    char url[64];
};

static void *answer(void *server)
{
    static const char text[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    int fd = accept(((struct server *)server)->fd, NULL, NULL);
    char asked[4096];

    if (read(fd, asked, sizeof asked) > 0 && write(fd, text, sizeof text - 1) < 0)
        close(fd);
    shutdown(fd, SHUT_WR);
    while (read(fd, asked, sizeof asked) > 0)
        ;
    close(fd);
    return NULL;
}

static void serve(struct server *s, const char *host)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;

    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(s->fd, 1), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &len), 0);
    snprintf(s->url, sizeof s->url, "http://%s:%d/a", host, ntohs(at.sin_port));
    assert_int_equal(pthread_create(&s->thread, NULL, answer, s), 0);
}

static void served(struct server *s)
{
    pthread_join(s->thread, NULL);
    close(s->fd);
}

static const char *failure(struct arena *a, const char *url, bool guard, int64_t timeout_ms)
{
    const struct fetch_options o = {.guard = guard, .timeout_ms = timeout_ms, .most_bytes = 1000};
    int fd = memfd_create("download", MFD_CLOEXEC);
    struct fetched f;
    err *e = fetch_file(a, url, &o, fd, &f);

    close(fd);
    assert_non_null(e);
    assert_int_equal(e->kind, ERR_VALIDATION);
    return e->validation_json;
}

static void test_a_name_server_that_does_not_answer(void **state)
{
    struct arena *a = arena_new("test");

    (void)state;
    pthread_mutex_lock(&gate);
    assert_non_null(strstr(failure(a, "http://slow.example/", true, SHORT_MS), "Timeout was reached"));
    arena_free(a); /* while it is still being looked up */
    wait_for(1);
    pthread_mutex_unlock(&gate);
    wait_for(0);
}

static void test_names_are_checked(void **state)
{
    struct arena *a = arena_new("test");

    (void)state;
    assert_non_null(strstr(failure(a, "http://inside.example/", true, LONG_MS), "(block: 127.0.0.0/8)"));
    assert_non_null(strstr(failure(a, "http://none.example/", true, LONG_MS), "Can't resolve hostname none.example"));
    assert_non_null(strstr(failure(a, "http://none.example/", false, LONG_MS), "Can't resolve hostname none.example"));
    arena_free(a);
}

static void test_a_literal_is_known_at_once(void **state)
{
    static const char *const hosts[] = {"127.0.0.1", "127.1", "::1"};

    (void)state;
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        struct resolve *r = resolve_start(hosts[i], "80");

        assert_true(resolve_known(r));
        assert_non_null(resolve_addresses(r));
        resolve_free(r);
    }
}

/* The slow one was first, and is still being looked up when the other's bytes are there. */
static void test_side_by_side(void **state)
{
    struct arena *a = arena_new("test");
    struct fetch_pool *p = fetch_pool_new(a, &(struct fetch_pool_options){.each = {.timeout_ms = LONG_MS, .most_bytes = 1000}, .most = 2, .all_bytes = 10000});
    struct fetch_pool_result r;
    struct server s;
    char got[8] = "";

    (void)state;
    serve(&s, "fast.example");
    pthread_mutex_lock(&gate);
    fetch_pool_add(p, "http://slow.example/", memfd_create("slow", MFD_CLOEXEC));
    fetch_pool_add(p, s.url, memfd_create("fast", MFD_CLOEXEC));
    assert_null(fetch_pool_take(p, s.url, &r));
    assert_true(r.fd >= 0);
    assert_int_equal(pread(r.fd, got, sizeof got, 0), 5);
    assert_string_equal(got, "hello");
    close(r.fd);
    served(&s);
    assert_true(fetch_pool_has(p, "http://slow.example/"));
    arena_free(a);
    wait_for(1);
    pthread_mutex_unlock(&gate);
    wait_for(0);
}

static void test_the_limit_of_one_in_the_pool(void **state)
{
    struct arena *a = arena_new("test");
    struct fetch_pool *p = fetch_pool_new(a, &(struct fetch_pool_options){.each = {.timeout_ms = SHORT_MS, .most_bytes = 1000}, .most = 2, .all_bytes = 10000});
    struct fetch_pool_result r;

    (void)state;
    pthread_mutex_lock(&gate);
    fetch_pool_add(p, "http://slow.example/", memfd_create("slow", MFD_CLOEXEC));
    assert_null(fetch_pool_take(p, "http://slow.example/", &r));
    assert_int_equal(r.fd, -1);
    assert_true(r.took_us >= SHORT_MS * 1000);
    arena_free(a);
    wait_for(1);
    pthread_mutex_unlock(&gate);
    wait_for(0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_name_server_that_does_not_answer), cmocka_unit_test(test_names_are_checked), cmocka_unit_test(test_a_literal_is_known_at_once),
        cmocka_unit_test(test_side_by_side), cmocka_unit_test(test_the_limit_of_one_in_the_pool),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
