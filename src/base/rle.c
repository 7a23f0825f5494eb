/* The bit stream: 32 bits number of values, 5 bits word size less one, four times 4 bits size of a length field less one, then blocks. A
 * block is a flag (one value repeated, or that many values), two bits that choose the size of its length field, the length less one, and
 * the values. */
#include "base/rle.h"

#include <string.h>

struct bits {
    const unsigned char *p;
    size_t at, end; /* in bits */
    bool short_of;  /* more was asked for than there is */
};

static uint32_t take(struct bits *b, unsigned n)
{
    uint32_t v = 0;

    if (n > b->end - b->at) {
        b->short_of = true;
        b->at = b->end;
        return 0;
    }
    while (n > 0) {
        unsigned room = 8 - (unsigned)(b->at % 8), now = n < room ? n : room;
        uint32_t byte = b->p[b->at / 8];

        v = v << now | ((byte >> (room - now)) & ((1u << now) - 1));
        b->at += now;
        n -= now;
    }
    return v;
}

bool rle_values(const unsigned char *in, size_t len, uint32_t *n)
{
    struct bits b = {.p = in, .end = len * 8};

    *n = take(&b, 32);
    return !b.short_of;
}

/* Values first … first + n - 1 are v: of every four the last is a pixel's. */
static void fill(unsigned char *alpha, size_t first, size_t n, uint32_t v)
{
    size_t from = first / 4, to = (first + n) / 4;

    memset(alpha + from, (int)(v & 0xff), to - from);
}

static size_t block(struct bits *b, unsigned word, const unsigned *sizes, unsigned char *alpha, size_t at, size_t values)
{
    bool repeated = take(b, 1) == 1;
    size_t n = (size_t)take(b, sizes[take(b, 2)]) + 1;

    if (n > values - at)
        n = values - at;
    if (repeated) {
        fill(alpha, at, n, take(b, word));
        return at + n;
    }
    for (size_t end = at + n; at < end && !b->short_of; at++)
        fill(alpha, at, 1, take(b, word));
    return at;
}

bool rle_alpha(const unsigned char *in, size_t len, unsigned char *alpha, size_t pixels)
{
    struct bits b = {.p = in, .end = len * 8};
    size_t values = take(&b, 32), at = 0;
    unsigned word = take(&b, 5) + 1, sizes[4];

    for (size_t i = 0; i < 4; i++)
        sizes[i] = take(&b, 4) + 1;
    if (b.short_of || values != pixels * 4)
        return false;
    while (at < values && !b.short_of)
        at = block(&b, word, sizes, alpha, at, values);
    return !b.short_of;
}

/* ---- writing ---- */

/* Up to 32 bits. */
static void put(struct rle_writer *w, uint32_t v, unsigned n)
{
    char bytes[8];
    size_t whole = 0;

    w->bits = w->bits << n | v;
    for (w->n += n; w->n >= 8; w->n -= 8)
        bytes[whole++] = (char)(w->bits >> (w->n - 8));
    strbuf_add(w->out, bytes, whole);
}

static const unsigned lengths[4] = {3, 4, 8, 16};

static void block_put(struct rle_writer *w, size_t n, unsigned char v)
{
    unsigned i = n <= 8 ? 0 : n <= 16 ? 1 : n <= 256 ? 2 : 3;

    put(w, 1u << 2 | i, 3);
    put(w, (uint32_t)(n - 1) << 8 | v, lengths[i] + 8);
}

void rle_begin(struct rle_writer *w, struct strbuf *out, size_t pixels)
{
    *w = (struct rle_writer){.out = out};
    put(w, (uint32_t)(pixels * 4), 32);
    put(w, 7, 5);
    for (size_t i = 0; i < 4; i++)
        put(w, lengths[i] - 1, 4);
}

void rle_run(struct rle_writer *w, size_t pixels, unsigned char alpha)
{
    enum { LONGEST = 65536 };

    for (size_t left = pixels * 4, now; left > 0; left -= now) {
        now = left < LONGEST ? left : LONGEST;
        block_put(w, now, alpha);
    }
}

void rle_end(struct rle_writer *w)
{
    put(w, 0, 8 - w->n);
}

/* Eight at a time while they are equal to the one before them. */
static size_t run_length(const unsigned char *alpha, size_t at, size_t pixels)
{
    const unsigned char *from = alpha + at, *p = from + 1, *end = alpha + pixels;
    uint64_t now, before;

    while (end - p >= 8) {
        memcpy(&now, p, 8);
        memcpy(&before, p - 1, 8);
        if (now != before)
            break;
        p += 8;
    }
    while (p < end && *p == *from)
        p++;
    return (size_t)(p - from);
}

void rle_encode(struct strbuf *out, const unsigned char *alpha, size_t pixels)
{
    struct rle_writer w;

    rle_begin(&w, out, pixels);
    for (size_t at = 0, n; at < pixels; at += n) {
        n = run_length(alpha, at, pixels);
        rle_run(&w, n, alpha[at]);
    }
    rle_end(&w);
}
