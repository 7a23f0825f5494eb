/* States of annotations: what each version in their history left them in, and the steps that are made by name. */
#ifndef LABELD_CORE_STATE_H
#define LABELD_CORE_STATE_H

#include "core/scope.h"
#include "json/jw.h"

/* Which records; NULL or 0 = any. Moments as texts that Postgres reads. */
struct state_filter {
    const char *state, *previous, *transition, *since, *until;
    int64_t by;
    bool newest_first;
};

struct state_page {
    struct rows rows;
    int64_t total;
};

/* Records of an annotation. Errors: NOT_FOUND when the caller does not see it. */
err *state_list(struct scope *s, int64_t annotation, const struct state_filter *f, int64_t skip, int64_t most, struct state_page *out) __attribute__((warn_unused_result));
void state_write(struct scope *s, struct jw *w, const struct row *r);
/* The state after a record; borrowed. */
const char *state_of(const struct row *r);

/* What `transition` makes of an annotation's was_cancelled; in a transaction, which keeps its task locked. Errors: VALIDATION under transition_name for one that does not exist or does
 * not lead out of the state that the annotation is in. */
err *state_step(struct scope *s, int64_t annotation, const char *transition, bool *cancel) __attribute__((warn_unused_result));

#endif
