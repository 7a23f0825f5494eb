/* Bytes that wait for their place in an archive, in a nameless file: what is written last counts all before it. */
#ifndef LABELD_EXPORT_SPOOL_H
#define LABELD_EXPORT_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct exp_spool;

/* Lives as long as the arena; it must be one that is not rewound meanwhile. Errors: NO_SPACE, INTERNAL. */
err *exp_spool_open(struct arena *a, struct exp_spool **out) __attribute__((warn_unused_result));
err *exp_spool_add(struct exp_spool *s, const void *p, size_t len) __attribute__((warn_unused_result));
int64_t exp_spool_size(const struct exp_spool *s);
/* Read what was added; len bytes from at must be there. */
err *exp_spool_read(struct exp_spool *s, int64_t at, void *p, size_t len) __attribute__((warn_unused_result));

/* Files by name in a spool: of equal names the last one counts, as when each is written over the one before. Memory is some 40 bytes for
 * each name. */
struct exp_parts;

typedef err *exp_part_fn(void *to, struct exp_spool *s, const char *name, int64_t at, size_t len);

err *exp_parts_open(struct arena *a, struct exp_parts **out) __attribute__((warn_unused_result));
err *exp_parts_put(struct exp_parts *p, const char *name, const void *bytes, size_t len) __attribute__((warn_unused_result));
size_t exp_parts_count(const struct exp_parts *p);
bool exp_parts_has(const struct exp_parts *p, const char *name);
/* Call fn for each, in the order in which the names came first. */
err *exp_parts_each(struct exp_parts *p, exp_part_fn *fn, void *to) __attribute__((warn_unused_result));

#endif
