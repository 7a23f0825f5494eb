/* Workspaces on pages of others. */
#ifndef LABELD_PAGE_WORKSPACES_H
#define LABELD_PAGE_WORKSPACES_H

#include "page/page.h"

/* What stands beside the list of projects: key `places` (the first of them and the chosen one), and of the chosen one (0: none) `place`.
 * Errors: NOT_FOUND for a chosen one that the caller does not see. */
err *workspaces_beside(struct rq *rq, int64_t chosen, json_t *ctx) __attribute__((warn_unused_result));
/* Choices of where a project may go: [{value, text, selected}], the first is none, then the one that it is in (now 0: none). */
err *workspaces_choices(struct rq *rq, int64_t now, const char *now_title, json_t **out) __attribute__((warn_unused_result));

#endif
