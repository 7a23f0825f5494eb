/* Outlines of a mask: the outer border of each of its parts, as corner points. */
#ifndef LABELD_EXPORT_CONTOURS_H
#define LABELD_EXPORT_CONTOURS_H

#include <stddef.h>

#include "export/shape.h"

struct contour {
    struct exp_point *points; /* whole pixels; from the topmost, leftmost one down its left side; only where the direction changes */
    size_t n;
};

/* Parts are joined through corners too; those inside of holes of others have none. The lowest comes first. alpha: not 0 is inside. */
void contours_find(struct arena *a, const unsigned char *alpha, size_t width, size_t height, struct contour **out, size_t *n);

#endif
