/* Masks as COCO writes them: lengths of runs down the columns, first of what is not in the mask; as a list of numbers or packed as a text. */
#ifndef LABELD_IMPORT_COCORLE_H
#define LABELD_IMPORT_COCORLE_H

#include <jansson.h>

#include "import/maskruns.h"

/* Pixels of the largest mask that is taken. */
enum { COCORLE_PIXELS_MOST = 1 << 26 };

/* `counts`, a list or a text, of a mask of width × height, into `out`, which has begun; NULL: only the runs are wanted. Memory comes from `a`: a
 * bit for each pixel, whole bytes for a row.
 * False when the runs do not fill the mask exactly. */
bool cocorle_read(struct arena *a, json_t *counts, size_t width, size_t height, struct maskruns *out);

#endif
