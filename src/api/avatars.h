/* The picture that a form brings. */
#ifndef LABELD_API_AVATARS_H
#define LABELD_API_AVATARS_H

#include "http/rq.h"

/* Make the request's first file the user's picture. In a transaction of the caller's. Errors: VALIDATION under `avatar`, PERMISSION, NOT_FOUND. */
err *avatar_take(struct rq *rq, int64_t user) __attribute__((warn_unused_result));

#endif
