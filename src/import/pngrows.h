/* PNG files row by row, as they stand: numbers of a palette, greys of 8 or 16 bits, colours of 24 bits, each pixel with its alpha where it has
 * one. Their sizes are known before anything is unpacked. */
#ifndef LABELD_IMPORT_PNGROWS_H
#define LABELD_IMPORT_PNGROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/jspan.h"

/* Interlaced pictures need the whole of their pixels at once: no larger ones are read. */
enum { PNGROWS_INTERLACED_MOST = 1 << 24 };

enum pngrows_kind { PNGROWS_GREY, PNGROWS_PALETTE, PNGROWS_COLOUR };

struct pngrows {
    enum pngrows_kind kind;
    size_t width, height;
    size_t pixel;            /* bytes */
    size_t stored;           /* bytes that the file has for a pixel, at least one: what reading it costs */
    bool wide;               /* greys have two bytes */
    bool alpha;              /* the last byte of a pixel, of wide greys the last two */
    uint32_t palette[256];   /* 0xRRGGBB */
    size_t colours;
    bool transparent[256];   /* of the palette */
    bool has_clear;          /* a grey or colour that is transparent */
    uint32_t clear;
    const char *why; /* what is wrong with it */
    struct pngrows_read *read;
};

/* Reads as far as the pixels; memory comes from `a`, and is free with it. False: it is none (p->why). */
bool pngrows_open(struct pngrows *p, struct arena *a, struct span file);
/* The next row, until the next call; NULL: it is damaged (p->why). There are p->height of them. */
const unsigned char *pngrows_next(struct pngrows *p);
/* Where the run of pixels ends that are equal to the one at x. */
size_t pngrows_run(const struct pngrows *p, const unsigned char *row, size_t x);
/* A pixel's number, grey or 0xRRGGBB. */
uint32_t pngrows_value(const struct pngrows *p, const unsigned char *pixel);
/* The same as colour; greys of 16 bits lose their lower half. */
uint32_t pngrows_colour(const struct pngrows *p, const unsigned char *pixel);
/* Can nothing be seen of it? */
bool pngrows_clear(const struct pngrows *p, const unsigned char *pixel);

#endif
