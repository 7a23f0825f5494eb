/* Lists of ids that clients send as JSON, on their way into a query. */
#ifndef LABELD_API_IDLIST_H
#define LABELD_API_IDLIST_H

#include <jansson.h>

#include "http/rq.h"

#include "base/err.h"

/* [1,2] as the text of an int4[]; NULL and null give NULL. Errors: VALIDATION under `field`. */
err *idlist_read(struct arena *a, const char *field, json_t *list, const char **out)
    __attribute__((warn_unused_result));

/* Of a query: name=1,2, also repeated; NULL when it is not there. Errors: VALIDATION. */
err *idlist_query(struct rq *rq, const char *name, const char **out) __attribute__((warn_unused_result));

#endif
