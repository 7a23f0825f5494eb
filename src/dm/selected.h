/* The ids of everything that a query selects, for what is done to tasks at once. */
#ifndef LABELD_DM_SELECTED_H
#define LABELD_DM_SELECTED_H

#include "core/scope.h"
#include "dm/query.h"

/* In the order of inner_id; asked for anew, never from a kept list. Errors: VALIDATION (nothing is selected, a regular expression that is
 * none). */
err *dm_selected(struct scope *s, const struct dm_query *q, int64_t **ids, size_t *n) __attribute__((warn_unused_result));

#endif
