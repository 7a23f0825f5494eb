/* Files and names that outlive a power cut. */
#ifndef LABELD_BASE_FILESYNC_H
#define LABELD_BASE_FILESYNC_H

#include "base/err.h"

/* The bytes of a file, or the names in a directory, reach the disk. Errors: NO_SPACE, INTERNAL. */
err *filesync_path(struct arena *a, const char *path) __attribute__((warn_unused_result));
/* Make one directory, unless it is there, and sync the one above it. Errors: as above. */
err *filesync_directory(struct arena *a, const char *dir) __attribute__((warn_unused_result));

#endif
