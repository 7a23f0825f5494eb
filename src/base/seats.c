#include "base/seats.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>

struct seats {
    _Atomic int64_t who[SEATS];      /* 0: nobody */
};

static struct {
    struct seats *all;
    int mine;
} own;

struct seats *seats_new(void)
{
    void *p = mmap(NULL, sizeof(struct seats), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        return NULL;
    return p;
}

void seats_own(struct seats *s, int mine)
{
    own.all = s;
    own.mine = mine;
}

static int count(const struct seats *s, int64_t who)
{
    int n = 0;

    for (int i = 0; i < SEATS; i++)
        n += atomic_load(&s->who[i]) == who;
    return n;
}

/* Sit down, then count: of two that take the last seat at the same moment both may have to go, but never both stay. */
bool seats_take(int64_t who, int most)
{
    if (!own.all)
        return true;
    atomic_store(&own.all->who[own.mine], who);
    if (count(own.all, who) <= most)
        return true;
    seats_leave();
    return false;
}

void seats_leave(void)
{
    if (own.all)
        atomic_store(&own.all->who[own.mine], 0);
}

void seats_free(struct seats *s, int seat)
{
    if (s)
        atomic_store(&s->who[seat], 0);
}
