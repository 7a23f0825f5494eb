/* The growing string: its memory is an arena's, its limit its maker's.
 * JSON escaping and other encodings of what is appended live elsewhere. */
#include "base/strbuf.h"

#include "base/log.h"

enum { FIRST_BYTES = 64 };

void strbuf_init(struct strbuf *b, struct arena *a, size_t most)
{
    if (most > SIZE_MAX / 4)
        most = SIZE_MAX / 4;   /* leaves room for the NUL and for doubling */
    *b = (struct strbuf){.a = a, .most = most, .cap = FIRST_BYTES};
    b->buf = arena_alloc(a, b->cap);
}

/* Room for n more bytes and the NUL; false when `most` forbids it. */
static bool reserve(struct strbuf *b, size_t n)
{
    size_t cap = b->cap;
    char *bigger;

    if (n > b->most - b->len) {
        b->overflow = true;
        return false;
    }
    if (b->len + n < cap)
        return true;
    while (cap <= b->len + n)
        cap *= 2;
    if (cap > b->most + 1)
        cap = b->most + 1;
    bigger = arena_alloc(b->a, cap);
    memcpy(bigger, b->buf, b->len + 1);
    b->buf = bigger;
    b->cap = cap;
    return true;
}

void strbuf_add(struct strbuf *b, const void *p, size_t len)
{
    if (!len || !reserve(b, len))
        return;
    memcpy(b->buf + b->len, p, len);
    b->len += len;
    b->buf[b->len] = '\0';
}

void strbuf_puts(struct strbuf *b, const char *s)
{
    strbuf_add(b, s, strlen(s));
}

void strbuf_putc(struct strbuf *b, char c)
{
    strbuf_add(b, &c, 1);
}

void strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        BUG("bad format \"%s\"", fmt);
    if (!reserve(b, (size_t)n))
        return;
    va_start(ap, fmt);
    vsnprintf(b->buf + b->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->len += (size_t)n;
}

void strbuf_clear(struct strbuf *b)
{
    b->len = 0;
    b->buf[0] = '\0';
    b->overflow = false;
}

err *strbuf_check(const struct strbuf *b)
{
    if (!b->overflow)
        return OK;
    return err_new(b->a, ERR_TOO_LARGE, NULL);
}
