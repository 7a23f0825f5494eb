/* Handlers of /api/projects/{id}/jobs/: what goes on in the background of a project. */
#include "api/handlers.h"

#include <string.h>

#include "api/jobs.h"
#include "core/scope.h"
#include "jobs/list.h"
#include "jobs/wait.h"

err *api_job_list(struct rq *rq)
{
    bool ended;

    TRY(rq_query_bool(rq, "ended", false, &ended));
    return job_list_write(rq->scope, rs_json(rq), rq_int(rq, "id"), ended);
}

err *api_job_get(struct rq *rq)
{
    return job_write(rq->scope, rs_json(rq), rq_int(rq, "id"), rq_int(rq, "job"));
}

err *api_job_cancel(struct rq *rq)
{
    TRY(job_cancel(rq->scope, rq_int(rq, "id"), rq_int(rq, "job")));
    return job_write(rq->scope, rs_json(rq), rq_int(rq, "id"), rq_int(rq, "job"));
}

/* ---- answers of others ---- */

void api_job_still_write(struct rq *rq, int64_t job)
{
    struct jw *w = rs_json_status(rq, 202);

    jw_obj(w);
    jw_kbool(w, "async", true);
    jw_ki64(w, "job", job);
    jw_kstr(w, "detail", arena_printf(rq->a, "The action goes on as job %lld", (long long)job));
    jw_end(w);
}

err *api_job_answer(struct rq *rq, int64_t job)
{
    struct job_outcome o;
    bool ended;

    TRY(job_wait(rq->scope->db, job, &ended));
    if (!ended) {
        api_job_still_write(rq, job);
        return OK;
    }
    TRY(job_outcome(rq->scope->db, job, &o));
    if (strcmp(o.state, "done") != 0 || !o.result)
        return err_new(rq->a, ERR_CONFLICT, "Job %lld was %s%s%s", (long long)job, strcmp(o.state, "failed") == 0 ? "not finished" : "stopped",
                       o.error ? ": " : "", o.error ? o.error : "");
    jw_raw(rs_json(rq), o.result);
    return OK;
}
