/* What a request may ask before any handler runs: cross-origin access, the methods of a path, the type of the answer. */
#ifndef LABELD_API_NEGOTIATE_H
#define LABELD_API_NEGOTIATE_H

#include "http/rq.h"

/* Access-Control-Allow-Origin and Vary for a request with an Origin. Credentials are never allowed across origins: tokens only. */
void negotiate_cors(struct rq *rq);
bool negotiate_is_preflight(const struct rq *rq);
/* 200 with what cross-origin requests may use. */
err *negotiate_preflight(struct rq *rq) __attribute__((warn_unused_result));

/* The Allow header of the matched path. */
void negotiate_allow(struct rq *rq);
/* The answer to OPTIONS: what the path is for and which fields it takes. `t` finds the path's routes. */
err *negotiate_options(struct rq *rq, const struct route_trie *t) __attribute__((warn_unused_result));
/* NOT_ACCEPTABLE when the Accept header rules JSON out. */
err *negotiate_accept(struct rq *rq) __attribute__((warn_unused_result));

#endif
