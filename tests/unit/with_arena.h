#ifndef UNIT_WITH_ARENA_H
#define UNIT_WITH_ARENA_H

/* A fresh arena, `a`, for each test of a file: list the tests as TEST(name). Include it after cmocka.h. */

#include "base/arena.h"

static struct arena *a;

static int set_up(void **state)
{
    (void)state;
    a = arena_new("test");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
