/* The next task for an annotator out of what a query finds. */
#ifndef LABELD_DM_NEXT_H
#define LABELD_DM_NEXT_H

#include "core/stream.h"
#include "dm/query.h"

/* Of a query that was sent along: the first task of its order that is unfinished and not the caller's own, one that nobody else
 * occupies if there is any. In a transaction of the caller's. Errors: NOT_FOUND "There are no tasks for <email>". */
err *dm_next_of_query(struct scope *s, const struct dm_query *q, struct stream_task *out) __attribute__((warn_unused_result));
/* Of a view: the stream within it. First what the caller holds already, then by the project's sampling, never what others occupy. */
err *dm_next_of_view(struct scope *s, const struct dm_query *q, struct stream_task *out) __attribute__((warn_unused_result));

/* The next task to review: out of what a query finds (JSON as dm_compile takes it), or without one by the project's settings. A selection
 * knows no limits of those. Errors: NOT_FOUND (project, nothing left), PERMISSION, VALIDATION. */
err *dm_next_review(struct scope *s, int64_t project, const json_t *query, struct stream_task *out) __attribute__((warn_unused_result));

#endif
