/* Archives into bundles: one nameless file with all their bytes, within limits. */
#ifndef LABELD_IMPORT_UNPACK_H
#define LABELD_IMPORT_UNPACK_H

#include "import/bundle.h"

/* Errors: as bundle_add_file. */
err *unpack(struct bundle *b, const char *name, const char *path) __attribute__((warn_unused_result));
/* Why no file of an archive may be called so; NULL when it may. */
const char *unpack_name_problem(const char *name);

#endif
