/* A growing string with a stated limit. `buf` is never NULL and always NUL-ended; `len` counts without the NUL. */
#ifndef LABELD_BASE_STRBUF_H
#define LABELD_BASE_STRBUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

struct strbuf {
    char *buf;
    size_t len;
    size_t cap;
    size_t most;          /* the most bytes it may ever hold */
    bool overflow;        /* an append was refused because of `most`; contents stay as they were before it */
    struct arena *a;      /* memory comes from here; growth leaves the old piece to the arena */
};

/* Start an empty buffer in `a` holding at most `most` bytes. */
void strbuf_init(struct strbuf *b, struct arena *a, size_t most);
/* Appends never fail visibly: past `most` they set `overflow` and add nothing. Check once with strbuf_check. */
void strbuf_add(struct strbuf *b, const void *p, size_t len);
void strbuf_puts(struct strbuf *b, const char *s);
void strbuf_putc(struct strbuf *b, char c);
void strbuf_printf(struct strbuf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void strbuf_clear(struct strbuf *b);
/* ERR_TOO_LARGE when something was refused, else OK. */
err *strbuf_check(const struct strbuf *b) __attribute__((warn_unused_result));

#endif
