/* The tasks that somebody has picked from the table: single ones, or all that match but some. As fields of a form and as parameters:
 *   ids=1,2,3 (also one by one)      all=1  except=4,5      picked=7: what was kept under this number */
#ifndef LABELD_PAGE_DM_PICKED_H
#define LABELD_PAGE_DM_PICKED_H

#include "page/dm_state.h"

struct dm_picked {
    bool all;
    const int64_t *ids;      /* picked, or with `all` excepted */
    size_t n;
    int64_t kept;            /* under which number; 0 */
};

/* Errors: BAD_REQUEST (no number), NOT_FOUND (not kept any more). */
err *dm_picked_form(struct rq *rq, struct dm_picked *out) __attribute__((warn_unused_result));
err *dm_picked_query(struct rq *rq, struct dm_picked *out) __attribute__((warn_unused_result));
/* Is anything picked? */
bool dm_picked_any(const struct dm_picked *p);
/* Of what the state finds these: JSON for dm_compile, tied to the arena. */
json_t *dm_picked_question(struct arena *a, const struct dm_state *s, const struct dm_picked *p);
/* The same for clients that send it back: what is kept by its number (pick_resolve). */
json_t *dm_picked_short(struct arena *a, const struct dm_state *s, const struct dm_picked *p);
/* [{name, value}] for the next form; new reference. */
json_t *dm_picked_fields(struct arena *a, const struct dm_picked *p);
/* Keep what is too much for an address. */
err *dm_picked_keep(struct rq *rq, struct dm_picked *p) __attribute__((warn_unused_result));
/* "&ids=1,2": for an address. */
const char *dm_picked_href(struct arena *a, const struct dm_picked *p);

#endif
