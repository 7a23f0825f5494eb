/* Handlers of /api/predictions/. */
#include "api/handlers.h"

#include "core/prediction.h"
#include "core/project.h"
#include "core/scope.h"
#include "core/task.h"
#include "json/verr.h"

enum { PREDICTION_BATCH = 500 };

static err *answer(struct rq *rq, int64_t id, int status)
{
    struct row r;

    TRY(prediction_row(rq->scope, id, &r));
    prediction_write(rs_json_status(rq, status), &r);
    return OK;
}

/* A filter on something that the caller cannot see is a choice that does not exist. */
static err *filter_check(struct rq *rq, const char *name, err *seen)
{
    if (!seen || seen->kind != ERR_NOT_FOUND)
        return seen;
    return verr_one(rq->a, name, "Select a valid choice. That choice is not one of the available choices.");
}

err *api_prediction_list(struct rq *rq)
{
    int64_t task, project, same, after = 0;
    struct jw *w;
    struct rows rows;

    TRY(rq_query_int(rq, "task", 0, &task));
    TRY(rq_query_int(rq, "project", 0, &project));
    if (!project)
        TRY(rq_query_int(rq, "task__project", 0, &project));
    if (task)
        TRY(filter_check(rq, "task", task_project(rq->scope, task, &same)));
    if (project)
        TRY(filter_check(rq, "project", project_check_visible(rq->scope, project)));
    w = rs_json(rq);
    jw_arr(w);
    do {
        struct arena_mark m = arena_mark(rq->a);
        TRY(prediction_page(rq->scope, project, task, after, PREDICTION_BATCH, &rows));
        for (int i = 0; i < rows.n; i++) {
            struct row r = rows_at(&rows, i);
            prediction_write(w, &r);
            after = prediction_row_id(&r);
        }
        TRY(rs_flush(rq));
        arena_rewind(rq->a, m);
    } while (rows.n == PREDICTION_BATCH);
    jw_end(w);
    return OK;
}

err *api_prediction_create(struct rq *rq)
{
    int64_t id;

    TRY(prediction_create(rq->scope, &rq->in, &id));
    return answer(rq, id, 201);
}

err *api_prediction_get(struct rq *rq)
{
    return answer(rq, rq_int(rq, "id"), 200);
}

err *api_prediction_patch(struct rq *rq)
{
    TRY(prediction_update(rq->scope, rq_int(rq, "id"), &rq->in));
    return answer(rq, rq_int(rq, "id"), 200);
}

err *api_prediction_delete(struct rq *rq)
{
    TRY(prediction_delete(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}
