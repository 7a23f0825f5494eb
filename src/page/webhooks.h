/* The settings tab of a project's webhooks; the frame around it is settings.c. */
#ifndef LABELD_PAGE_WEBHOOKS_H
#define LABELD_PAGE_WEBHOOKS_H

#include <jansson.h>

#include "http/rq.h"

/* The webhooks, what can be told of, and the log of the one that ?hook= names. */
err *webhooks_fill(struct rq *rq, json_t *ctx) __attribute__((warn_unused_result));
/* Add, pause, resume, delete, or send again; *done: what to tell afterwards. Errors: VALIDATION, PERMISSION (address), NOT_FOUND. */
err *webhooks_save(struct rq *rq, const char **done) __attribute__((warn_unused_result));

#endif
