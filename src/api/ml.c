/* Handlers of /api/ml/: ML backends of projects. All of them may wait for somebody's server, so they run in the slow pool. */
#include "api/handlers.h"

#include <string.h>

#include "api/etag.h"
#include "base/text.h"
#include "core/project.h"
#include "core/scope.h"
#include "core/task.h"
#include "jobs/wait.h"
#include "json/verr.h"
#include "ml/client.h"
#include "ml/predict.h"

enum { VERSIONS_MS = 3000, BATCH_MOST = 1000 };

static err *answer(struct rq *rq, int64_t id, int status)
{
    return ml_write(rq->scope, rs_json_status(rq, status), id);
}

/* Each is asked how it is before the list is answered. */
err *api_ml_list(struct rq *rq)
{
    const char *text = rq_query(rq, "project");
    int64_t project, *ids;
    bool interactive;
    size_t n;

    if (!text || !int_parse(text, 1, INT32_MAX, &project))
        return err_new(rq->a, ERR_NOT_FOUND, "No Project matches the given query.");
    TRY(project_check_visible(rq->scope, project));
    TRY(rq_query_bool(rq, "is_interactive", false, &interactive));
    TRY(ml_ids(rq->scope, project, &ids, &n));
    for (size_t i = 0; i < n; i++) {
        struct ml_backend b;

        TRY(ml_read(rq->scope, ids[i], &b));
        TRY(ml_refresh(rq->scope, rq_base_url(rq), &b));
    }
    return ml_list_write(rq->scope, rs_json(rq), project, rq_query(rq, "is_interactive") ? interactive : -1);
}

err *api_ml_create(struct rq *rq)
{
    int64_t id;

    TRY(ml_create(rq->scope, rq_base_url(rq), &rq->in, &id));
    return answer(rq, id, 201);
}

err *api_ml_get(struct rq *rq)
{
    return answer(rq, rq_int(rq, "id"), 200);
}

err *api_ml_patch(struct rq *rq)
{
    const struct stamp_guard guard = {etag_check_again, rq};

    TRY(ml_update(rq->scope, rq_base_url(rq), rq_int(rq, "id"), &rq->in, &guard));
    return answer(rq, rq_int(rq, "id"), 200);
}

err *api_ml_delete(struct rq *rq)
{
    TRY(ml_delete(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}

err *api_ml_versions(struct rq *rq)
{
    struct ml_answer a;
    struct ml_backend b;
    struct jw *w;

    TRY(ml_read(rq->scope, rq_int(rq, "id"), &b));
    ml_call(rq->a, &b, "/versions", NULL, VERSIONS_MS, &a);
    /* Older ones answer another method only: 405. */
    if (a.kind != ML_OK && a.status != 404 && a.status != 405)
        return err_new(rq->a, ERR_UPSTREAM, "The ML backend does not tell its versions: %s", a.reason);
    w = rs_json(rq);
    jw_obj(w);
    jw_key(w, "versions");
    if (a.kind == ML_OK && json_is_array(json_object_get(a.tree, "versions"))) {
        struct span list = jspan_member(rq->a, (struct span){a.text, strlen(a.text)}, "versions");
        jw_rawn(w, list.p, list.len);
    } else {
        jw_arr(w);
        jw_str(w, b.model_version);
        jw_end(w);
        jw_kstr(w, "message", "Upgrade your ML backend version to latest.");
    }
    jw_end(w);
    return OK;
}

err *api_ml_test(struct rq *rq)
{
    struct ml_backend b;
    bool random, ok;

    TRY(rq_query_bool(rq, "random", false, &random));
    TRY(ml_read(rq->scope, rq_int(rq, "id"), &b));
    if (!random)
        return err_new(rq->a, ERR_NOT_IMPLEMENTED, "Not implemented - you must provide random=true query parameter");
    return ml_try_write(rq->scope, rs_json(rq), &b, &ok);
}

err *api_ml_train(struct rq *rq)
{
    struct ml_backend b;

    TRY(ml_read(rq->scope, rq_int(rq, "id"), &b));
    TRY(ml_train(rq->scope, &b));
    rs_status(rq, 200);
    return OK;
}

err *api_ml_interactive(struct rq *rq)
{
    int64_t task = jin_int(&rq->in, "task", 0), project;
    struct ml_backend b;
    const char *context = jin_json(&rq->in, "context");

    if (!jin_has(&rq->in, "task"))
        return verr_one(rq->a, "task", "This field is required.");
    TRY(ml_read(rq->scope, rq_int(rq, "id"), &b));
    TRY(task_project(rq->scope, task, &project));
    if (project != b.project)
        return task_missing(rq->scope);
    return ml_interactive_write(rq->scope, rs_json(rq), &b, task, context ? context : "null");
}

struct queued {
    struct rq *rq;
    int64_t project, size, job;
};

static err *queue_tx(struct db *db, void *arg)
{
    struct queued *q = arg;

    (void)db;
    return ml_predict_queue(q->rq->scope, rq_int(q->rq, "id"), q->project, q->size, NULL, 0, &q->job);
}

/* All tasks that have no prediction of the backend's version, by a job. */
err *api_ml_predict(struct rq *rq)
{
    struct queued q = {.rq = rq};
    struct ml_backend b;
    struct jw *w;

    TRY(rq_query_int(rq, "batch_size", ML_BATCH, &q.size));
    if (q.size < 1 || q.size > BATCH_MOST)
        return verr_one(rq->a, "batch_size", "Ensure this value is between 1 and %d.", BATCH_MOST);
    TRY(ml_read(rq->scope, rq_int(rq, "id"), &b));
    q.project = b.project;
    TRY(tx_run(rq->scope->db, TX_WRITE, queue_tx, &q));
    TRY(job_wait(rq->scope->db, q.job, NULL));
    w = rs_json(rq);
    jw_obj(w);
    jw_ki64(w, "job", q.job);
    jw_end(w);
    return OK;
}
