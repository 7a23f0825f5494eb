/* The danger zone of a project's settings: count anew, drop the tabs, remove the tasks, delete the project. What cannot be had back at once
 * wants its word typed. */
#include <string.h>

#include "core/project.h"
#include "core/project.sql.h"
#include "core/summary.h"
#include "core/task.h"
#include "dm/view.h"
#include "json/verr.h"
#include "page/fields.h"
#include "page/project_page.h"
#include "page/settings.h"
#include "page/trash.h"

err *settings_danger_fill(struct rq *rq, const struct row *r, json_t *ctx)
{
    int64_t n = row_i64(r, PROJECT_BY_IDS_TOTAL_ANNOTATIONS_NUMBER), tasks = row_i64(r, PROJECT_BY_IDS_TASK_NUMBER);

    page_set_text(ctx, "keep_text", trash_keep_text(rq->a));
    page_set_text(ctx, "tasks_text", page_counted(rq->a, tasks, "task", "tasks"));
    page_set_text(ctx, "annotations_text", n ? page_counted(rq->a, n, "annotation", "annotations") : NULL);
    page_set_text(ctx, "form_href", project_page_href(rq->a, rq_int(rq, "id"), "settings/danger-zone"));
    return OK;
}

static bool is_action(const struct rq *rq, const char *action)
{
    return strcmp(page_sent(rq, "action"), action) == 0;
}

bool settings_deletes(const struct rq *rq)
{
    return !is_action(rq, "reset_cache") && !is_action(rq, "drop_tabs") && !is_action(rq, "delete_tasks");
}

/* The name of the project stands in `field`. */
static err *name_typed(struct rq *rq, const char *field, const char **title)
{
    struct row r;

    TRY(project_row(rq->scope, rq_int(rq, "id"), &r));
    *title = project_page_title(rq->a, &r);
    if (!page_is_typed(rq->a, page_sent(rq, field), *title))
        return verr_one(rq->a, field, "This is not the name of the project. Nothing was deleted.");
    return OK;
}

static err *delete_project(struct rq *rq, const char **done)
{
    const char *title;

    TRY(scope_need(rq->scope, PERM_PROJECTS_DELETE));
    TRY(name_typed(rq, "confirm", &title));
    *done = arena_printf(rq->a, "The project “%s” was deleted.", title);
    return project_delete(rq->scope, rq_int(rq, "id"));
}

static err *delete_tasks(struct rq *rq, const char **done)
{
    const char *title;
    int64_t job;

    TRY(scope_need(rq->scope, PERM_TASKS_DELETE));
    TRY(name_typed(rq, "confirm_tasks", &title));
    TRY(task_delete_all(rq->scope, rq_int(rq, "id"), &job));
    *done = job ? "The tasks are being deleted." : "All tasks were deleted.";
    return OK;
}

static err *drop_tabs(struct rq *rq, const char **done)
{
    const char *title;

    TRY(scope_need(rq->scope, PERM_VIEWS_RESET));
    TRY(name_typed(rq, "confirm_tabs", &title));
    *done = "All tabs of the Data Manager were dropped.";
    return view_reset(rq->scope, rq_int(rq, "id"));
}

/* Counting is many transactions, in which labelling goes on. */
err *settings_danger_save(struct rq *rq, const char **done)
{
    if (is_action(rq, "reset_cache")) {
        TRY(scope_need(rq->scope, PERM_PROJECTS_RESET_CACHE));
        *done = "The project was counted anew.";
        return summary_reset(rq->scope, rq_int(rq, "id"));
    }
    return settings_tx(rq, is_action(rq, "drop_tabs") ? drop_tabs : is_action(rq, "delete_tasks") ? delete_tasks : delete_project, done);
}
