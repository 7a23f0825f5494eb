/* The task stream: which task this annotator gets next. */
#ifndef LABELD_CORE_STREAM_H
#define LABELD_CORE_STREAM_H

#include "core/scope.h"
#include "json/jw.h"

struct stream_task {
    int64_t task;
    const char *queue;           /* "Sequence queue", "Task lock" …, as clients show it */
    const char *lock;            /* UUID of the caller's lock; NULL: others hold as many as the task wants, and it is given out all the same */
    const char *model_version;   /* predictions to show; NULL = none at all */
    enum { STREAM_NONE, STREAM_OWN, STREAM_ALL } show;   /* annotations that come along, with their reviews: the caller's rejected one, or all */
};

/* Choose a task, take its lock, note it in the history; in a transaction of its own.
 * Errors: NOT_FOUND: project not visible, or "There are no tasks for <email>". */
err *stream_next(struct scope *s, int64_t project, struct stream_task *out) __attribute__((warn_unused_result));
/* Give out a task that the caller found elsewhere (a view of the Data Manager), with a lock unless others hold enough of them; in the
 * transaction of the search. Errors: NOT_FOUND (project). */
err *stream_give(struct scope *s, int64_t project, int64_t task, const char *queue, struct stream_task *out) __attribute__((warn_unused_result));
/* Nothing is left. */
err *stream_none(struct scope *s) __attribute__((warn_unused_result));
/* Write the chosen task as the stream answers it. */
err *stream_write(struct scope *s, struct jw *w, const struct stream_task *t) __attribute__((warn_unused_result));
/* [{"taskId","annotationId"}], oldest first. */
err *stream_history_write(struct scope *s, struct jw *w, int64_t project) __attribute__((warn_unused_result));

#endif
