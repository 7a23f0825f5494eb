/* Answers of requests that leave their work to a job. */
#ifndef LABELD_API_JOBS_H
#define LABELD_API_JOBS_H

#include "http/rq.h"

/* Wait for it as long as requests do: the result of the job when it ended in time, else 202 with the job that goes on. Outside transactions.
 * Errors: CONFLICT (it failed, or somebody stopped it). */
err *api_job_answer(struct rq *rq, int64_t job) __attribute__((warn_unused_result));
/* That answer: the job goes on. */
void api_job_still_write(struct rq *rq, int64_t job);

#endif
