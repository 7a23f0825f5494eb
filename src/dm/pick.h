/* Tasks that somebody picked and that an address is too short for: kept under a number, for them alone. */
#ifndef LABELD_DM_PICK_H
#define LABELD_DM_PICK_H

#include <jansson.h>

#include "core/scope.h"

/* Single tasks, or with `all` what is excepted. The project is one that the caller sees. */
err *pick_keep(struct scope *s, int64_t project, bool all, const int64_t *ids, size_t n, int64_t *id) __attribute__((warn_unused_result));
/* Errors: NOT_FOUND (of somebody else, or too long ago). */
err *pick_get(struct scope *s, int64_t project, int64_t id, bool *all, int64_t **ids, size_t *n) __attribute__((warn_unused_result));
/* The JSON of such a choice: {"all", "included" or "excluded"}; new reference. */
json_t *pick_items(bool all, const int64_t *ids, size_t n);
/* A query whose selectedItems are {"picked": id} with the choice itself in its place; any other as it is. Tied to the arena.
 * Errors: NOT_FOUND. */
err *pick_resolve(struct scope *s, int64_t project, const json_t *query, const json_t **out) __attribute__((warn_unused_result));

#endif
