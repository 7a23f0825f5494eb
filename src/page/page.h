/* HTML pages: the templates, the context that every page shares, and the pages that the gate itself shows. */
#ifndef LABELD_PAGE_PAGE_H
#define LABELD_PAGE_PAGE_H

#include <jansson.h>

#include "core/scope.h"
#include "http/rq.h"

/* Compile the templates of cfg.template_dir into `boot`. Errors: BAD_REQUEST naming file and line. */
err *page_init(struct arena *boot) __attribute__((warn_unused_result));

/* What every page needs: base, static, csrf, user, organization, can, page. `page` names the current entry of the navigation.
 * The object belongs to the request; handlers add their own keys (json_object_set_new). */
json_t *page_context(struct rq *rq, const char *page);
/* Render a template as the answer (status as set, default 200). */
err *page_render(struct rq *rq, const char *template, json_t *ctx) __attribute__((warn_unused_result));

/* The error as a page, with its status; plain HTML when the templates fail. Does not finish the answer. */
void page_error(struct rq *rq, const err *e);
/* "Your account is waiting for activation." */
err *page_waiting(struct rq *rq) __attribute__((warn_unused_result));

#endif
