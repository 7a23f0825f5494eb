/* Which objects a storage takes: the expression in regex_filter, from the beginning of the key, as the reference matches it. */
#ifndef LABELD_STORAGE_FILTER_H
#define LABELD_STORAGE_FILTER_H

#include <stdbool.h>

#include "base/err.h"

struct storage_filter;

/* pattern NULL or "" = everything. It lives as long as the arena. Errors: VALIDATION for what is no expression. */
err *storage_filter_new(struct arena *a, const char *pattern, struct storage_filter **out) __attribute__((warn_unused_result));
/* A match that takes too long is none. */
bool storage_filter_takes(struct storage_filter *f, const char *key);

#endif
