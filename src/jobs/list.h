/* Jobs as people and API see them: those of one project, how far they got, and stopping one. */
#ifndef LABELD_JOBS_LIST_H
#define LABELD_JOBS_LIST_H

#include "core/scope.h"
#include "json/jw.h"

/* One job, as every address shows it:
 *   id, kind, title, state (waiting running done failed cancelled), created_at, started_at, finished_at, created_by,
 *   done, total (of what it goes through; null: unknown), rate (per second), can_cancel, result (its action's answer), error
 * Errors of all: NOT_FOUND (project or job). */
err *job_write(struct scope *s, struct jw *w, int64_t project, int64_t job) __attribute__((warn_unused_result));
/* Waiting and running ones, oldest first; ended: also those that ended within the last days. */
err *job_list_write(struct scope *s, struct jw *w, int64_t project, bool ended) __attribute__((warn_unused_result));
/* The same for pages; done and total are 0 where they are unknown. */
struct job_line {
    int64_t id, done, total;
    const char *title, *state, *error;
    const char *detail;             /* what its action answered, or NULL */
    const char *created_at, *finished_at;
    const char *trash_kind, *moment;   /* "task" or "annotation": what it deleted lies in the trash under this moment; else NULL */
    bool can_cancel, is_over;
};
err *job_lines(struct scope *s, int64_t project, bool ended, struct job_line **out, size_t *n) __attribute__((warn_unused_result));
/* Stop it after the step at work; what is done stays done. In a transaction. Errors: CONFLICT when it is over, or no job to be stopped. */
err *job_cancel(struct scope *s, int64_t project, int64_t job) __attribute__((warn_unused_result));

/* What became of a job that an action was given to. state: as above. result: the answer's JSON, or NULL. error: or NULL. */
struct job_outcome {
    const char *state, *result, *error;
};
err *job_outcome(struct db *db, int64_t job, struct job_outcome *out) __attribute__((warn_unused_result));

#endif
