/* The periodic job "sweep": removes what time has made worthless. Readers ask for the time themselves, so nothing is wrong while it
 * has not run yet. */
#include "base/cfg.h"
#include "base/log.h"
#include "core/activity.sql.h"
#include "core/task_event.sql.h"
#include "http/spool.h"
#include "dm/pick.sql.h"
#include "hooks/deliver.sql.h"
#include "import/resumable.sql.h"
#include "jobs/job.h"
#include "jobs/sweep.sql.h"
#include "storage/storage.sql.h"

enum {
    KEEP_DONE_S = 7 * 86400,
    KEEP_FAILED_S = 30 * 86400,
    ROWS_PER_STEP = 5000,
};

/* Statement by statement, each its own transaction, until there is nothing left. */
static err *sweep(struct job *j, const struct sql_query *q, const struct db_arg *args, size_t nargs, const char *what)
{
    int64_t n, all = 0;

    do {
        TRY(db_exec(j->db, q, args, nargs, &n));
        all += n;
        TRY(job_beat(j, NULL, NULL));
        TRY(job_go_on(j));
    } while (n == ROWS_PER_STEP);
    if (all > 0)
        log_msg(LOG_INFO, "swept", "what=\"%s\" rows=%lld", what, (long long)all);
    return OK;
}

err *job_sweep(struct job *j)
{
    const struct db_arg most = db_i64(ROWS_PER_STEP);

    TRY(sweep(j, SQL_sweep_sessions, DB_ARGS(db_i64(cfg.session_max_age_min), db_i64(cfg.session_idle_min), most), "sessions"));
    TRY(sweep(j, SQL_sweep_locks, DB_ARGS(most), "task locks"));
    TRY(sweep(j, SQL_sweep_throttle, DB_ARGS(db_f64((double)cfg.login_window_s), most), "log-in counts"));
    TRY(sweep(j, SQL_sweep_jobs, DB_ARGS(db_f64(KEEP_DONE_S), db_f64(KEEP_FAILED_S), most), "ended jobs"));
    TRY(sweep(j, SQL_deliver_sweep, DB_ARGS(most), "deliveries of webhooks"));
    TRY(sweep(j, SQL_deliver_sweep_events, DB_ARGS(most), "events of webhooks"));
    TRY(sweep(j, SQL_sweep_imports, DB_ARGS(most), "remembered imports"));
    TRY(sweep(j, SQL_pick_sweep, DB_ARGS(most), "picked tasks"));
    TRY(sweep(j, SQL_resumable_sweep, DB_ARGS(db_f64((double)cfg.upload_pending_s), most), "files sent in pieces"));
    TRY(db_exec(j->db, SQL_storage_wake_due, DB_NOARGS, NULL));
    if (cfg.activity_log_days > 0)
        TRY(sweep(j, SQL_activity_sweep, DB_ARGS(db_i64(cfg.activity_log_days), most), "activity log"));
    if (cfg.task_event_days > 0)
        TRY(sweep(j, SQL_task_event_sweep, DB_ARGS(db_i64(cfg.task_event_days), most), "events of the labelling page"));
    spool_sweep(0);
    return OK;
}
