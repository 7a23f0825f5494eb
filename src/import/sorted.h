/* Places in a long text, sorted by a number, in a nameless file instead of memory: what belongs together in a document that is in no order. */
#ifndef LABELD_IMPORT_SORTED_H
#define LABELD_IMPORT_SORTED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct sorted_place {
    uint64_t key, at; /* equal keys come in the order of `at` */
    uint32_t len;
    uint32_t index;
};

struct sorted;

err *sorted_new(struct arena *a, struct sorted **out) __attribute__((warn_unused_result));
err *sorted_add(struct sorted *s, const struct sorted_place *p) __attribute__((warn_unused_result));
/* No more come: from now on they are read. */
err *sorted_end(struct sorted *s) __attribute__((warn_unused_result));
/* The next one; *more is false after the last. */
err *sorted_next(struct sorted *s, bool *more, struct sorted_place *out) __attribute__((warn_unused_result));

#endif
