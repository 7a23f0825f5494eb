/* The account's page of keyboard shortcuts. */
#ifndef LABELD_PAGE_ACCOUNT_KEYS_H
#define LABELD_PAGE_ACCOUNT_KEYS_H

#include <jansson.h>

#include "http/rq.h"

/* Set `keys` of the context, from the stored keys or, on a POST, from the form that was sent. */
err *account_keys_fill(struct rq *rq, json_t *ctx) __attribute__((warn_unused_result));
/* Store the form: a field that holds the editor's own key is no entry, an empty one switches the key off, and `reset` names one to set
 * back, or all. Errors: VALIDATION under the action's name. */
err *account_keys_save(struct rq *rq) __attribute__((warn_unused_result));

#endif
