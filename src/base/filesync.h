/* Files and names that outlive a power cut. */
#ifndef LABELD_BASE_FILESYNC_H
#define LABELD_BASE_FILESYNC_H

#include "base/err.h"

/* The bytes of a file, or the names in a directory, reach the disk. Errors: NO_SPACE, INTERNAL. */
err *filesync_path(struct arena *a, const char *path) __attribute__((warn_unused_result));
/* All that was written to the disk of a directory since it was opened as `fd`, the bytes of many files and their names together: one wait for
 * the disk instead of one for each. Errors: as above. */
err *filesync_disk(struct arena *a, int fd, const char *dir) __attribute__((warn_unused_result));
/* Make one directory, unless it is there, and sync the one above it. Errors: as above. */
err *filesync_directory(struct arena *a, const char *dir) __attribute__((warn_unused_result));

#endif
