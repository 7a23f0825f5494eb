/* Unpacking COCO's run lengths. The text form holds each number in groups of five bits, low ones first, from the character "0" on; after
 * the second, numbers are differences to the one before the last.
 *
 * Runs go down the columns, regions across the rows. A column changes where a run begins or ends: a bit for each pixel says whether it
 * differs from the one above it. Then each row is the one before it with its changes, and is read 64 pixels at a time. */
#include "import/cocorle.h"

#include <endian.h>
#include <string.h>

enum { BYTE = 8, WORD = 64 };

struct painting {
    unsigned char *changes; /* a row of bytes for each row of pixels; NULL: nothing is drawn */
    size_t width, height, stride, at; /* pixels so far, down the columns */
    bool inside;
};

static void change(const struct painting *p, size_t x, size_t y)
{
    p->changes[y * p->stride + x / BYTE] ^= (unsigned char)(1u << x % BYTE);
}

/* The next n pixels, a column after the other. */
static void columns_paint(const struct painting *p, size_t n)
{
    size_t x = p->at / p->height, y = p->at % p->height;

    for (; n > 0; x++, y = 0) {
        size_t now = n < p->height - y ? n : p->height - y;
        change(p, x, y);
        if (y + now < p->height)
            change(p, x, y + now);
        n -= now;
    }
}

static bool paint(struct painting *p, int64_t run)
{
    size_t n = (size_t)run;

    if (run < 0 || n > p->width * p->height - p->at)
        return false;
    if (p->inside && p->changes)
        columns_paint(p, n);
    p->at += n;
    p->inside = !p->inside;
    return true;
}

static bool list_paint(struct painting *p, json_t *counts)
{
    json_t *n;
    size_t i;

    json_array_foreach(counts, i, n) {
        if (!json_is_integer(n) || !paint(p, json_integer_value(n)))
            return false;
    }
    return true;
}

/* The next number; false when the text ends within it, or it is too long. */
static bool number_next(const char **text, int64_t *out)
{
    int64_t v = 0;
    int c, shift = 0;

    do {
        c = (unsigned char)**text - '0';
        if (c < 0 || c > 63 || shift > 50)
            return false;
        ++*text;
        v |= (int64_t)(c & 31) << shift;
        shift += 5;
    } while (c & 32);
    if (c & 16)
        v -= (int64_t)1 << shift;
    *out = v;
    return true;
}

static bool text_paint(struct painting *p, const char *text)
{
    int64_t last[2] = {0, 0}, v;

    for (size_t i = 0; *text; i++) {
        if (!number_next(&text, &v))
            return false;
        if (i > 2)
            v += last[i % 2];
        if (!paint(p, v))
            return false;
        last[i % 2] = v;
    }
    return true;
}

/* The pixels of the i-th word, the first one lowest. */
static uint64_t word_at(const unsigned char *row, size_t stride, size_t i)
{
    size_t left = stride - i * sizeof(uint64_t);
    uint64_t w = 0;

    memcpy(&w, row + i * sizeof w, left < sizeof w ? left : sizeof w);
    return le64toh(w);
}

/* The first pixel from x on that is in the row, or is not. */
static size_t next_pixel(const unsigned char *row, size_t stride, size_t x, bool in)
{
    uint64_t w = 0, kept = UINT64_MAX << x % WORD, turned = in ? 0 : UINT64_MAX;
    size_t i = x / WORD;

    for (; i * sizeof w < stride && !w; i++, kept = UINT64_MAX)
        w = (word_at(row, stride, i) ^ turned) & kept;
    return w ? (i - 1) * WORD + (size_t)__builtin_ctzll(w) : SIZE_MAX;
}

static void row_write(const struct painting *p, const unsigned char *row, size_t y, struct maskruns *out)
{
    size_t from = 0, to;

    while ((from = next_pixel(row, p->stride, from, true)) < p->width) {
        to = next_pixel(row, p->stride, from, false);
        to = to < p->width ? to : p->width;
        maskruns_add(out, y, from, to);
        from = to;
    }
}

static void rows_write(const struct painting *p, struct maskruns *out)
{
    unsigned char *row = p->changes, *above = row;

    for (size_t y = 0; y < p->height; y++, above = row, row += p->stride) {
        for (size_t i = 0; y > 0 && i < p->stride; i++)
            row[i] ^= above[i];
        row_write(p, row, y, out);
    }
}

bool cocorle_read(struct arena *a, json_t *counts, size_t width, size_t height, struct maskruns *out)
{
    struct painting p = {.width = width, .height = height, .stride = (width + BYTE - 1) / BYTE};

    if (!height || !width || width > COCORLE_PIXELS_MOST / height)
        return false;
    if (out)
        p.changes = arena_array(a, p.stride, height);
    if (json_is_string(counts) ? !text_paint(&p, json_string_value(counts)) : !json_is_array(counts) || !list_paint(&p, counts))
        return false;
    if (p.at != width * height)
        return false;
    if (out)
        rows_write(&p, out);
    return true;
}
