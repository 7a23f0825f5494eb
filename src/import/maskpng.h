/* Opening a PNG that is a mask of an item. */
#ifndef LABELD_IMPORT_MASKPNG_H
#define LABELD_IMPORT_MASKPNG_H

#include "import/foreign.h"
#include "import/pngrows.h"

/* A mask of the picture of `it`, which has its size from then on if it had none. It is counted, by its head, before pixels are read; memory
 * comes from f->mask, which is the mask's. *fits false: it was refused. */
err *maskpng_open(struct foreign *f, struct foreign_item *it, const struct bundle_file *file, struct pngrows *p, bool *fits) __attribute__((warn_unused_result));

#endif
