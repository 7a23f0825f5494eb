/* Size of a picture from its header; nothing is decoded. */
#ifndef LABELD_BASE_IMGSIZE_H
#define LABELD_BASE_IMGSIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct imgsize {
    uint32_t width, height;
    uint32_t channels; /* 1 grey, 2 grey and alpha or a palette's 1, 3, 4 */
};

/* Bytes from a file's beginning that are enough for any kind but JPEG with large metadata. */
enum { IMGSIZE_BYTES = 262144 };

/* PNG, JPEG, GIF, WebP and BMP; false for all else and for headers that are cut off. */
bool imgsize_read(const unsigned char *p, size_t len, struct imgsize *out);

#endif
