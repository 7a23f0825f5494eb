/* Heartbeats and progress of a job whose connection is busy with one long transaction: they go over a second one. */
#ifndef LABELD_JOBS_ASIDE_H
#define LABELD_JOBS_ASIDE_H

#include "jobs/job.h"

struct job_aside {
    struct job *j;
    struct job twin;          /* the same job over the other connection */
    int64_t beat_at_us, total;
};

/* Connect; it ends with the job's arena. total: what progress is out of, 0 = not known. Errors: UNAVAILABLE. */
err *job_aside_open(struct job *j, int64_t total, struct job_aside *out) __attribute__((warn_unused_result));
/* Call it at short intervals: twice a second it beats and writes {"done", "total"}.
 * Errors: CONFLICT (another runner has the job), UNAVAILABLE (the runner is asked to stop): return at once. */
err *job_aside_beat(struct job_aside *s, int64_t done) __attribute__((warn_unused_result));

#endif
