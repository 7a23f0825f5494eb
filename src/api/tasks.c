/* Handlers of /api/tasks/ and /api/projects/{id}/tasks/. */
#include "api/handlers.h"

#include <string.h>

#include "api/etag.h"
#include "api/paging.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/project.h"
#include "core/scope.h"
#include "core/task.h"
#include "core/task.sql.h"
#include "json/verr.h"

enum {
    TASK_PAGE_NORMAL = 100,
    PROJECT_TASKS_NORMAL = 50,
    TASK_BATCH = 200            /* tasks fetched at a time, with their children */
};

static bool query_is(struct rq *rq, const char *name, const char *value)
{
    const char *text = rq_query(rq, name);

    return text && strcmp(text, value) == 0;
}

/* ---------------------------------------------------------------- one task */

static err *answer_one(struct rq *rq, int64_t id, int status, enum task_shape shape, bool with_children)
{
    struct task_children children;
    struct row r;

    TRY(task_row(rq->scope, id, &r));
    if (with_children)
        TRY(task_row_children(rq->scope, &r, NULL, &children));
    etag_set(rq, &r, TASK_BY_ID_UPDATED_AT);
    task_write(rq->scope, rs_json_status(rq, status), &r, shape, with_children ? &children : NULL, NULL);
    return OK;
}

err *api_task_get(struct rq *rq)
{
    return answer_one(rq, rq_int(rq, "id"), 200, TASK_GET, true);
}

err *api_task_patch(struct rq *rq)
{
    TRY(etag_guard(rq, STAMP_TASK, rq_int(rq, "id")));
    TRY(task_update(rq->scope, rq_int(rq, "id"), &rq->in));
    return answer_one(rq, rq_int(rq, "id"), 200, TASK_PLAIN, true);
}

err *api_task_delete(struct rq *rq)
{
    int64_t id = rq_int(rq, "id"), n;

    TRY(etag_guard(rq, STAMP_TASK, id));
    TRY(task_delete(rq->scope, &id, 1, &n));
    return n ? rs_no_content(rq) : task_missing(rq->scope);
}

err *api_task_create(struct rq *rq)
{
    int64_t id;

    if (!jin_has(&rq->in, "project"))
        return verr_one(rq->a, "project", "This field is required.");
    TRY(task_create(rq->scope, jin_int(&rq->in, "project", 0), &rq->in, &id));
    return answer_one(rq, id, 201, TASK_PLAIN, false);
}

err *api_project_task_create(struct rq *rq)
{
    int64_t id;

    TRY(task_create(rq->scope, rq_int(rq, "id"), &rq->in, &id));
    return answer_one(rq, id, 201, TASK_PLAIN, false);
}

err *api_project_tasks_delete(struct rq *rq)
{
    TRY(task_delete_all(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}

/* ---------------------------------------------------------------- lists */

static err *batch_write(struct rq *rq, struct jw *w, const struct rows *rows, enum task_shape shape, bool with_children, const char *include)
{
    struct task_children children;
    int64_t *ids = arena_array(rq->a, (size_t)rows->n + 1, sizeof *ids);

    for (int i = 0; i < rows->n; i++) {
        struct row r = rows_at(rows, i);
        ids[i] = task_row_id(&r);
    }
    if (with_children)
        TRY(task_children(rq->scope, ids, (size_t)rows->n, NULL, &children));
    for (int i = 0; i < rows->n; i++) {
        struct row r = rows_at(rows, i);
        task_write(rq->scope, w, &r, shape, with_children ? &children : NULL, include);
    }
    return rs_flush(rq);
}

/* Up to `most` tasks from an inner_id on, a batch at a time in constant memory. */
static err *pages_write(struct rq *rq, struct jw *w, int64_t project, int64_t from, int64_t most, enum task_shape shape, const char *include)
{
    while (most > 0) {
        struct arena_mark m = arena_mark(rq->a);
        struct rows rows;
        struct row last;
        int64_t batch = most < TASK_BATCH ? most : TASK_BATCH;
        TRY(task_list_page(rq->scope, project, from, batch, &rows));
        TRY(batch_write(rq, w, &rows, shape, shape == TASK_LIST_ALL, include));
        if (rows.n < batch)
            return OK;
        last = rows_at(&rows, rows.n - 1);
        from = task_row_inner_id(&last) + 1;
        most -= batch;
        if (most > 0)
            arena_rewind(rq->a, m);
    }
    return OK;
}

static err *list_project(struct rq *rq, int64_t *project)
{
    TRY(rq_query_int(rq, "project", 0, project));
    if (*project == 0) {
        err *e = err_new(rq->a, ERR_NOT_FOUND, "Neither project nor view id specified");
        e->bare_json = "{\"detail\":\"Neither project nor view id specified\"}";
        return e;
    }
    return project_check_visible(rq->scope, *project);
}

/* Absent, null, or empty. */
static bool asks_nothing(const json_t *v)
{
    return !v || json_is_null(v) || (json_is_array(v) && json_array_size(v) == 0);
}

/* The legacy client sends a query with every list: without filters, in no order, of all tasks. */
static bool is_plain_query(const json_t *query)
{
    const json_t *filters = json_object_get(query, "filters"), *selected = json_object_get(query, "selectedItems");
    bool unfiltered = asks_nothing(filters) || (json_is_object(filters) && asks_nothing(json_object_get(filters, "items")));
    bool every = asks_nothing(selected) ||
                 (json_is_true(json_object_get(selected, "all")) && asks_nothing(json_object_get(selected, "excluded")));

    return unfiltered && every && asks_nothing(json_object_get(query, "ordering"));
}

/* A list that cannot be filtered as asked must not pretend to be. */
static err *query_refuse(struct rq *rq)
{
    const char *text = rq_query(rq, "query");
    json_t *query = NULL;

    if (text && *text && (jin_parse(rq->a, (struct span){text, strlen(text)}, (int)cfg.json_max_depth, &query) || !json_is_object(query)))
        return verr_one(rq->a, "query", "Expected a JSON object.");
    if (query && !is_plain_query(query))
        return verr_one(rq->a, "query", "Filters and orderings are not available in this release.");
    if (rq_query(rq, "view") && *rq_query(rq, "view"))
        return err_new(rq->a, ERR_NOT_FOUND, "No View matches the given query.");
    return OK;
}

err *api_task_list(struct rq *rq)
{
    struct task_list_totals total;
    struct paging p;
    int64_t project, from;
    bool found, all = query_is(rq, "fields", "all");
    struct jw *w;

    TRY(query_refuse(rq));
    TRY(list_project(rq, &project));
    TRY(paging_read(rq, TASK_PAGE_NORMAL, cfg.task_api_page_size_max, false, &p));
    TRY(task_list_totals(rq->scope, project, &total));
    TRY(paging_check(rq, &p, total.tasks));
    TRY(task_list_start(rq->scope, project, (p.page - 1) * p.size, &found, &from));
    if (!found)
        return err_new(rq->a, ERR_NOT_FOUND, "Invalid page.");
    w = rs_json(rq);
    jw_obj(w);
    jw_ki64(w, "total_annotations", total.annotations);
    jw_ki64(w, "total_predictions", total.predictions);
    jw_ki64(w, "total", total.tasks);
    jw_key(w, "tasks");
    jw_arr(w);
    TRY(pages_write(rq, w, project, from, p.size, all ? TASK_LIST_ALL : TASK_LIST, rq_query(rq, "include")));
    jw_end(w);
    jw_end(w);
    return OK;
}

/* page and page_size, or start and length; -1 = all. */
static err *window_read(struct rq *rq, int64_t *most, int64_t *skip)
{
    int64_t start, length;
    struct paging p;

    TRY(rq_query_int(rq, "start", -1, &start));
    TRY(rq_query_int(rq, "length", PROJECT_TASKS_NORMAL, &length));
    if (start >= 0) {
        *most = length < 0 ? INT32_MAX : length;
        *skip = start;
        return OK;
    }
    TRY(paging_read(rq, PROJECT_TASKS_NORMAL, 0, true, &p));
    if (p.page == 0)
        p.page = 1;
    *most = p.size;
    *skip = (p.page - 1) * p.size;
    return OK;
}

err *api_project_tasks(struct rq *rq)
{
    int64_t project = rq_int(rq, "id"), most, skip;
    struct task_list_totals total;
    struct jw *w;

    TRY(project_check_visible(rq->scope, project));
    TRY(window_read(rq, &most, &skip));
    TRY(task_list_totals(rq->scope, project, &total));
    if (skip > 0 && skip >= total.tasks)
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
    if (most > total.tasks - skip)
        most = total.tasks - skip;
    w = rs_json(rq);
    jw_arr(w);
    while (most > 0) {
        struct arena_mark m = arena_mark(rq->a);
        struct rows rows;
        int64_t batch = most < TASK_BATCH ? most : TASK_BATCH;
        TRY(task_list_recent(rq->scope, project, batch, skip, &rows));
        TRY(batch_write(rq, w, &rows, TASK_PLAIN, true, NULL));
        if (rows.n < batch)
            break;
        skip += batch;
        most -= batch;
        arena_rewind(rq->a, m);
    }
    jw_end(w);
    return OK;
}
