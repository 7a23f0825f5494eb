/* Handlers of /api/predictions/ and of the model versions of a project. */
#include "api/handlers.h"

#include "base/text.h"
#include "core/model_version.h"
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

typedef err *choice_check(struct scope *s, int64_t id);

static err *task_choice(struct scope *s, int64_t id)
{
    int64_t project;

    return task_project(s, id, &project);
}

/* The object that a parameter names, 0 without one. What the caller cannot see is a choice that does not exist. */
static err *choice_read(struct rq *rq, const char *name, choice_check *check, int64_t *out)
{
    const char *text = rq_query(rq, name);
    err *e;

    *out = 0;
    if (!text || !*text)
        return OK;
    e = int_parse(text, 1, INT32_MAX, out) ? check(rq->scope, *out) : err_new(rq->a, ERR_NOT_FOUND, NULL);
    if (!e || e->kind != ERR_NOT_FOUND)
        return e;
    return verr_one(rq->a, name, "Select a valid choice. That choice is not one of the available choices.");
}

static void rows_write(struct jw *w, const struct rows *rows)
{
    for (int i = 0; i < rows->n; i++) {
        struct row r = rows_at(rows, i);
        prediction_write(w, &r);
    }
}

/* One task has few; they are found by its index, and none are left when it is of another project than asked for. */
static err *task_write_all(struct rq *rq, struct jw *w, int64_t task, int64_t project)
{
    struct rows rows;
    int64_t own;

    TRY(task_project(rq->scope, task, &own));
    if (project && project != own)
        return OK;
    TRY(prediction_rows(rq->scope, &task, 1, NULL, &rows));
    rows_write(w, &rows);
    return OK;
}

static err *pages_write(struct rq *rq, struct jw *w, int64_t project)
{
    int64_t after = 0;
    struct rows rows;

    do {
        struct arena_mark m = arena_mark(rq->a);
        TRY(prediction_page(rq->scope, project, after, PREDICTION_BATCH, &rows));
        rows_write(w, &rows);
        if (rows.n > 0) {
            struct row last = rows_at(&rows, rows.n - 1);
            after = prediction_row_id(&last);
        }
        TRY(rs_flush(rq));
        arena_rewind(rq->a, m);
    } while (rows.n == PREDICTION_BATCH);
    return OK;
}

err *api_prediction_list(struct rq *rq)
{
    int64_t task, project;
    struct jw *w;

    TRY(choice_read(rq, "task", task_choice, &task));
    TRY(choice_read(rq, "project", project_check_visible, &project));
    if (!project)
        TRY(choice_read(rq, "task__project", project_check_visible, &project));
    w = rs_json(rq);
    jw_arr(w);
    TRY(task ? task_write_all(rq, w, task, project) : pages_write(rq, w, project));
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

/* ---------------------------------------------------------------- model versions */

err *api_model_versions(struct rq *rq)
{
    int64_t most;
    bool extended, live;

    TRY(rq_query_bool(rq, "extended", false, &extended));
    TRY(rq_query_bool(rq, "include_live_models", false, &live));
    TRY(rq_query_int(rq, "limit", 0, &most));
    if (most < 0)
        return verr_one(rq->a, "limit", "Ensure this value is greater than or equal to 0.");
    if (extended)
        return model_version_list_write(rq->scope, rs_json(rq), rq_int(rq, "id"), live);
    return model_version_counts_write(rq->scope, rs_json(rq), rq_int(rq, "id"), most);
}

err *api_model_version_delete(struct rq *rq)
{
    const char *version = jin_text(&rq->in, "model_version");
    struct jw *w;
    int64_t n;

    if (!version || !*version)
        return verr_one(rq->a, NULL, "model_version param is required");
    TRY(model_version_delete(rq->scope, rq_int(rq, "id"), version, &n));
    w = rs_json(rq);
    jw_obj(w);
    jw_ki64(w, "deleted_predictions", n);
    jw_end(w);
    return OK;
}
