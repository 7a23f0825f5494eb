/* Handlers of /api/projects/{id}/jobs/: what goes on in the background of a project. */
#include "api/handlers.h"

#include "core/scope.h"
#include "jobs/list.h"

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
