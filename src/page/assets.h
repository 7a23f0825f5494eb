/* The version of the static files, which stands in their addresses so that browsers may keep them for ever. */
#ifndef LABELD_PAGE_ASSETS_H
#define LABELD_PAGE_ASSETS_H

#include "base/arena.h"
#include "base/err.h"

/* "v" and hex digits that change when a file below `dir` comes, goes or changes; the same on every host with the same files. */
err *assets_version(struct arena *a, const char *dir, const char **out) __attribute__((warn_unused_result));

#endif
