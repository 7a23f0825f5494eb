/* Headers of five kinds of pictures. */
#include "base/imgsize.h"

#include <string.h>

static uint32_t be(const unsigned char *p, size_t n)
{
    uint32_t v = 0;

    while (n-- > 0)
        v = v << 8 | *p++;
    return v;
}

static uint32_t le(const unsigned char *p, size_t n)
{
    uint32_t v = 0;

    while (n-- > 0)
        v = v << 8 | p[n];
    return v;
}

static bool png(const unsigned char *p, size_t len, struct imgsize *out)
{
    static const unsigned char channels[7] = {1, 0, 3, 1, 2, 0, 4}; /* by colour type */

    if (len < 26 || memcmp(p, "\x89PNG\r\n\x1a\n", 8) != 0 || p[25] > 6)
        return false;
    *out = (struct imgsize){be(p + 16, 4), be(p + 20, 4), channels[p[25]]};
    return true;
}

/* Frame headers are C0 … CF without the tables among them; all other segments are passed over. */
static bool jpeg(const unsigned char *p, size_t len, struct imgsize *out)
{
    size_t at = 2;

    if (len < 4 || p[0] != 0xff || p[1] != 0xd8)
        return false;
    while (at + 9 < len && p[at] == 0xff) {
        unsigned kind = p[at + 1];

        if (kind == 0xff) {
            at++;
            continue;
        }
        if (kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc) {
            *out = (struct imgsize){be(p + at + 7, 2), be(p + at + 5, 2), p[at + 9]};
            return true;
        }
        at += 2 + (kind == 0x01 || (kind >= 0xd0 && kind <= 0xd8) ? 0 : be(p + at + 2, 2));
    }
    return false;
}

static bool gif(const unsigned char *p, size_t len, struct imgsize *out)
{
    if (len < 10 || (memcmp(p, "GIF87a", 6) != 0 && memcmp(p, "GIF89a", 6) != 0))
        return false;
    *out = (struct imgsize){le(p + 6, 2), le(p + 8, 2), 1};
    return true;
}

static bool bmp(const unsigned char *p, size_t len, struct imgsize *out)
{
    if (len < 30 || memcmp(p, "BM", 2) != 0 || le(p + 14, 4) < 40)
        return false;
    *out = (struct imgsize){le(p + 18, 4), le(p + 22, 4), le(p + 28, 2) == 32 ? 4 : le(p + 28, 2) <= 8 ? 1 : 3};
    if (out->height > INT32_MAX) /* rows from the top */
        out->height = 0u - out->height;
    return true;
}

/* Lossy, lossless and extended: each says it in bits of its own. */
static bool webp(const unsigned char *p, size_t len, struct imgsize *out)
{
    if (len < 30 || memcmp(p, "RIFF", 4) != 0 || memcmp(p + 8, "WEBP", 4) != 0)
        return false;
    if (memcmp(p + 12, "VP8 ", 4) == 0) {
        *out = (struct imgsize){le(p + 26, 2) & 0x3fff, le(p + 28, 2) & 0x3fff, 3};
        return true;
    }
    if (memcmp(p + 12, "VP8L", 4) == 0) {
        uint32_t bits = le(p + 21, 4);
        *out = (struct imgsize){(bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1, bits >> 28 & 1 ? 4 : 3};
        return true;
    }
    if (memcmp(p + 12, "VP8X", 4) != 0)
        return false;
    *out = (struct imgsize){le(p + 24, 3) + 1, le(p + 27, 3) + 1, p[20] & 0x10 ? 4 : 3};
    return true;
}

bool imgsize_read(const unsigned char *p, size_t len, struct imgsize *out)
{
    bool known = png(p, len, out) || jpeg(p, len, out) || gif(p, len, out) || bmp(p, len, out) || webp(p, len, out);

    return known && out->width > 0 && out->height > 0;
}
