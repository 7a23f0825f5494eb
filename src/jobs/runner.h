/* The runner: takes jobs from the queue one at a time, runs their handlers and writes down how it went. */
#ifndef LABELD_JOBS_RUNNER_H
#define LABELD_JOBS_RUNNER_H

#include "jobs/job.h"

struct runner {
    struct db *db;
    struct arena *a;                   /* of one round; reset by runner_step */
    const struct job_def *defs;        /* job_defs; tests bring their own */
    bool (*stopping)(void);
    int64_t look_at_us;                /* next look for silent and periodic jobs */
    bool down;                         /* the database was away at the last look: say so once */
};

/* One round: at most one job is run. *worked says whether there was one. A job that fails is no error of the runner.
 * Errors: UNAVAILABLE and other failures of the queue itself. */
err *runner_step(struct runner *r, bool *worked) __attribute__((warn_unused_result));
/* Rounds until stopping() says so, or with `once` until nothing is ready. */
void runner_run(struct runner *r, bool once);

#endif
