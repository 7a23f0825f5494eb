/* The regions of one class mask. */
#ifndef LABELD_IMPORT_CLASSREAD_H
#define LABELD_IMPORT_CLASSREAD_H

#include "import/classnames.h"

/* objects: a picture of the same size, whose pixels tell objects apart; NULL: there is none. While only looked at, regions have no masks. */
err *classread(struct foreign *f, struct foreign_item *it, const struct bundle_file *mask, const struct bundle_file *objects,
               const struct classnames *names) __attribute__((warn_unused_result));

#endif
