/* Handlers of /api/dm/actions/: what can be done with many tasks, and doing it. */
#include "api/handlers.h"

#include <string.h>

#include "api/jobs.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/auth.h"
#include "core/project.h"
#include "core/scope.h"
#include "dm/action.h"
#include "dm/list.h"
#include "dm/next.h"
#include "dm/view.h"
#include "jobs/wait.h"
#include "json/verr.h"
#include "ml/predict.h"

/* Without the parameter there is no such project. */
static err *project_read(struct rq *rq, int64_t *project)
{
    TRY(rq_query_id(rq, "project", project));
    return project_check_visible(rq->scope, *project);
}

err *api_dm_action_list(struct rq *rq)
{
    int64_t project;
    bool hidden;

    TRY(rq_query_bool(rq, "experimental", false, &hidden));
    TRY(project_read(rq, &project));
    dm_action_list_write(rq->scope, rs_json(rq), hidden);
    return OK;
}

static err *action_find(struct rq *rq, const char *id, const struct dm_action **out)
{
    *out = dm_action_find(id);
    if (!*out)
        return err_new(rq->a, ERR_BAD_REQUEST, "Can't find '%s' in registered actions", id);
    if (!dm_action_allowed(rq->scope, *out))
        return err_new(rq->a, ERR_PERMISSION, "Action is not allowed for the current user: %s", id);
    return OK;
}

err *api_dm_action_form(struct rq *rq)
{
    const struct dm_action *action;
    int64_t project;

    TRY(auth_enter_project(rq->scope, rq_query(rq, "project")));      /* the gate looks for an object in the path */
    TRY(project_read(rq, &project));
    TRY(action_find(rq, rq_arg(rq, "action"), &action));
    return dm_action_form_write(rq->scope, rs_json(rq), action, project);
}

/* ---------------------------------------------------------------- what is asked for */

struct request {
    int64_t project;
    const struct dm_action *action;
    const char *text, *view;         /* the body and the view's query, as JSON */
    json_t *body, *query;            /* query: of the view, else the body */
};

/* The gate has seen to it that it is an object. What is no JSON would be everything selected: fields of a form are refused rather than
 * passed over. */
static err *body_read(struct rq *rq, struct request *q)
{
    if (rq->body_is_form && (rq->nform || rq->nfiles))
        return err_new(rq->a, ERR_MEDIA_TYPE, NULL);
    q->text = rq->body_is_form || rq->body.len == 0 ? "{}" : span_dup(rq->a, rq->body);
    TRY(jin_parse(rq->a, (struct span){q->text, strlen(q->text)}, (int)cfg.json_max_depth, &q->body));
    q->query = q->body;
    return OK;
}

static err *view_read(struct rq *rq, struct request *q)
{
    int64_t view, of_view;

    TRY(rq_query_id(rq, "view", &view));
    if (view == 0)
        view = json_integer_value(json_object_get(q->body, "view"));
    if (view == 0)
        return OK;
    TRY(view_source(rq->scope, view, &of_view, &q->view));
    if (of_view != q->project)
        return verr_one(rq->a, "view", "Project and View mismatch");
    return jin_parse(rq->a, (struct span){q->view, strlen(q->view)}, (int)cfg.json_max_depth, &q->query);
}

static err *request_read(struct rq *rq, struct request *q)
{
    const char *id = rq_query(rq, "id");
    err *e;

    *q = (struct request){0};
    TRY(project_read(rq, &q->project));
    if (!id || !*id) {
        e = err_new(rq->a, ERR_UNPROCESSABLE, "No action id \"None\", use ?id=<action-id>");
        e->bare_json = "{\"detail\":\"No action id \\\"None\\\", use ?id=<action-id>\"}";
        return e;
    }
    TRY(action_find(rq, id, &q->action));
    TRY(body_read(rq, q));
    return view_read(rq, q);
}

/* ---------------------------------------------------------------- the next task */

static bool asks(const json_t *query, const char *key)
{
    const json_t *v = json_object_get(query, key);

    return v && !json_is_null(v);
}

/* mode=review in the address, or "mode": "review" in the body. */
static bool reviews(const struct rq *rq, const struct request *q)
{
    const char *mode = rq_query(rq, "mode");

    if (!mode)
        mode = json_string_value(json_object_get(q->body, "mode"));
    return mode && strcmp(mode, "review") == 0;
}

static err *next_task(struct rq *rq, const struct request *q)
{
    struct dm_context context;
    struct stream_task t;
    struct dm_query query;
    bool asked = asks(q->query, "filters") || asks(q->query, "ordering") || asks(q->query, "selectedItems");

    if (reviews(rq, q)) {
        TRY(dm_next_review(rq->scope, q->project, asked ? q->query : NULL, &t));
        return stream_write(rq->scope, rs_json(rq), &t);
    }
    if (!asked) {
        TRY(stream_next(rq->scope, q->project, &t));
        return stream_write(rq->scope, rs_json(rq), &t);
    }
    TRY(dm_context_read(rq->scope, q->project, &context));
    context.all_tasks = true;
    TRY(dm_compile(rq->a, &context, q->query, &query));
    TRY(dm_next_of_query(rq->scope, &query, &t));
    return stream_write(rq->scope, rs_json(rq), &t);
}

/* ---------------------------------------------------------------- all others */

struct run {
    struct dm_work *work;
    int64_t job;
};

static err *act(struct db *db, void *arg)
{
    struct run *run = arg;

    (void)db;
    return dm_act(run->work, &run->job);
}

/* ---------------------------------------------------------------- predictions by ML backends */

struct retrieval {
    const struct dm_work *work;
    int64_t *jobs;
    size_t n;
};

static err *retrieve_tx(struct db *db, void *arg)
{
    struct retrieval *r = arg;

    (void)db;
    return ml_predict_selected(r->work->s, r->work->project, r->work->query, &r->jobs, &r->n);
}

/* *going: a job that has not ended in time, 0 = none. */
static err *retrieve(struct rq *rq, const struct dm_work *work, int64_t *going)
{
    struct retrieval r = {.work = work};
    bool ended;

    *going = 0;
    TRY(tx_run(rq->scope->db, TX_WRITE, retrieve_tx, &r));
    for (size_t i = 0; i < r.n && !*going; i++) {
        TRY(job_wait(rq->scope->db, r.jobs[i], &ended));
        *going = ended ? 0 : r.jobs[i];
    }
    return OK;
}

err *api_dm_action(struct rq *rq)
{
    struct dm_work work = {.s = rq->scope};
    struct run run = {.work = &work};
    struct request q;
    int64_t going;

    TRY(request_read(rq, &q));
    if (!q.action->answer)
        return next_task(rq, &q);
    work.project = q.project;
    work.action = q.action;
    work.body = q.body;
    work.text = q.text;
    work.view = q.view;
    TRY(dm_act_prepare(&work, q.query));
    TRY(tx_run(rq->scope->db, TX_WRITE, act, &run));
    if (run.job)
        return api_job_answer(rq, run.job);
    if (q.action->flags & ACT_COUNTED) {
        TRY(retrieve(rq, &work, &going));
        if (going) {
            api_job_still_write(rq, going);
            return OK;
        }
    }
    q.action->answer(rs_json(rq), &work);
    return OK;
}
