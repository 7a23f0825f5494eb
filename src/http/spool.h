/* Temporary files of requests, below cfg.data_dir/tmp. */
#ifndef LABELD_HTTP_SPOOL_H
#define LABELD_HTTP_SPOOL_H

#include <sys/types.h>

#include "base/err.h"

/* A nameless file that vanishes with its descriptor. The caller closes it. */
err *spool_anonymous(struct arena *a, int *fd) __attribute__((warn_unused_result));
/* A named file, removed when the arena is reset unless it was renamed before. The caller closes it. */
err *spool_named(struct arena *a, const char **path, int *fd) __attribute__((warn_unused_result));
/* All of p; errors are NO_SPACE, INTERNAL. */
err *spool_write(struct arena *a, int fd, const void *p, size_t len) __attribute__((warn_unused_result));

/* Remove what a crashed worker left; pid 0: files of any process of this or another host older than a day. */
void spool_sweep(pid_t pid);

#endif
