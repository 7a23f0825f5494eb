/* Directories of this host below the document root (settings local_files_…). Paths are judged by where they really lead, so no symbolic link
 * and no ".." leads out. */
#ifndef LABELD_STORAGE_LOCAL_H
#define LABELD_STORAGE_LOCAL_H

#include "core/scope.h"

/* A path relative to the document root, as clients ask for it.
 *
 * real      out: where it leads, absolute
 * relative  out: the same below the document root
 *
 * Errors: PERMISSION when serving is off; NOT_FOUND for all that is no file below the root. */
err *local_resolve(struct arena *a, const char *asked, const char **real, const char **relative) __attribute__((warn_unused_result));
/* Open such a file for the caller, covered by a storage of this project, or, with project 0, of any that the caller sees. fd is -1 when it is
 * not there or nothing covers it. */
err *local_open(struct scope *s, int64_t project, const char *asked, int *fd) __attribute__((warn_unused_result));
/* Let nginx find the document root: <data_dir>/local leads to it. Called once at start; without the setting the link is removed. */
err *local_link(struct arena *a) __attribute__((warn_unused_result));

#endif
