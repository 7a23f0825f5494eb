/* The table of job kinds and the calls that handlers make while they run. */
#include "jobs/job.h"

#include <assert.h>

#include "base/text.h"
#include "jobs/runner.sql.h"

enum { PERIODIC_ATTEMPTS = 3 };

const struct job_def job_defs[] = {
#define JOB(kind, handler, max_attempts, doc) {kind, handler, max_attempts, 0, doc},
#define PERIODIC(kind, handler, every_s, doc) {kind, handler, PERIODIC_ATTEMPTS, every_s, doc},
#include "jobs/jobs.def"
#undef JOB
#undef PERIODIC
    {NULL, NULL, 0, 0, NULL},
};

err *job_beat(struct job *j, const char *checkpoint, const char *progress)
{
    int64_t n;

    TRY(db_exec(j->db, SQL_job_beat, DB_ARGS(db_i64(j->id), db_text(j->runner), db_text(checkpoint), db_text(progress)), &n));
    if (n == 1)
        return OK;
    j->lost = true;
    return err_new(j->a, ERR_CONFLICT, "Job %lld was cancelled or taken over", (long long)j->id);
}

err *job_check(struct job *j)
{
    struct row r;

    TRY(db_one(j->db, SQL_job_owner, DB_ARGS(db_i64(j->id), db_text(j->runner)), &r));
    if (row_bool(&r, JOB_OWNER_OURS))
        return OK;
    j->lost = true;
    return err_new(j->a, ERR_CONFLICT, "Job %lld was cancelled or taken over", (long long)j->id);
}

err *job_go_on(struct job *j)
{
    assert(!tx_active(j->db));
    if (!j->stopping())
        return OK;
    j->handed_back = true;
    return err_new(j->a, ERR_UNAVAILABLE, "Job %lld is handed back: the runner stops", (long long)j->id);
}

bool job_number(struct job *j, const char *object, const char *key, int64_t *out)
{
    struct span v = jspan_member(j->a, (struct span){object, strlen(object)}, key);

    return v.p && int_parse(span_dup(j->a, v), INT64_MIN, INT64_MAX, out);
}
