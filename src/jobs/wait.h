/* Waiting for a job that the request itself has caused, so that clients who expect the work done find it done. */
#ifndef LABELD_JOBS_WAIT_H
#define LABELD_JOBS_WAIT_H

#include "db/db.h"

/* Wait until the job has ended, at most cfg.job_wait_ms; the work goes on all the same when that is over. Of one that failed and is
 * to be tried again nobody knows when it ends: nothing is waited for then.
 *
 * job    of queue_add() in a transaction that is committed; 0 = nothing to wait for
 * ended  out: it came to its end, well or not; may be NULL
 *
 * Call it outside transactions: queue the job in one, commit, wait, then read and answer. It asks every few milliseconds at first and
 * four times a second later. Errors: UNAVAILABLE; never the job's own. */
err *job_wait(struct db *db, int64_t job, bool *ended) __attribute__((warn_unused_result));

#endif
