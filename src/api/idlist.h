/* Ids that clients send, one or many, on their way into a query. */
#ifndef LABELD_API_IDLIST_H
#define LABELD_API_IDLIST_H

#include <jansson.h>

#include "http/rq.h"

#include "base/err.h"

/* [1,2] as the text of an int4[]; NULL and null give NULL. Errors: VALIDATION under `field`. */
err *idlist_read(struct arena *a, const char *field, json_t *list, const char **out)
    __attribute__((warn_unused_result));

/* One id of a query: 0 = not asked for; one that no row can have matches none (-1). Errors: VALIDATION. */
err *id_query(struct rq *rq, const char *name, int64_t *out) __attribute__((warn_unused_result));

/* Of a query: name=1,2, also repeated; NULL when it is not there. Errors: VALIDATION. */
err *idlist_query(struct rq *rq, const char *name, const char **out) __attribute__((warn_unused_result));

#endif
