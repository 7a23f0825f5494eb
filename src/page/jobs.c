/* Work in the background of a project: what every page of the project shows of it, and the page that lists it all. */
#include "page/jobs.h"

#include <string.h>

#include "api/handlers.h"
#include "base/text.h"
#include "core/scope.h"
#include "core/wire.h"
#include "jobs/list.h"
#include "page/project_page.h"

static const char *progress_text(struct arena *a, const struct job_line *j)
{
    if (strcmp(j->state, "waiting") == 0)
        return "waits";
    if (j->total == 0)
        return arena_printf(a, "%s so far", page_count(a, j->done));
    return arena_printf(a, "%s of %s", page_count(a, j->done), page_count(a, j->total));
}

static json_t *open_object(struct arena *a, const struct job_line *j)
{
    json_t *o = json_object();

    page_set_int(o, "id", j->id);
    page_set_text(o, "title", j->title);
    page_set_int(o, "done", j->done);
    page_set_int(o, "total", j->total);
    page_set_text(o, "progress_text", progress_text(a, j));
    page_set_bool(o, "can_cancel", j->can_cancel);
    return o;
}

static json_t *ended_object(struct arena *a, const struct job_line *j)
{
    json_t *o = json_object();

    page_set_text(o, "title", j->title);
    json_object_set_new(o, "state", json_pack("{s:b}", j->state, 1));
    page_set_text(o, "detail_text", j->error ? j->error : j->detail);
    page_set_text(o, "progress_text", progress_text(a, j));
    page_set_text(o, "trash_kind", j->trash_kind);
    page_set_text(o, "moment", j->moment);
    page_set_time(a, o, "created", wire_time_text(a, j->created_at));
    page_set_time(a, o, "finished", j->finished_at ? wire_time_text(a, j->finished_at) : NULL);
    return o;
}

err *page_jobs_add(struct rq *rq, int64_t project, json_t *ctx)
{
    json_t *list = json_array();
    struct job_line *jobs;
    size_t n = 0;

    json_object_set_new(ctx, "jobs", list);
    if (scope_can(rq->scope, PERM_ACTIONS_PERFORM))
        TRY(job_lines(rq->scope, project, false, &jobs, &n));
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, open_object(rq->a, &jobs[i]));
    page_set_bool(ctx, "has_jobs", n > 0);
    return OK;
}

err *page_jobs(struct rq *rq)
{
    json_t *ctx, *list = json_array();
    struct job_line *jobs;
    struct row r;
    size_t n;

    TRY(project_page(rq, "jobs", "Work in the background", &r, &ctx));
    json_object_set_new(ctx, "ended", list);
    TRY(job_lines(rq->scope, rq_int(rq, "id"), true, &jobs, &n));
    for (size_t i = 0; i < n; i++)
        if (jobs[i].is_over)
            json_array_append_new(list, ended_object(rq->a, &jobs[i]));
    page_set_bool(ctx, "has_ended", json_array_size(list) > 0);
    return page_render(rq, "projects/jobs", ctx);
}

/* Stop one. */
err *page_jobs_post(struct rq *rq)
{
    const char *back = project_page_href(rq->a, rq_int(rq, "id"), "jobs"), *action;
    int64_t job;
    err *e;

    TRY(rq_body(rq));
    action = rq_form(rq, "action");
    if (!action || strcmp(action, "cancel") != 0 || !rq_form(rq, "job") || !int_parse(rq_form(rq, "job"), 1, INT64_MAX, &job))
        return err_new(rq->a, ERR_BAD_REQUEST, "Which job is to be stopped?");
    e = job_cancel(rq->scope, rq_int(rq, "id"), job);
    if (e && e->kind == ERR_CONFLICT)
        return page_see_other(rq, back, "bad", "It was over already.");
    TRY(e);
    return page_see_other(rq, back, "good", "It was stopped. What was done stays done.");
}
