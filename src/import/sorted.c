/* Sorted runs of a file, merged as they are read: memory for one run while it is written, then a few places of each. */
#include "import/sorted.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/spool.h"

enum { RUN = 65536, AHEAD = 64 };

struct run {
    uint64_t at, end;              /* in the file, in places */
    struct sorted_place ahead[AHEAD];
    size_t n, next;
};

struct sorted {
    struct arena *a;
    int fd;
    struct sorted_place *room; /* the run that is being filled */
    size_t n;
    uint64_t total;
    struct run **heap; /* by their next place */
    size_t n_runs;
};

static void close_file(void *arg)
{
    close(((struct sorted *)arg)->fd);
}

err *sorted_new(struct arena *a, struct sorted **out)
{
    struct sorted *s = ARENA_NEW(a, struct sorted);

    s->a = a;
    TRY(spool_anonymous(a, &s->fd));
    arena_defer(a, close_file, s);
    s->room = arena_array(a, RUN, sizeof *s->room);
    *out = s;
    return OK;
}

static int compare(const void *x, const void *y)
{
    const struct sorted_place *a = x, *b = y;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

static err *run_write(struct sorted *s)
{
    qsort(s->room, s->n, sizeof *s->room, compare);
    TRY(spool_write(s->a, s->fd, s->room, s->n * sizeof *s->room));
    s->total += s->n;
    s->n = 0;
    return OK;
}

err *sorted_add(struct sorted *s, const struct sorted_place *p)
{
    if (s->n == RUN)
        TRY(run_write(s));
    s->room[s->n++] = *p;
    return OK;
}

/* ---- merging ---- */

static err *refill(struct sorted *s, struct run *r)
{
    uint64_t left = r->end - r->at;
    size_t want = (size_t)(left < AHEAD ? left : AHEAD) * sizeof *r->ahead, have = 0;

    while (have < want) {
        ssize_t n = pread(s->fd, (char *)r->ahead + have, want - have, (off_t)(r->at * sizeof *r->ahead + have));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_internal(s->a, "could not read a sorted run");
        have += (size_t)n;
    }
    r->n = want / sizeof *r->ahead;
    r->next = 0;
    r->at += r->n;
    return OK;
}

static bool before(const struct run *x, const struct run *y)
{
    return compare(&x->ahead[x->next], &y->ahead[y->next]) < 0;
}

static void swap(struct run **x, struct run **y)
{
    struct run *r = *x;

    *x = *y;
    *y = r;
}

static void sink(struct sorted *s, size_t i)
{
    for (;;) {
        size_t least = i;
        for (size_t c = 2 * i + 1; c <= 2 * i + 2 && c < s->n_runs; c++)
            if (before(s->heap[c], s->heap[least]))
                least = c;
        if (least == i)
            return;
        swap(&s->heap[i], &s->heap[least]);
        i = least;
    }
}

err *sorted_end(struct sorted *s)
{
    TRY(run_write(s));
    s->n_runs = (size_t)((s->total + RUN - 1) / RUN);
    s->heap = arena_array(s->a, s->n_runs + 1, sizeof(struct run *));
    for (size_t i = 0; i < s->n_runs; i++) {
        struct run *r = ARENA_NEW(s->a, struct run);
        r->at = (uint64_t)i * RUN;
        r->end = r->at + RUN < s->total ? r->at + RUN : s->total;
        TRY(refill(s, r));
        s->heap[i] = r;
    }
    for (size_t i = s->n_runs; i-- > 0;)
        sink(s, i);
    return OK;
}

err *sorted_next(struct sorted *s, bool *more, struct sorted_place *out)
{
    struct run *r;

    *more = s->n_runs > 0;
    if (!*more)
        return OK;
    r = s->heap[0];
    *out = r->ahead[r->next++];
    if (r->next == r->n && r->at < r->end)
        TRY(refill(s, r));
    if (r->next == r->n)
        s->heap[0] = s->heap[--s->n_runs];
    if (s->n_runs)
        sink(s, 0);
    return OK;
}
