/* What happened on the labelling page: notes of editors and scripts about the time that is spent on a task. */
#ifndef LABELD_CORE_TASK_EVENT_H
#define LABELD_CORE_TASK_EVENT_H

#include "core/scope.h"
#include "json/jin.h"
#include "json/jw.h"

/* Keep one; `in` is read against B_TASK_EVENT. Errors: NOT_FOUND for a task that the caller does not see, VALIDATION. */
err *task_event_add(struct scope *s, int64_t task, const struct jin *in, struct row *out) __attribute__((warn_unused_result));
void task_event_write(struct jw *w, const struct row *r);

#endif
