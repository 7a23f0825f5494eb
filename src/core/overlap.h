/* Overlaps of tasks: what a change of maximum_annotations, overlap_cohort_percentage, skip_queue or the distribution of tasks, and tasks
 * that come or go, mean for them. A change is a row of overlap_change that is brought to the tasks in steps: a small project's in one step within the request,
 * a big one's by a job. */
#ifndef LABELD_CORE_OVERLAP_H
#define LABELD_CORE_OVERLAP_H

#include "core/scope.h"

enum { OVERLAP_AT_ONCE = 5000 };   /* tasks that a request handles itself; more are a job's */

/* The settings that decide. */
struct overlap_settings {
    int64_t overlap, percentage;   /* maximum_annotations, overlap_cohort_percentage */
    const char *skip_queue;        /* may be NULL */
    const char *distribution;      /* label_stream_task_distribution */
};

/* After the project's settings were changed, in that transaction, which holds the project's row.
 * job   out: the job that goes on with it, 0 = all done */
err *overlap_follow(struct scope *s, int64_t project, const struct overlap_settings *before, const struct overlap_settings *after,
                    int64_t *job) __attribute__((warn_unused_result));

/* Overlap of tasks that are imported now; read it after the project's numbering was locked, so that no change of settings is missed.
 * cohort: overlap_redraw() is due when they are in. */
err *overlap_of_new(struct db *db, int64_t project, int64_t *overlap, bool *cohort) __attribute__((warn_unused_result));
/* Tasks came or went: queue a new draw for a project that has a cohort. Only a job may do it, since the caller holds counters and must
 * not lock further tasks. job: out, to wait for; 0 = none, or a big project, whose draw nobody should wait for. May be NULL. */
err *overlap_redraw(struct db *db, int64_t project, int64_t *job) __attribute__((warn_unused_result));
/* The same for the projects of these tasks. */
err *overlap_redraw_of(struct db *db, const int64_t *tasks, size_t n, int64_t *job) __attribute__((warn_unused_result));

/* One step in the caller's transaction: at most `most` tasks. LATER: tasks are just being added, look again when they are in. */
enum overlap_state { OVERLAP_DONE, OVERLAP_MORE, OVERLAP_LATER };
err *overlap_step(struct db *db, int64_t project, int64_t most, enum overlap_state *state) __attribute__((warn_unused_result));
/* Make the steps that follow a new draw of the cohort, if there is one. */
err *overlap_begin_redraw(struct db *db, int64_t project) __attribute__((warn_unused_result));

/* Recount tasks with skipped annotations, or (all) with any, after `after`; *last is where it got, *more whether tasks may follow. */
err *overlap_skip_step(struct db *db, int64_t project, bool all, int64_t after, int64_t most, int64_t *last, bool *more) __attribute__((warn_unused_result));

#endif
