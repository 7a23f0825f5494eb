/* Unpacking COCO's run lengths. The text form holds each number in groups of five bits, low ones first, from the character "0" on; after
 * the second, numbers are differences to the one before the last. */
#include "import/cocorle.h"

#include <string.h>

struct painting {
    unsigned char *alpha;
    size_t width, height, at; /* pixels so far, down the columns */
    bool inside;
};

/* The next n pixels, a column after the other. */
static void columns_paint(const struct painting *p, size_t n)
{
    size_t x = p->at / p->height, y = p->at % p->height;

    for (; n > 0; x++, y = 0) {
        size_t now = n < p->height - y ? n : p->height - y;
        unsigned char *to = p->alpha + y * p->width + x;
        for (size_t i = 0; i < now; i++)
            to[i * p->width] = 255;
        n -= now;
    }
}

static bool paint(struct painting *p, int64_t run)
{
    size_t n = (size_t)run;

    if (run < 0 || n > p->width * p->height - p->at)
        return false;
    if (p->inside && p->alpha)
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

bool cocorle_alpha(json_t *counts, size_t width, size_t height, unsigned char *alpha)
{
    struct painting p = {.alpha = alpha, .width = width, .height = height};

    if (!height || !width || width > COCORLE_PIXELS_MOST / height)
        return false;
    if (json_is_string(counts) ? !text_paint(&p, json_string_value(counts)) : !json_is_array(counts) || !list_paint(&p, counts))
        return false;
    return p.at == width * height;
}
