/* The mask of one region from its runs, as they come row by row: however large it is, only its stream is kept. */
#ifndef LABELD_IMPORT_MASKRUNS_H
#define LABELD_IMPORT_MASKRUNS_H

#include "base/rle.h"
#include "import/foreign.h"

struct maskruns {
    struct strbuf out;
    struct rle_writer w;
    size_t width, height;
    size_t at;                     /* pixels that are in the stream */
    size_t runs;                   /* that have begun */
    size_t from, to;               /* the run that is not yet, in pixels of the whole mask */
    size_t left, right, top, low;  /* what encloses the mask, the last ones not in it */
};

void maskruns_begin(struct maskruns *m, struct arena *a, size_t width, size_t height);
/* Pixels from … to - 1 of row y belong to it. Rows go down, runs of a row to the right. */
void maskruns_add(struct maskruns *m, size_t y, size_t from, size_t to);
/* The stream and what encloses it, copied to `a`. */
void maskruns_end(struct maskruns *m, struct arena *a, struct foreign_region *r);
/* Bytes that the stream has by now. */
size_t maskruns_bytes(const struct maskruns *m);

#endif
