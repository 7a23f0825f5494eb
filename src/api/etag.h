/* Optimistic writing: GET gives an ETag, If-Match guards a change with it (412); `Prefer: optimistic` compares the body's
 * updated_at instead (409). Requests without either header are not checked. */
#ifndef LABELD_API_ETAG_H
#define LABELD_API_ETAG_H

#include "core/stamp.h"
#include "http/rq.h"

/* ETag of an answer, from a row's updated_at column. */
void etag_set(struct rq *rq, const struct row *r, int col);
/* Before changing an object, in its transaction. Errors: NOT_FOUND, PRECONDITION, CONFLICT. */
err *etag_guard(struct rq *rq, enum stamp_kind kind, int64_t id) __attribute__((warn_unused_result));

#endif
