/* The tabs of the Data Manager page. */
#ifndef LABELD_PAGE_DM_TABS_H
#define LABELD_PAGE_DM_TABS_H

#include "page/dm_state.h"

/* `tabs` of the context: see templates/README. */
void tabs_fill(struct rq *rq, const struct dm_state *state, json_t *ctx);

#endif
