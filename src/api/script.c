/* Scripts of projects: what went wrong where they ran, as the labelling page tells it. */
#include "api/handlers.h"
#include "core/script.h"

err *api_script_fault(struct rq *rq)
{
    const struct jin *in = &rq->in;
    int64_t project = rq_int(rq, "id");
    struct script now;

    TRY(script_current(rq->scope, project, &now));
    if (!now.on)
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
    TRY(script_fault_note(rq->scope, project, jin_int(in, "version", 0), jin_text(in, "event") ? jin_text(in, "event") : "",
                          jin_text(in, "message"), jin_int(in, "line", 0)));
    return rs_no_content(rq);
}
