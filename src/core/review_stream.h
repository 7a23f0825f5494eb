/* The stream of reviews: which task this reviewer gets next. */
#ifndef LABELD_CORE_REVIEW_STREAM_H
#define LABELD_CORE_REVIEW_STREAM_H

#include "core/stream.h"

/* By the project's settings; the reviewer has one task in hand, which nobody else gets meanwhile. In a transaction of its own.
 * Errors: NOT_FOUND (project, nothing left), PERMISSION. */
err *review_next(struct scope *s, int64_t project, struct stream_task *out) __attribute__((warn_unused_result));
/* Give out a task that the caller found elsewhere, in the transaction of the search. */
err *review_give(struct scope *s, int64_t project, int64_t task, struct stream_task *out) __attribute__((warn_unused_result));
/* Make the queue of what waits for a review, which a project has when the last step is done. begin: once per slot of the counters, each in
 * a transaction of its own, all before the first step; whoever changes tasks keeps the queue from then on. Both may be repeated.
 * after, last: inner ids. */
err *review_queue_begin(struct db *db, int64_t project, int slot) __attribute__((warn_unused_result));
err *review_queue_step(struct db *db, int64_t project, int64_t after, int64_t most, int64_t *last, bool *more) __attribute__((warn_unused_result));
enum { REVIEW_QUEUE_SLOTS = 16 };      /* counter_slot() of the schema */
/* May the caller review here? Errors: NOT_FOUND, PERMISSION. */
err *review_check(struct scope *s, int64_t project) __attribute__((warn_unused_result));

#endif
