/* Handlers of /api/dm/: views, columns, the project. The task list itself is in tasks.c. */
#include "api/handlers.h"

#include "base/text.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "core/scope.h"
#include "core/wire.h"
#include "dm/columns_write.h"
#include "dm/view.h"
#include "json/verr.h"

/* ---------------------------------------------------------------- views */

err *api_view_list(struct rq *rq)
{
    const char *text = rq_query(rq, "project");
    int64_t project = 0;

    if (text && *text) {
        err *e = int_parse(text, 1, INT32_MAX, &project) ? project_check_visible(rq->scope, project) : NULL;
        if (project == 0 || (e && e->kind == ERR_NOT_FOUND))
            return verr_one(rq->a, "project", "Select a valid choice. That choice is not one of the available choices.");
        TRY(e);
    }
    return view_list_write(rq->scope, rs_json(rq), project);
}

err *api_view_create(struct rq *rq)
{
    int64_t id;

    TRY(view_create(rq->scope, &rq->in, &id));
    return view_write(rq->scope, rs_json_status(rq, 201), id);
}

err *api_view_get(struct rq *rq)
{
    return view_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}

err *api_view_patch(struct rq *rq)
{
    TRY(view_update(rq->scope, rq_int(rq, "id"), &rq->in));
    return view_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}

err *api_view_put(struct rq *rq)
{
    if (!jin_has(&rq->in, "project"))
        return verr_one(rq->a, "project", "This field is required.");
    return api_view_patch(rq);
}

err *api_view_delete(struct rq *rq)
{
    TRY(view_delete(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}

err *api_view_reset(struct rq *rq)
{
    int64_t project;
    err *e;

    TRY(rq_query_int(rq, "project", jin_int(&rq->in, "project", 0), &project));
    if (project == 0)
        return verr_one(rq->a, "project", "This field may not be null.");
    e = project_check_visible(rq->scope, project);
    if (e && e->kind == ERR_NOT_FOUND)
        return verr_one(rq->a, "project", "Invalid pk \"%lld\" - object does not exist.", (long long)project);
    TRY(e);
    TRY(view_reset(rq->scope, project));
    return rs_no_content(rq);
}

err *api_view_order(struct rq *rq)
{
    const json_t *list = jin_tree(&rq->in, "ids");
    int64_t project = jin_int(&rq->in, "project", 0), *ids;

    if (!json_is_array(list))
        return verr_one(rq->a, "ids", "Expected a list of items but got type \"%s\".", jin_type_name(list));
    if (json_array_size(list) == 0)
        return verr_one(rq->a, "ids", "This list may not be empty.");
    ids = arena_array(rq->a, json_array_size(list), sizeof *ids);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        ids[i] = json_integer_value(v);
        if (!json_is_integer(v) || ids[i] < 0 || ids[i] > INT32_MAX)
            return verr_one(rq->a, "ids", "A valid integer is required.");
    }
    TRY(project_check_visible(rq->scope, project));
    TRY(view_reorder(rq->scope, project, ids, json_array_size(list)));
    rs_status(rq, 200);
    return OK;
}

/* ---------------------------------------------------------------- columns and project */

/* Without the parameter the reference API takes project 1. */
static err *project_read(struct rq *rq, int64_t *project)
{
    return rq_query_int(rq, "project", 1, project);
}

err *api_dm_columns(struct rq *rq)
{
    int64_t project;

    TRY(project_read(rq, &project));
    return dm_columns_write(rq->scope, rs_json(rq), project);
}

err *api_dm_project(struct rq *rq)
{
    const struct scope *s = rq->scope;
    int64_t project;
    struct row r;
    struct jw *w;

    TRY(project_read(rq, &project));
    TRY(project_row(rq->scope, project, &r));
    w = rs_json(rq);
    jw_obj(w);
    project_fields_write(w, &r, NULL, true);
    jw_kbool(w, "can_delete_tasks", scope_can(s, PERM_TASKS_DELETE));
    jw_kbool(w, "can_manage_annotations", scope_can(s, PERM_ANNOTATIONS_CHANGE));
    jw_kbool(w, "can_manage_tasks", scope_can(s, PERM_TASKS_CHANGE));
    jw_kbool(w, "source_syncing", false);
    jw_kbool(w, "target_syncing", false);
    wire_ki64(w, "task_count", &r, PROJECT_BY_IDS_TASK_NUMBER);
    jw_ki64(w, "annotation_count", row_i64(&r, PROJECT_BY_IDS_TOTAL_ANNOTATIONS_NUMBER) + row_i64(&r, PROJECT_BY_IDS_SKIPPED_ANNOTATIONS_NUMBER));
    jw_end(w);
    return OK;
}
