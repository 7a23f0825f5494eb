/* The tasks that somebody has picked from the table: single ones, or all that match but some. As fields of a form and as parameters:
 *   ids=1,2,3 (also one by one)      all=1  except=4,5 */
#ifndef LABELD_PAGE_DM_PICKED_H
#define LABELD_PAGE_DM_PICKED_H

#include "page/dm_state.h"

struct dm_picked {
    bool all;
    const int64_t *ids;      /* picked, or with `all` excepted */
    size_t n;
};

/* Errors: BAD_REQUEST (no number). */
err *dm_picked_form(struct rq *rq, struct dm_picked *out) __attribute__((warn_unused_result));
err *dm_picked_query(struct rq *rq, struct dm_picked *out) __attribute__((warn_unused_result));
/* Is anything picked? */
bool dm_picked_any(const struct dm_picked *p);
/* Of what the state finds these: JSON for dm_compile, tied to the arena. */
json_t *dm_picked_question(struct arena *a, const struct dm_state *s, const struct dm_picked *p);
/* [{name, value}] for the next form; new reference. */
json_t *dm_picked_fields(struct arena *a, const struct dm_picked *p);
/* "&ids=1,2": for an address. */
const char *dm_picked_href(struct arena *a, const struct dm_picked *p);

#endif
