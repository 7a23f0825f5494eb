/* Which credential a request brings, from its headers and cookies. Whether it is any good is core/auth.h's to say. */
#ifndef LABELD_API_CREDENTIALS_H
#define LABELD_API_CREDENTIALS_H

#include "core/scope.h"
#include "http/rq.h"

/* Fill rq->scope from the request's credential; it stays anonymous when there is none.
 * tokens  legacy tokens count (not on pages)
 * Errors: UNAUTHENTICATED with the reference's detail, for a credential that is there but no good. */
err *credentials_check(struct rq *rq, bool tokens) __attribute__((warn_unused_result));

#endif
