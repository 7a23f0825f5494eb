/* A request waits for its own job by asking the queue, without a transaction and without a lock. */
#include "jobs/wait.h"

#include <assert.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/clock.h"
#include "jobs/wait.sql.h"

enum { PAUSE_FIRST_US = 10 * 1000, PAUSE_MOST_US = 250 * 1000 };

err *job_wait(struct db *db, int64_t job, bool *ended)
{
    int64_t until = clock_mono_us() + cfg.job_wait_ms * 1000;
    int64_t pause = PAUSE_FIRST_US;
    bool over = job == 0;

    assert(!tx_active(db));
    while (!over) {
        struct row r;

        TRY(db_one(db, SQL_job_ended, DB_ARGS(db_i64(job)), &r));
        over = row_bool(&r, JOB_ENDED_ENDED);
        if (over || row_bool(&r, JOB_ENDED_LATER) || clock_mono_us() + pause > until)
            break;
        usleep((useconds_t)pause);
        pause = pause * 5 / 4 < PAUSE_MOST_US ? pause * 5 / 4 : PAUSE_MOST_US;
    }
    if (ended)
        *ended = over;
    return OK;
}
