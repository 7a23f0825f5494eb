/* What differs between two texts, line by line. */
#ifndef LABELD_BASE_LINEDIFF_H
#define LABELD_BASE_LINEDIFF_H

#include <stddef.h>

#include "base/arena.h"

struct line_change {
    char kind;        /* ' ' in both, '-' only in the old text, '+' only in the new one */
    size_t old_line;  /* from 1; 0 where it has none */
    size_t new_line;
    const char *text; /* without its line end */
};

/* The lines of both texts in order, those taken away before those that came. */
struct line_change *linediff(struct arena *a, const char *old, const char *new, size_t *n);

#endif
