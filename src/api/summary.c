/* Handlers of /api/projects/{id}/summary/. */
#include "api/handlers.h"

#include "core/summary.h"

err *api_summary_get(struct rq *rq)
{
    return summary_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}

/* The answer has no body. */
err *api_summary_reset(struct rq *rq)
{
    return summary_reset(rq->scope, rq_int(rq, "id"));
}
