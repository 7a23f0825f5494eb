/* CSRF for sessions: double-submit token bound to the cookie, plus an Origin / Sec-Fetch-Site check on every unsafe session request. */
#ifndef LABELD_HTTP_CSRF_H
#define LABELD_HTTP_CSRF_H

#include "http/rq.h"

/* Token for forms of this page, under a mask that no other page has; sets cookie `csrftoken` (1 year) when the request has none. */
const char *csrf_token(struct rq *rq);
/* Unsafe method with a session: Origin (or Referer) must be this host or a trusted origin; `form` also demands the field
 * `csrfmiddlewaretoken` or header X-CSRFToken with the cookie's token, masked or not.
 * Errors: PERMISSION "CSRF Failed: …", naming the origin seen and the setting to change. */
err *csrf_check(struct rq *rq, bool form) __attribute__((warn_unused_result));

#endif
