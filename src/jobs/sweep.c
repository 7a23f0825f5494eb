/* The periodic job "sweep": removes what time has made worthless. Readers ask for the time themselves, so nothing is wrong while it
 * has not run yet. */
#include "base/cfg.h"
#include "base/log.h"
#include "http/spool.h"
#include "jobs/job.h"
#include "jobs/sweep.sql.h"

enum {
    KEEP_DONE_S = 7 * 86400,
    KEEP_FAILED_S = 30 * 86400,
};

err *job_sweep(struct job *j)
{
    int64_t sessions, locks, throttle, jobs;

    TRY(db_exec(j->db, SQL_sweep_sessions, DB_ARGS(db_i64(cfg.session_max_age_min), db_i64(cfg.session_idle_min)), &sessions));
    TRY(db_exec(j->db, SQL_sweep_locks, DB_NOARGS, &locks));
    TRY(db_exec(j->db, SQL_sweep_throttle, DB_ARGS(db_f64((double)cfg.login_window_s)), &throttle));
    TRY(db_exec(j->db, SQL_sweep_jobs, DB_ARGS(db_f64(KEEP_DONE_S), db_f64(KEEP_FAILED_S)), &jobs));
    spool_sweep(0);
    log_msg(LOG_INFO, "swept", "sessions=%lld locks=%lld throttle=%lld jobs=%lld", (long long)sessions, (long long)locks,
            (long long)throttle, (long long)jobs);
    return OK;
}
