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

/* Objects of other kinds (a table in etag.c says which) need nothing of their handlers. etag_check: before a change, in its transaction.
 * etag_offer: before a GET; *tag is the header for an answer that is given, NULL where there is none. */
err *etag_check(struct rq *rq) __attribute__((warn_unused_result));
err *etag_check_again(void *rq) __attribute__((warn_unused_result)); /* the check of a stamp_guard */
err *etag_offer(struct rq *rq, const char **tag) __attribute__((warn_unused_result));

#endif
