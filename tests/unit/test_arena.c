/* Arenas: alignment and zeroing, big blocks, rewinding over chunk ends, the order of deferred calls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"

static void test_alloc_is_zeroed_and_aligned(void **state)
{
    struct arena *a = arena_new("test");

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (size_t n = 0; n < 300; n++) {
            unsigned char *p = arena_alloc(a, n);

            assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(p[i], 0);
            memset(p, 0xff, n);
        }
        arena_reset(a);   /* the second round gets dirty memory and must not see it */
    }
    arena_free(a);
}

static void test_big_blocks_do_not_move_the_small_ones(void **state)
{
    struct arena *a = arena_new("test");
    char *before = arena_strdup(a, "before");
    char *big = arena_alloc(a, 1 << 20);
    char *after = arena_strdup(a, "after");

    (void)state;
    memset(big, 'x', 1 << 20);
    assert_string_equal(before, "before");
    assert_string_equal(after, "after");
    assert_in_range((uintptr_t)after - (uintptr_t)before, 1, 256);   /* same chunk: nothing was wasted on the big one */
    assert_in_range(arena_used(a), 1 << 20, (1 << 20) + 1024);
    arena_free(a);
}

static void test_rewind_gives_back_exactly(void **state)
{
    struct arena *a = arena_new("test");
    char *kept = arena_strdup(a, "kept");
    struct arena_mark m;
    size_t used;

    (void)state;
    arena_alloc(a, 100000);
    m = arena_mark(a);
    used = arena_used(a);
    for (int round = 0; round < 100; round++) {
        arena_alloc(a, 40000);                    /* big */
        for (int i = 0; i < 100; i++)
            memset(arena_alloc(a, 1000), 1, 1000);   /* over a chunk's end */
        arena_alloc(a, 200000);
        arena_rewind(a, m);
        assert_int_equal(arena_used(a), used);
    }
    assert_string_equal(kept, "kept");
    arena_reset(a);
    assert_int_equal(arena_used(a), 0);
    arena_free(a);
}

static void test_nested_marks(void **state)
{
    struct arena *a = arena_new("test");
    struct arena_mark outer = arena_mark(a), inner;
    size_t used;

    (void)state;
    arena_alloc(a, 60000);
    inner = arena_mark(a);
    used = arena_used(a);
    arena_alloc(a, 60000);
    arena_rewind(a, inner);
    assert_int_equal(arena_used(a), used);
    arena_rewind(a, outer);
    assert_int_equal(arena_used(a), 0);
    arena_free(a);
}

static char order[16];

static void note(void *p)
{
    strncat(order, p, 1);
}

static void test_defers_run_last_in_first_out(void **state)
{
    struct arena *a = arena_new("test");
    struct arena_mark m;

    (void)state;
    order[0] = '\0';
    arena_defer(a, note, arena_strdup(a, "1"));
    m = arena_mark(a);
    arena_defer(a, note, arena_strdup(a, "2"));
    arena_alloc(a, 100000);
    arena_defer(a, note, arena_strdup(a, "3"));
    arena_rewind(a, m);
    assert_string_equal(order, "32");
    arena_defer(a, note, arena_strdup(a, "4"));
    arena_reset(a);
    assert_string_equal(order, "3241");
    arena_defer(a, note, arena_strdup(a, "5"));
    arena_free(a);
    assert_string_equal(order, "32415");
    arena_free(NULL);
}

static void test_copies(void **state)
{
    struct arena *a = arena_new("test");

    (void)state;
    assert_null(arena_strdup(a, NULL));
    assert_string_equal(arena_strndup(a, "abcdef", 3), "abc");
    assert_string_equal(arena_strndup(a, "ab", 30), "ab");
    assert_memory_equal(arena_memdup(a, "a\0b", 3), "a\0b\0", 4);
    assert_string_equal(arena_memdup(a, NULL, 0), "");
    assert_string_equal(arena_printf(a, "%s-%d", "x", 7), "x-7");
    assert_int_equal(strlen(arena_printf(a, "%0*d", 70000, 1)), 70000);
    arena_free(a);
}

static void grab_product(struct arena *a, size_t n)
{
    arena_array(a, n, 16);
}

/* Runs fn in a child; true when it aborted. */
static bool aborts(void (*fn)(struct arena *, size_t), size_t n)
{
    struct arena *a = arena_new("child");
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(2);
        fn(a, n);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    arena_free(a);
    return WIFSIGNALED(status) && WTERMSIG(status) == 6;
}

static void test_overflow_aborts(void **state)
{
    (void)state;
    assert_true(aborts(grab_product, SIZE_MAX / 8));
    assert_true(aborts(grab_product, SIZE_MAX / 20));   /* no overflow, but more than there can be */
    assert_false(aborts(grab_product, 1000));
}

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>

static void test_rewound_memory_is_poisoned(void **state)
{
    struct arena *a = arena_new("test");
    struct arena_mark m = arena_mark(a);
    char *p = arena_alloc(a, 24);

    (void)state;
    assert_false(__asan_address_is_poisoned(p + 23));
    assert_true(__asan_address_is_poisoned(p + 24));
    arena_rewind(a, m);
    assert_true(__asan_address_is_poisoned(p));
    arena_free(a);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alloc_is_zeroed_and_aligned),
        cmocka_unit_test(test_big_blocks_do_not_move_the_small_ones),
        cmocka_unit_test(test_rewind_gives_back_exactly),
        cmocka_unit_test(test_nested_marks),
        cmocka_unit_test(test_defers_run_last_in_first_out),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_overflow_aborts),
#ifdef __SANITIZE_ADDRESS__
        cmocka_unit_test(test_rewound_memory_is_poisoned),
#endif
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
