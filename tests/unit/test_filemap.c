/* Mapped files: what was passed leaves memory, in any number of readings, and can be read again; other memory is left alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

#include "base/filemap.h"

enum { MB = 1 << 20, FILE_BYTES = 24 * MB };

static struct arena *a;
static const char *text;

static int set_up(void **state)
{
    FILE *file = tmpfile();
    char line[4096];

    (void)state;
    a = arena_new("test");
    assert_non_null(file);
    memset(line, 'x', sizeof line);
    for (int i = 0; i < FILE_BYTES / (int)sizeof line; i++)
        assert_int_equal(fwrite(line, 1, sizeof line, file), sizeof line);
    assert_int_equal(fflush(file), 0);
    assert_null(filemap_open(a, fileno(file), FILE_BYTES, &text));
    fclose(file);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

/* Pages of files that this process holds. */
static long held_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long size, resident, shared = 0;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld %ld", &size, &resident, &shared), 3);
    fclose(file);
    return shared * sysconf(_SC_PAGESIZE);
}

static void read_all(int told)
{
    long before = held_bytes(), most = before;
    size_t n = 0;

    for (size_t i = 0; i < FILE_BYTES; i++) {
        n += text[i] == 'x';
        if (told && i % 1000 == 0)
            filemap_passed(text + i);
        if (i % MB == 0 && held_bytes() > most)
            most = held_bytes();
    }
    assert_int_equal(n, FILE_BYTES);
    if (told)
        assert_true(most - before < 4 * MB);
    else
        assert_true(most - before > 16 * MB);
}

static void test_readers_that_tell_stay_small(void **state)
{
    (void)state;
    read_all(1);
    read_all(1);
}

static void test_readers_that_do_not_keep_it(void **state)
{
    (void)state;
    read_all(0);
    filemap_passed(text + FILE_BYTES);   /* and the very end belongs to it */
    read_all(1);
}

static void test_other_memory_stays(void **state)
{
    char *mine = arena_alloc(a, 4 * MB);

    (void)state;
    memset(mine, 'y', 4 * MB);
    for (int i = 0; i <= 4; i++)
        filemap_passed(mine + i * MB);
    filemap_passed(NULL);
    for (int i = 0; i < 4 * MB; i++)
        assert_int_equal(mine[i], 'y');
}

static void test_nothing_to_map(void **state)
{
    const char *p;

    (void)state;
    assert_non_null(filemap_open(a, -1, 1, &p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_readers_that_tell_stay_small, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_readers_that_do_not_keep_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_other_memory_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_to_map, set_up, tear_down),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
