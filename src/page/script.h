/* Scripts of projects on pages: the resource that the labelling page runs, what that page is told, and the settings. */
#ifndef LABELD_PAGE_SCRIPT_H
#define LABELD_PAGE_SCRIPT_H

#include <jansson.h>

#include "db/db.h"
#include "http/rq.h"

/* Is there a code editor beside the annotation editor (contrib/install-code-editor)? Looks once, at start. */
void script_settings_init(struct arena *boot);

/* `script` of the labelling page's data: {src, version, full} or null. Widens the page's Content-Security-Policy by the organization's
 * hosts when there is one. */
err *script_island(struct rq *rq, int64_t project, json_t *island) __attribute__((warn_unused_result));

/* The tab of the settings. */
err *script_tab_fill(struct rq *rq, const struct row *r, json_t *ctx) __attribute__((warn_unused_result));
err *script_tab_save(struct rq *rq, const char **done) __attribute__((warn_unused_result));

#endif
