/* Streams of masks: arbitrary ones end, what was written reads back, and outlines of any mask lie inside of it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/rle.h"
#include "export/contours.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PIXELS_MOST = 1 << 16 };

static void outlines_check(struct arena *a, const unsigned char *alpha, size_t width, size_t height)
{
    struct contour *all;
    size_t n;

    contours_find(a, alpha, width, height, &all, &n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < all[i].n; k++) {
            double x = all[i].points[k].x, y = all[i].points[k].y;
            if (x < 0 || y < 0 || x >= (double)width || y >= (double)height || !alpha[(size_t)y * width + (size_t)x])
                abort();
        }
}

static void round_check(struct arena *a, const unsigned char *alpha, size_t pixels)
{
    unsigned char *again = arena_alloc(a, pixels);
    struct strbuf b;

    strbuf_init(&b, a, SIZE_MAX);
    rle_encode(&b, alpha, pixels);
    if (!rle_alpha((const unsigned char *)b.buf, b.len, again, pixels) || memcmp(alpha, again, pixels) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new("fuzz");
    unsigned char *alpha;
    uint32_t values;

    if (rle_values(data, size, &values) && values / 4 > 0 && values / 4 <= PIXELS_MOST) {
        alpha = arena_alloc(a, values / 4);
        (void)rle_alpha(data, size, alpha, values / 4);
        round_check(a, alpha, values / 4);
    }
    if (size > 1 && data[0]) {
        round_check(a, data + 1, size - 1);
        outlines_check(a, data + 1, data[0], (size - 1) / data[0]);
    }
    arena_free(a);
    return 0;
}
