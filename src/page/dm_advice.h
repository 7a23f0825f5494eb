/* Advice beside a list of tasks that could not be found in time. */
#ifndef LABELD_PAGE_DM_ADVICE_H
#define LABELD_PAGE_DM_ADVICE_H

#include "dm/query.h"
#include "page/dm_state.h"

/* `advice` of the context: [{text, link, href|null}]; of a query that was found (NULL) none. */
err *dm_advice_fill(struct rq *rq, const struct dm_state *s, const struct dm_query *q, json_t *ctx) __attribute__((warn_unused_result));

#endif
