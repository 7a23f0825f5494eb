/* Run-length coded masks as the annotation editor writes them (region value.rle): a bit stream over the RGBA bytes of a picture. Masks are
 * white, so all four channels are equal; the fourth, alpha, is the one that counts. */
#ifndef LABELD_BASE_RLE_H
#define LABELD_BASE_RLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* Number of values that a stream says to hold (four for each pixel); false when it is no stream. */
bool rle_values(const unsigned char *in, size_t len, uint32_t *n);
/* Alpha of each pixel. False when the stream ends early or holds another number of values; alpha is then undefined. */
bool rle_alpha(const unsigned char *in, size_t len, unsigned char *alpha, size_t pixels);
/* The stream of a mask whose four channels are `alpha`, appended. */
void rle_encode(struct strbuf *out, const unsigned char *alpha, size_t pixels);

/* The same from runs, whoever knows them. Neighbours of one value make a stream as good as one run, but longer. */
struct rle_writer {
    struct strbuf *out;
    uint64_t bits; /* that are no whole byte yet: the lowest n */
    unsigned n;
};
void rle_begin(struct rle_writer *w, struct strbuf *out, size_t pixels);
void rle_run(struct rle_writer *w, size_t pixels, unsigned char alpha);
void rle_end(struct rle_writer *w);

#endif
