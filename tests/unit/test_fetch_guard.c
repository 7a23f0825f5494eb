/* Which addresses downloads may reach: every reserved block at its edges, IPv4 hidden in IPv6, and
 * the ways a URL can write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "net/fetch.h"
#include "net/guard.h"

static const char *block_of(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return guard_block((struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return guard_block((struct sockaddr *)&v6);
}

static void check_inside(const char *block, const char *first, const char *last)
{
    assert_non_null(block_of(first));
    assert_string_equal(block_of(first), block);
    assert_non_null(block_of(last));
    assert_string_equal(block_of(last), block);
}

static void test_ipv4_blocks(void **state)
{
    (void)state;
    check_inside("0.0.0.0/8", "0.0.0.0", "0.255.255.255");
    check_inside("10.0.0.0/8", "10.0.0.0", "10.255.255.255");
    check_inside("100.64.0.0/10", "100.64.0.0", "100.127.255.255");
    check_inside("127.0.0.0/8", "127.0.0.1", "127.255.255.255");
    check_inside("169.254.0.0/16", "169.254.0.0", "169.254.169.254");
    check_inside("172.16.0.0/12", "172.16.0.0", "172.31.255.255");
    check_inside("192.0.0.0/24", "192.0.0.0", "192.0.0.255");
    check_inside("192.0.2.0/24", "192.0.2.0", "192.0.2.255");
    check_inside("192.88.99.0/24", "192.88.99.0", "192.88.99.255");
    check_inside("192.168.0.0/16", "192.168.0.0", "192.168.255.255");
    check_inside("198.18.0.0/15", "198.18.0.0", "198.19.255.255");
    check_inside("198.51.100.0/24", "198.51.100.0", "198.51.100.255");
    check_inside("203.0.113.0/24", "203.0.113.0", "203.0.113.255");
    check_inside("224.0.0.0/4", "224.0.0.0", "239.255.255.255");
    check_inside("240.0.0.0/4", "240.0.0.0", "255.255.255.255");
}

static void test_their_neighbours_are_public(void **state)
{
    static const char *const public[] = {
        "1.0.0.0",         "9.255.255.255",   "11.0.0.0",       "100.63.255.255",
        "100.128.0.0",     "126.255.255.255", "128.0.0.0",      "169.253.255.255",
        "169.255.0.0",     "172.15.255.255",  "172.32.0.0",     "191.255.255.255",
        "192.0.1.0",       "192.0.3.0",       "192.88.98.255",  "192.88.100.0",
        "192.167.255.255", "192.169.0.0",     "198.17.255.255", "198.20.0.0",
        "198.51.99.255",   "198.51.101.0",    "203.0.112.255",  "203.0.114.0",
        "223.255.255.255", "8.8.8.8",         "2001:200::1",    "2606:4700::1111",
        "2003::1",         "3ffe::1",         "fbff::1",        "fe7f::1",
        "2001:db7::1",     "2001:db9::1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof public / sizeof *public; i++)
        assert_null(block_of(public[i]));
}

static void test_ipv6_blocks(void **state)
{
    (void)state;
    check_inside("::/128", "::", "::");
    check_inside("::1/128", "::1", "::1");
    check_inside("2001::/23", "2001::1", "2001:1ff::1");
    check_inside("2001:db8::/32", "2001:db8::", "2001:db8:ffff::1");
    check_inside("fc00::/7", "fc00::", "fdff:ffff::1");
    check_inside("fe80::/10", "fe80::1", "febf::1");
    check_inside("fec0::/10", "fec0::1", "feff::1");
    check_inside("ff00::/8", "ff00::", "ff02::1");
    check_inside("100::/64", "100::", "100::ffff");
    check_inside("64:ff9b:1::/48", "64:ff9b:1::", "64:ff9b:1:ffff::1");
    check_inside("::/8", "::2", "0:1::1");
}

static void test_ipv4_inside_ipv6(void **state)
{
    (void)state;
    check_inside("127.0.0.0/8", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1");
    check_inside("10.0.0.0/8", "64:ff9b::10.1.2.3", "2002:a01:203::1");
    check_inside("169.254.0.0/16", "::ffff:169.254.169.254", "2002:a9fe:a9fe::");
    assert_null(block_of("2002:808:808::1"));
    assert_null(block_of("::ffff:8.8.8.8"));
    assert_string_equal(block_of("::127.0.0.1"), "::/8");
}

static void test_other_families_are_refused(void **state)
{
    struct sockaddr_un local = {.sun_family = AF_UNIX};

    (void)state;
    assert_non_null(guard_block((struct sockaddr *)&local));
}

/* What fetch_file says without ever connecting. */
static const char *refusal(struct arena *a, const char *url)
{
    const struct fetch_options o = {.guard = true, .timeout_ms = 2000, .most_bytes = 1000};
    int fd = memfd_create("download", MFD_CLOEXEC);
    struct fetched f;
    err *e = fetch_file(a, url, &o, fd, &f);

    close(fd);
    assert_non_null(e);
    return e->kind == ERR_VALIDATION ? e->validation_json : "not refused";
}

static void test_urls(void **state)
{
    static const char *const loopback[] = {
        "http://127.0.0.1/a.csv",     "http://127.1/a",
        "http://2130706433/",         "http://0x7f.1/",
        "http://0177.0.0.1/",         "https://user:pw@127.0.0.1:8443/x",
        "http://[::ffff:127.0.0.1]/", "HTTP://127.0.0.1:1/",
    };
    static const char *const schemes[] = {"ftp://192.0.2.1/a", "file:///etc/passwd",
                                          "gopher://127.0.0.1/", "dict://127.0.0.1/"};
    struct arena *a = arena_new("test");

    (void)state;
    for (size_t i = 0; i < sizeof loopback / sizeof *loopback; i++)
        assert_non_null(strstr(refusal(a, loopback[i]),
                               "URL resolves to a reserved network address (block: 127.0.0.0/8)"));
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        assert_non_null(strstr(refusal(a, schemes[i]), "Only http and https URLs can be imported"));
    assert_non_null(strstr(refusal(a, "http://[::1]/"), "(block: ::1/128)"));
    assert_non_null(strstr(refusal(a, "http://10.0.0.1@192.168.7.7/"), "(block: 192.168.0.0/16)"));
    assert_non_null(strstr(refusal(a, "http://"), "is not a URL"));
    arena_free(a);
}

static void test_names(void **state)
{
    struct arena *a = arena_new("test");

    (void)state;
    assert_string_equal(fetch_name(a, "https://example.com/a/t%20x.csv?q=1.json#f"), "t x.csv");
    assert_string_equal(fetch_name(a, "https://example.com/a/..%2f..%2fetc.csv"), "etc.csv");
    assert_string_equal(fetch_name(a, "https://example.com"), "");
    assert_string_equal(fetch_name(a, "https://example.com/%ff.csv"), "");
    assert_string_equal(fetch_name(a, "nonsense"), "");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ipv4_blocks), cmocka_unit_test(test_their_neighbours_are_public),
        cmocka_unit_test(test_ipv6_blocks), cmocka_unit_test(test_ipv4_inside_ipv6),
        cmocka_unit_test(test_urls),        cmocka_unit_test(test_other_families_are_refused),
        cmocka_unit_test(test_names),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
