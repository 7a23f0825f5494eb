/* Region memory: a list of chunks that only grows, a position in the newest bump chunk, and deferred clean-ups.
 * What is allocated where, and for how long, is the callers' business. */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdbool.h>

#include "base/log.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
enum { REDZONE = 16 };   /* so that running over the end of an object meets poisoned bytes */
#else
#define ASAN_POISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
#define ASAN_UNPOISON_MEMORY_REGION(p, n) ((void)(p), (void)(n))
enum { REDZONE = 0 };
#endif

enum {
    ALIGN = alignof(max_align_t),
    CHUNK_BYTES = 65536,
    BIG_BYTES = CHUNK_BYTES / 4   /* from here on an object that does not fit gets a block of its own, so no chunk end is wasted on it */
};

struct chunk {
    struct chunk *prev;
    size_t size;         /* bytes of data */
    size_t used;
    bool big;            /* holds one object; never bumped */
    alignas(max_align_t) unsigned char data[];
};

struct defer {
    struct defer *prev;
    void (*fn)(void *);
    void *ptr;
};

struct arena {
    const char *name;
    struct chunk *head;       /* newest block of either sort */
    struct chunk *bump;       /* newest block that is not big */
    struct chunk *spare;      /* one chunk kept at a rewind: loops that straddle a chunk's end would otherwise pay malloc each time */
    struct defer *defers;
};

static struct chunk *chunk_get(struct arena *a, size_t size, bool big)
{
    struct chunk *c = a->spare;

    if (!big && c) {
        a->spare = NULL;
    } else {
        c = size < SIZE_MAX - sizeof *c ? malloc(sizeof *c + size) : NULL;
        if (!c)
            BUG("out of memory in arena %s: %zu bytes", a->name, size);
        c->size = size;
        c->big = big;
        ASAN_POISON_MEMORY_REGION(c->data, size);
    }
    c->used = 0;
    c->prev = a->head;
    a->head = c;
    return c;
}

static void chunk_free(struct chunk *c)
{
    ASAN_UNPOISON_MEMORY_REGION(c->data, c->size);
    free(c);
}

static void chunk_put(struct arena *a, struct chunk *c)
{
    if (c->big || a->spare) {
        chunk_free(c);
        return;
    }
    ASAN_POISON_MEMORY_REGION(c->data, c->size);
    a->spare = c;
}

static void run_defers(struct arena *a, const struct defer *stop)
{
    while (a->defers != stop) {
        struct defer *d = a->defers;

        assert(d && "mark is newer than the arena's position");
        a->defers = d->prev;
        d->fn(d->ptr);
    }
}

struct arena *arena_new(const char *name)
{
    struct arena *a = calloc(1, sizeof *a);

    if (!a)
        BUG("out of memory for arena %s", name);
    a->name = name;
    a->bump = chunk_get(a, CHUNK_BYTES, false);
    return a;
}

void arena_rewind(struct arena *a, struct arena_mark m)
{
    run_defers(a, m.defers);
    while (a->head != m.chunk) {
        struct chunk *c = a->head;

        a->head = c->prev;
        assert(a->head && "mark is newer than the arena's position");
        chunk_put(a, c);
    }
    a->bump = a->head;
    while (a->bump->big)
        a->bump = a->bump->prev;
    assert(m.used <= a->bump->used);
    a->bump->used = m.used;
    ASAN_POISON_MEMORY_REGION(a->bump->data + m.used, a->bump->size - m.used);
}

struct arena_mark arena_mark(struct arena *a)
{
    return (struct arena_mark){.chunk = a->head, .used = a->bump->used, .defers = a->defers};
}

void arena_reset(struct arena *a)
{
    struct chunk *first = a->head;

    while (first->prev)
        first = first->prev;
    arena_rewind(a, (struct arena_mark){.chunk = first, .used = 0, .defers = NULL});
    if (a->spare)
        chunk_free(a->spare);
    a->spare = NULL;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    arena_reset(a);
    chunk_free(a->head);
    free(a);
}

static void *take(struct chunk *c, size_t size, size_t step)
{
    void *p = c->data + c->used;

    c->used += step;
    ASAN_UNPOISON_MEMORY_REGION(p, size);
    memset(p, 0, size);
    return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
    size_t step;

    if (size > SIZE_MAX / 2)
        BUG("out of memory in arena %s: %zu bytes", a->name, size);
    step = ((size ? size : 1) + REDZONE + ALIGN - 1) / ALIGN * ALIGN;
    if (step <= a->bump->size - a->bump->used)
        return take(a->bump, size, step);
    if (step >= BIG_BYTES)
        return take(chunk_get(a, step, true), size, step);
    a->bump = chunk_get(a, CHUNK_BYTES, false);
    return take(a->bump, size, step);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(n, size, &bytes))
        BUG("array too large in arena %s: %zu times %zu bytes", a->name, n, size);
    return arena_alloc(a, bytes);
}

char *arena_memdup(struct arena *a, const void *p, size_t len)
{
    char *copy;

    if (len == SIZE_MAX)
        BUG("copy too large in arena %s", a->name);
    copy = arena_alloc(a, len + 1);
    if (len)
        memcpy(copy, p, len);
    return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return s ? arena_memdup(a, s, strlen(s)) : NULL;
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
    return arena_memdup(a, s, strnlen(s, len));
}

char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    va_list again;
    char *out;
    int n;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n < 0)
        BUG("bad format \"%s\"", fmt);
    out = arena_alloc(a, (size_t)n + 1);
    vsnprintf(out, (size_t)n + 1, fmt, ap);
    return out;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    char *out;

    va_start(ap, fmt);
    out = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return out;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *ptr)
{
    struct defer *d = ARENA_NEW(a, struct defer);

    *d = (struct defer){.prev = a->defers, .fn = fn, .ptr = ptr};
    a->defers = d;
}

size_t arena_used(const struct arena *a)
{
    size_t sum = 0;

    for (const struct chunk *c = a->head; c; c = c->prev)
        sum += c->used;
    return sum;
}

static void free_child(void *child)
{
    arena_free(child);
}

struct arena *arena_below(struct arena *parent, const char *name)
{
    struct arena *a = arena_new(name);

    arena_defer(parent, free_child, a);
    return a;
}
