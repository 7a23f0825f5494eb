/* Files mapped as text. Pages that were read count as memory of the process until they are given back, so whoever reads a long
 * text once says how far it has come. */
#ifndef LABELD_BASE_FILEMAP_H
#define LABELD_BASE_FILEMAP_H

#include <stddef.h>

#include "base/err.h"

/* Map the first `len` bytes (at least one) of a file for reading, until the arena ends; fd may be closed afterwards. */
err *filemap_open(struct arena *a, int fd, size_t len, const char **out) __attribute__((warn_unused_result));
/* A whole file by its name; of an empty one "" and 0. Errors: NOT_FOUND, and as above. */
err *filemap_whole(struct arena *a, const char *path, const char **out, size_t *len) __attribute__((warn_unused_result));
/* The reader has come to p: what lies before it leaves memory, and comes back from the file should anybody look at it again.
 * p may point into any other memory, which stays as it is. */
void filemap_passed(const char *p);
/* Of the file that holds p nothing needs to be in memory: for readers that jump about in it. */
void filemap_drop(const char *p);

#endif
