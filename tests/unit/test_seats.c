/* Seats of a pool's workers, here taken by processes of this test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/seats.h"

enum { ANN = 7, BOB = 8, MOST = 2 };

static struct seats *s;

/* A worker that ends without leaving its seat; says whether it got it. */
static bool serve(int seat, int64_t who)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        seats_own(s, seat);
        _exit(seats_take(who, MOST));
    }
    assert_true(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void one_caller_has_so_many(void **state)
{
    (void)state;
    assert_true(serve(0, ANN));
    assert_true(serve(1, ANN));
    assert_false(serve(2, ANN));
    assert_true(serve(3, BOB));
}

static void the_dead_free_theirs(void **state)
{
    (void)state;
    assert_false(serve(2, ANN));
    seats_free(s, 1);
    assert_true(serve(2, ANN));
    assert_false(serve(1, ANN));
}

static void leaving(void **state)
{
    (void)state;
    seats_own(s, 2);
    seats_leave();
    assert_true(seats_take(ANN, MOST));
    seats_own(NULL, 0);
    assert_true(seats_take(ANN, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_caller_has_so_many), cmocka_unit_test(the_dead_free_theirs), cmocka_unit_test(leaving),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    s = seats_new();
    return s ? cmocka_run_group_tests_name("seats", tests, NULL, NULL) : 1;
}
