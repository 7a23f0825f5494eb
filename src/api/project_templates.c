/* Handlers that make projects of others: duplicates and templates. */
#include "api/bodies.h"
#include "api/handlers.h"
#include "base/cfg.h"
#include "core/duplicate.h"
#include "core/project.h"
#include "core/project_template.h"
#include "jobs/wait.h"

/* ---- duplicates ---- */

struct duplicating {
    struct rq *rq;
    int64_t id, job;
};

static err *duplicate_tx(struct db *db, void *arg)
{
    struct duplicating *d = arg;

    (void)db;
    return duplicate_start(d->rq->scope, rq_int(d->rq, "id"), &d->rq->in, &d->id, &d->job);
}

/* A small project is there when the answer is; of others duplication_done tells. */
err *api_project_duplicate(struct rq *rq)
{
    struct duplicating d = {.rq = rq};
    struct jw *w;

    TRY(tx_run(rq->scope->db, TX_WRITE, duplicate_tx, &d));
    TRY(job_wait(rq->scope->db, d.job, NULL));
    w = rs_json_status(rq, 201);
    jw_obj(w);
    jw_ki64(w, "id", d.id);
    jw_end(w);
    return OK;
}

/* ---- templates ---- */

err *api_project_template_list(struct rq *rq)
{
    return template_list_write(rq->scope, rs_json(rq), rq_query(rq, "ordering"));
}

err *api_project_template_create(struct rq *rq)
{
    int64_t id;

    TRY(template_create(rq->scope, &rq->in, &id));
    return template_write(rq->scope, rs_json_status(rq, 201), id);
}

err *api_project_template_get(struct rq *rq)
{
    return template_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}

err *api_project_template_patch(struct rq *rq)
{
    TRY(template_change(rq->scope, rq_int(rq, "id"), &rq->in));
    return template_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}

err *api_project_template_delete(struct rq *rq)
{
    TRY(template_delete(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}

/* The template's settings pass the same checks as any new project's. */
err *api_project_template_use(struct rq *rq)
{
    const char *json;
    struct jin in;
    struct row r;
    int64_t id;

    TRY(template_body(rq->scope, rq_int(rq, "id"), &rq->in, &json));
    TRY(jin_read(rq->a, &B_PROJECT, (struct span){json, strlen(json)}, false, (int)cfg.json_max_depth, &in));
    TRY(project_create(rq->scope, &in, &id));
    TRY(project_row(rq->scope, id, &r));
    project_write(rs_json_status(rq, 201), &r, NULL, true);
    return OK;
}
