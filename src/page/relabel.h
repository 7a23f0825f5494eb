/* What becomes of labels in use that a new label configuration has no more: asked on the settings page, done by the action "relabel". */
#ifndef LABELD_PAGE_RELABEL_H
#define LABELD_PAGE_RELABEL_H

#include "page/page.h"

/* has_breaks, breaks_text and breaks of the context: for a configuration that was sent and would lose labels, else nothing. */
err *relabel_fill(struct rq *rq, const char *xml, json_t *ctx) __attribute__((warn_unused_result));

struct relabelling {
    bool decided;            /* labels go, and there is an answer for every one of them */
    json_t *map;             /* parameter of the action; empty: nothing changes */
};
err *relabel_read(struct rq *rq, const char *xml, struct relabelling *out) __attribute__((warn_unused_result));
/* In the transaction that changes the configuration; a big project is a job's. done: what to tell afterwards. */
err *relabel_do(struct rq *rq, const struct relabelling *r, const char **done) __attribute__((warn_unused_result));

#endif
