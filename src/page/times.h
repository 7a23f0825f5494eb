/* Times of a page in the timezone that its reader has set. */
#ifndef LABELD_PAGE_TIMES_H
#define LABELD_PAGE_TIMES_H

#include <jansson.h>

#include "http/rq.h"

/* Write every <key>_text that stands beside a <key>_iso anew, and note the timezone in `user`, so that scripts leave the times as they
 * are. Nothing happens for a reader who has set none. A failure leaves UTC. */
void times_to_local(struct rq *rq, json_t *ctx);

#endif
