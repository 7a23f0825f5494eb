/* Workspaces on pages of others. */
#ifndef LABELD_PAGE_WORKSPACES_H
#define LABELD_PAGE_WORKSPACES_H

#include "page/page.h"

/* What stands beside the list of projects: key `places` (the first of them and the chosen one), and of the chosen one (0: none) `place`.
 * Errors: NOT_FOUND for a chosen one that the caller does not see. */
err *workspaces_beside(struct rq *rq, int64_t chosen, json_t *ctx) __attribute__((warn_unused_result));
/* Choices of where a project goes: key `workspaces` ([{value, text, selected}], the first is none; [] when there are no workspaces). */
err *workspaces_choices(struct rq *rq, const char *chosen, json_t *ctx) __attribute__((warn_unused_result));

#endif
