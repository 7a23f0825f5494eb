/* Region memory. A request, a job step or a cache owns one arena; everything allocated from it dies together.
 * Nothing here is thread-safe: every process of labeld is single-threaded, but for the threads of net/resolve.c, which
 * touch no arena. */
#ifndef LABELD_BASE_ARENA_H
#define LABELD_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* A position to rewind to. Copied by value; valid until the arena is rewound past it or reset. */
struct arena_mark {
    void *chunk;
    size_t used;
    void *defers;
};

/* Make an arena. `name` (a literal) appears in the log when memory runs out. Never returns NULL: out of memory aborts. */
struct arena *arena_new(const char *name);

/* One that is freed with `parent` (at its reset, or a rewind past this point), but is not rewound with it. */
struct arena *arena_below(struct arena *parent, const char *name);

/* Run deferred functions (last in, first out) and give the memory back, keeping one chunk for the next use. */
void arena_reset(struct arena *a);
/* As arena_reset, and free the arena itself. NULL is allowed. */
void arena_free(struct arena *a);

/* `size` bytes, zero-filled, aligned for any type. Never returns NULL; size 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((malloc, returns_nonnull, alloc_size(2)));
/* `n` elements of `size` bytes, zero-filled; aborts on overflow of the product. */
void *arena_array(struct arena *a, size_t n, size_t size) __attribute__((malloc, returns_nonnull, alloc_size(2, 3)));
/* Copies, NUL-ended. arena_strdup(NULL) gives NULL. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_memdup(struct arena *a, const void *p, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/* Tie a foreign resource to the arena: fn(ptr) runs at reset, free, or a rewind past this point, in LIFO order. */
void arena_defer(struct arena *a, void (*fn)(void *), void *ptr);

struct arena_mark arena_mark(struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark m);

/* Bytes now handed out (for tests and `labeld-admin show workers`). */
size_t arena_used(const struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))

#endif
