/* Masks as COCO writes them: lengths of runs down the columns, first of what is not in the mask; as a list of numbers or packed as a text. */
#ifndef LABELD_IMPORT_COCORLE_H
#define LABELD_IMPORT_COCORLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Pixels of the largest mask that is taken. */
enum { COCORLE_PIXELS_MOST = 1 << 26 };

/* `counts`, a list or a text, of a mask of width × height: alpha gets 255 where the mask is, row by row; it must be zero before. NULL: only
 * the runs are wanted.
 * False when the runs do not fill the mask exactly. */
bool cocorle_alpha(json_t *counts, size_t width, size_t height, unsigned char *alpha);

#endif
