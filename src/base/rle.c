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

struct put_bits {
    struct strbuf *out;
    unsigned have, n; /* bits that are no whole byte yet */
};

static void put(struct put_bits *b, uint32_t v, unsigned n)
{
    while (n-- > 0) {
        b->have = b->have << 1 | ((v >> n) & 1);
        if (++b->n == 8) {
            strbuf_putc(b->out, (char)b->have);
            b->have = b->n = 0;
        }
    }
}

static const unsigned lengths[4] = {3, 4, 8, 16};

static void run_put(struct put_bits *b, size_t n, unsigned char v)
{
    unsigned i = n <= 8 ? 0 : n <= 16 ? 1 : n <= 256 ? 2 : 3;

    put(b, n > 1, 1);
    put(b, n > 1 ? i : 0, 2);
    put(b, (uint32_t)(n - 1), lengths[n > 1 ? i : 0]);
    put(b, v, 8);
}

static size_t run_length(const unsigned char *alpha, size_t at, size_t pixels)
{
    size_t n = 1;

    while (at + n < pixels && alpha[at + n] == alpha[at])
        n++;
    return n;
}

void rle_encode(struct strbuf *out, const unsigned char *alpha, size_t pixels)
{
    enum { LONGEST = 65536 };
    struct put_bits b = {.out = out};

    put(&b, (uint32_t)(pixels * 4), 32);
    put(&b, 7, 5);
    for (size_t i = 0; i < 4; i++)
        put(&b, lengths[i] - 1, 4);
    for (size_t at = 0, n; at < pixels; at += n) {
        n = run_length(alpha, at, pixels);
        for (size_t left = n * 4; left > 0; left -= left < LONGEST ? left : LONGEST)
            run_put(&b, left < LONGEST ? left : LONGEST, alpha[at]);
    }
    put(&b, 0, 8 - b.n);
}
