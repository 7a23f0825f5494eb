/* The filter of the Data Manager page: read from the address, told by its lines what is wrong, drawn as chips and as the form that
 * changes it. */
#ifndef LABELD_PAGE_DM_FILTER_H
#define LABELD_PAGE_DM_FILTER_H

#include "dm/query.h"
#include "page/dm_lines.h"
#include "page/dm_state.h"
#include "page/page.h"

/* The lines of an address, with times as moments and people by their ids. Times without a zone are the reader's. tab: the filter
 * of the open tab, or NULL. */
err *dm_filter_lines(struct rq *rq, const struct rq_pair *sent, size_t n, const json_t *tab, struct dm_lines *out) __attribute__((warn_unused_result));
/* Lines of the address into state->filters, and back into state->lines as links repeat them. */
err *dm_filter_read(struct rq *rq, const struct rq_pair *sent, size_t n, struct dm_state *state) __attribute__((warn_unused_result));
/* Make the state one with these lines instead. */
err *dm_filter_put(struct arena *a, const struct dm_lines *lines, struct dm_state *state) __attribute__((warn_unused_result));
/* "price:number" and direction=down, as the form sends them, into an order: "-data.price", *as_number. */
const char *dm_filter_order(struct rq *rq, const char *ordering, bool *as_number);
/* Keys `filter` and `order` of the context: see templates/README. The form is made where it is open; else it is fetched when it opens. */
err *dm_filter_fill(struct rq *rq, const struct dm_state *state, const struct dm_context *context, json_t *ctx) __attribute__((warn_unused_result));

#endif
