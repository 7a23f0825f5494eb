/* Handlers of /api/tasks/ and /api/projects/{id}/tasks/. */
#include "api/handlers.h"

#include <string.h>

#include "api/etag.h"
#include "api/paging.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/annotation.h"
#include "core/pause.h"
#include "core/project.h"
#include "core/scope.h"
#include "core/task.h"
#include "core/task.sql.h"
#include "dm/list.h"
#include "dm/view.h"
#include "jobs/wait.h"
#include "json/verr.h"
#include "ml/predict.h"

enum {
    TASK_PAGE_NORMAL = 100,
    PROJECT_TASKS_NORMAL = 50,
    TASK_BATCH = 200            /* tasks fetched at a time, with their children */
};

/* ---------------------------------------------------------------- one task */

static err *answer_one(struct rq *rq, int64_t id, int status, enum task_shape shape, bool with_children)
{
    struct task_children children;
    struct feedback feedback;
    struct row r;

    if (with_children)
        TRY(annotation_ahead(rq->scope, id));
    TRY(task_row(rq->scope, id, &r));
    if (shape == TASK_GET && task_row_evaluates(&r)) {
        TRY(ml_predict_read(rq->scope, task_row_project(&r), id));
        TRY(task_row(rq->scope, id, &r));
    }
    if (with_children)
        TRY(task_row_children(rq->scope, &r, NULL, &children));
    TRY(task_row_feedback(rq->scope, &r, &feedback));
    etag_set(rq, &r, TASK_BY_ID_UPDATED_AT);
    task_write(rq->scope, rs_json_status(rq, status), &r, shape, with_children ? &children : NULL, &feedback);
    return OK;
}

/* Data go out as they were stored, so the switch changes nothing, but a wrong one is told. */
static err *resolve_read(struct rq *rq)
{
    bool unused;

    return rq_query_switch(rq, "resolve_uri", true, &unused);
}

err *api_task_get(struct rq *rq)
{
    TRY(resolve_read(rq));
    return answer_one(rq, rq_int(rq, "id"), 200, TASK_GET, true);
}

err *api_task_patch(struct rq *rq)
{
    TRY(etag_guard(rq, STAMP_TASK, rq_int(rq, "id")));
    TRY(task_update(rq->scope, rq_int(rq, "id"), &rq->in));
    return answer_one(rq, rq_int(rq, "id"), 200, TASK_PLAIN, true);
}

struct delete_run {
    struct rq *rq;
    int64_t job;
};

static err *delete_tx(struct db *db, void *arg)
{
    struct delete_run *run = arg;
    int64_t id = rq_int(run->rq, "id"), n;

    (void)db;
    TRY(etag_guard(run->rq, STAMP_TASK, id));
    TRY(task_delete(run->rq->scope, &id, 1, &n, &run->job));
    return n ? OK : task_missing(run->rq->scope);
}

static err *delete_all_tx(struct db *db, void *arg)
{
    struct delete_run *run = arg;

    (void)db;
    return task_delete_all(run->rq->scope, rq_int(run->rq, "id"), &run->job);
}

static err *delete_answer(struct rq *rq, tx_fn *delete)
{
    struct delete_run run = {.rq = rq};

    TRY(tx_run(rq->scope->db, TX_WRITE, delete, &run));
    TRY(job_wait(rq->scope->db, run.job, NULL));
    return rs_no_content(rq);
}

err *api_task_delete(struct rq *rq)
{
    return delete_answer(rq, delete_tx);
}

err *api_task_create(struct rq *rq)
{
    int64_t id;

    if (!jin_has(&rq->in, "project"))
        return verr_one(rq->a, "project", "This field is required.");
    TRY(task_create(rq->scope, jin_int(&rq->in, "project", 0), &rq->in, &id));
    return answer_one(rq, id, 201, TASK_PLAIN, false);
}

/* Agreement between annotators is not part of this edition. */
err *api_task_agreement(struct rq *rq)
{
    int64_t project;

    TRY(task_project(rq->scope, rq_int(rq, "id"), &project));
    return err_new(rq->a, ERR_PERMISSION, "Feature not enabled");
}

err *api_project_task_create(struct rq *rq)
{
    int64_t id;

    TRY(task_create(rq->scope, rq_int(rq, "id"), &rq->in, &id));
    return answer_one(rq, id, 201, TASK_PLAIN, false);
}

err *api_project_tasks_delete(struct rq *rq)
{
    return delete_answer(rq, delete_all_tx);
}

/* ---------------------------------------------------------------- lists */

/* How the tasks of a list are shown. */
struct list_shape {
    enum task_shape shape;
    unsigned figures;          /* that TASK_LIST shows: enum task_figure */
    const char *include;
};

static err *batch_write(struct rq *rq, struct jw *w, const struct rows *rows, const struct list_shape *shape)
{
    bool with_children = shape->shape != TASK_LIST || task_figures_of_children(shape->figures);
    int64_t *ids = arena_array(rq->a, (size_t)rows->n + 1, sizeof *ids);
    const struct feedback_wish may = task_feedback_wish(shape->shape, shape->figures, shape->include);
    struct feedback_wish wish = {0};
    struct task_children children;
    struct feedback feedback;

    for (int i = 0; i < rows->n; i++) {
        struct row r = rows_at(rows, i);
        ids[i] = task_row_id(&r);
        wish.comments = wish.comments || (may.comments && task_row_discussed(&r));
        wish.reviews = wish.reviews || (may.reviews && task_row_in_review(&r));
    }
    TRY(feedback_read(rq->scope, ids, (size_t)rows->n, &wish, &feedback));
    if (with_children)
        TRY(task_children(rq->scope, ids, (size_t)rows->n, NULL, &children));
    for (int i = 0; i < rows->n; i++) {
        struct row r = rows_at(rows, i);
        task_list_write(rq->scope, w, &r, shape->shape, shape->figures, with_children ? &children : NULL, &feedback, shape->include);
    }
    return rs_flush(rq);
}

/* Up to `most` tasks from an inner_id on, a batch at a time in constant memory. */
static err *pages_write(struct rq *rq, struct jw *w, int64_t project, int64_t from, int64_t most, const struct list_shape *shape)
{
    while (most > 0) {
        struct arena_mark m = arena_mark(rq->a);
        struct rows rows;
        struct row last;
        int64_t batch = most < TASK_BATCH ? most : TASK_BATCH;
        TRY(task_list_page(rq->scope, project, from, batch, &rows));
        TRY(batch_write(rq, w, &rows, shape));
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

/* The same of what a query found. */
static err *found_write(struct rq *rq, struct jw *w, const struct dm_list *list, int64_t skip, int64_t most, const struct list_shape *shape)
{
    int64_t ids[TASK_BATCH];
    size_t n = TASK_BATCH;

    while (most > 0 && n == TASK_BATCH) {
        struct arena_mark m = arena_mark(rq->a);
        struct rows rows;
        TRY(dm_list_ids(list, skip, most < TASK_BATCH ? most : TASK_BATCH, ids, &n));
        TRY(task_list_rows(rq->scope, list->q->context->project, ids, n, &rows));
        TRY(batch_write(rq, w, &rows, shape));
        skip += (int64_t)n;
        most -= (int64_t)n;
        arena_rewind(rq->a, m);
    }
    return OK;
}

static void total_write(struct jw *w, const char *key, const int64_t *n)
{
    if (n)
        jw_ki64(w, key, *n);
    else
        jw_knull(w, key);
}

/* NULL: nobody knows yet. */
static void list_open(struct jw *w, const struct task_list_totals *total)
{
    jw_obj(w);
    total_write(w, "total_annotations", total ? &total->annotations : NULL);
    total_write(w, "total_predictions", total ? &total->predictions : NULL);
    total_write(w, "total", total ? &total->tasks : NULL);
    jw_key(w, "tasks");
    jw_arr(w);
}

static void list_close(struct jw *w)
{
    jw_end(w);
    jw_end(w);
}

static err *no_project(struct rq *rq)
{
    err *e = err_new(rq->a, ERR_NOT_FOUND, "Neither project nor view id specified");

    e->bare_json = "{\"detail\":\"Neither project nor view id specified\"}";
    return e;
}

/* From the address, else from the query itself. */
static err *id_read(struct rq *rq, const char *name, const json_t *query, int64_t *out)
{
    TRY(rq_query_id(rq, name, out));
    if (*out == 0)
        *out = json_integer_value(json_object_get(query, name));
    return OK;
}

/* The query and its project: a view, else ?query=, else a JSON body. */
static err *query_read(struct rq *rq, int64_t *project, json_t **query)
{
    const char *text = rq_query(rq, "query");
    int64_t view, of_view;

    *query = NULL;
    if (text && *text) {
        if (jin_parse(rq->a, (struct span){text, strlen(text)}, (int)cfg.json_max_depth, query) || !json_is_object(*query))
            return verr_one(rq->a, "query", "Expected a JSON object.");
    } else {
        TRY(rq_body(rq));
        if (!rq->body_is_form && rq->body.len > 0)
            TRY(jin_parse(rq->a, rq->body, (int)cfg.json_max_depth, query));
        /* No body reads as an empty object, and asks for nothing. */
        if (json_is_object(*query) && json_object_size(*query) == 0)
            *query = NULL;
    }
    TRY(id_read(rq, "project", *query, project));
    TRY(id_read(rq, "view", *query, &view));
    if (view == 0)
        return *project ? OK : no_project(rq);
    TRY(view_query(rq->scope, view, &of_view, query));
    if (*project && *project != of_view)
        return verr_one(rq->a, "view", "Project and View mismatch");
    *project = of_view;
    return OK;
}

static err *plain_list(struct rq *rq, int64_t project, struct paging *p, const struct list_shape *shape)
{
    struct task_list_totals total;
    int64_t from;
    bool found;
    struct jw *w;

    TRY(task_list_totals(rq->scope, project, &total));
    TRY(paging_check(rq, p, total.tasks));
    TRY(task_list_start(rq->scope, project, (p->page - 1) * p->size, &found, &from));
    if (!found)
        return err_new(rq->a, ERR_NOT_FOUND, "Invalid page.");
    w = rs_json(rq);
    list_open(w, &total);
    TRY(pages_write(rq, w, project, from, p->size, shape));
    list_close(w);
    return OK;
}

/* ?totals=known: clients that show tasks first and count later do not wait for what takes long to count. */
static err *found_open(struct rq *rq, const struct dm_query *q, const struct paging *p, struct dm_list *list)
{
    const char *totals = rq_query(rq, "totals");

    if (p->page == 0)
        return dm_list_open(rq->scope, q, INT64_MAX, list);
    if (totals && strcmp(totals, "known") == 0)
        return dm_list_glance(rq->scope, q, p->page * p->size, list);
    return dm_list_open(rq->scope, q, p->page * p->size, list);
}

static err *found_list(struct rq *rq, const struct dm_query *q, struct paging *p, const struct list_shape *shape)
{
    struct dm_list list;
    struct jw *w;

    TRY(found_open(rq, q, p, &list));
    if (!list.uncounted)
        TRY(paging_check(rq, p, list.total.tasks));
    w = rs_json(rq);
    list_open(w, list.uncounted ? NULL : &list.total);
    TRY(found_write(rq, w, &list, (p->page - 1) * p->size, p->size, shape));
    list_close(w);
    return OK;
}

static bool is_true(const struct rq *rq, const char *name)
{
    const char *text = rq_query(rq, name);

    return text && (strcmp(text, "true") == 0 || strcmp(text, "True") == 0 || strcmp(text, "1") == 0);
}

static const char to_review[] =
    "{\"filters\": {\"conjunction\": \"and\", \"items\": ["
    "{\"filter\": \"filter:tasks:reviewed\", \"operator\": \"equal\", \"type\": \"Boolean\", \"value\": false},"
    "{\"filter\": \"filter:tasks:total_annotations\", \"operator\": \"greater\", \"type\": \"Number\", \"value\": 0}]}}";

/* ?review=true: the short form with the annotators; for reviewers, unless they ask for something else, of what waits for a review. */
static err *review_list(struct rq *rq, struct list_shape *shape, json_t **json)
{
    if (!is_true(rq, "review"))
        return OK;
    shape->shape = TASK_LIST;
    shape->figures = TASK_ANNOTATORS;
    if (*json || strcmp(rq->scope->role, "RE") != 0)
        return OK;
    return jin_parse(rq->a, (struct span){to_review, sizeof to_review - 1}, (int)cfg.json_max_depth, json);
}

err *api_task_list(struct rq *rq)
{
    const char *fields = rq_query(rq, "fields");
    bool all = fields && strcmp(fields, "all") == 0;
    struct list_shape shape = {.shape = all ? TASK_LIST_ALL : TASK_LIST, .include = rq_query(rq, "include")};
    struct dm_context context;
    struct dm_query query;
    struct paging p;
    int64_t project;
    json_t *json;
    err *bad;

    TRY(resolve_read(rq));
    TRY(query_read(rq, &project, &json));
    TRY(review_list(rq, &shape, &json));
    bad = paging_read(rq, TASK_PAGE_NORMAL, cfg.task_api_page_size_max, false, &p);
    if (!bad && !json)
        TRY(task_list_ahead(rq->scope, project, (p.page - 1) * p.size, p.size < TASK_BATCH ? p.size : TASK_BATCH));
    TRY(project_check_visible(rq->scope, project));
    TRY(pause_check(rq->scope, project));
    if (bad)
        return bad;
    if (!json)
        return plain_list(rq, project, &p, &shape);
    TRY(dm_context_read(rq->scope, project, &context));
    TRY(dm_compile(rq->a, &context, json, &query));
    shape.figures |= query.computed;
    return dm_plain(&query) ? plain_list(rq, project, &p, &shape) : found_list(rq, &query, &p, &shape);
}

/* Other lists say it in another way. */
static err *page_read(struct rq *rq, int64_t *page)
{
    const char *text = rq_query(rq, "page"), *trimmed = text ? text_trim(rq->a, text, strlen(text)) : "1";
    const char *digits = trimmed + (*trimmed == '-' || *trimmed == '+');

    *page = 1;
    if (!*digits || digits[strspn(digits, "0123456789")])
        return verr_text(rq->a, "page", "Incorrect value in key \"page\" = \"%s\". It should be digit string.", text);
    if (*trimmed == '-' || !int_parse(digits, 1, INT32_MAX, page))
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
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
    TRY(page_read(rq, &p.page));
    p.size = paging_size(rq, PROJECT_TASKS_NORMAL, 0, true);
    *most = p.size;
    *skip = (p.page - 1) * p.size;
    return OK;
}

static const char recent_first[] = "{\"ordering\":[\"-tasks:updated_at\"]}";
enum { RECENT_MOST = 10000 };

/* Newest change first. Nothing indexes updated_at, which every submission changes. The first pages are the top of one reading of the
 * project's tasks, which is exact and takes a quarter of a second of a million tasks; for pages farther on, and for everything, the
 * order is found once and kept for a moment, like any other order that the Data Manager is asked for. */
static err *recent_open(struct rq *rq, int64_t project, int64_t most, int64_t skip, struct dm_list *list)
{
    struct dm_context *context = ARENA_NEW(rq->a, struct dm_context);
    struct dm_query *query = ARENA_NEW(rq->a, struct dm_query);
    json_t *order;

    TRY(jin_parse(rq->a, (struct span){recent_first, sizeof recent_first - 1}, (int)cfg.json_max_depth, &order));
    TRY(dm_context_read(rq->scope, project, context));
    TRY(dm_compile(rq->a, context, order, query));
    query->last_first = true;
    if (most > TASK_BATCH || skip > RECENT_MOST)
        return dm_list_open(rq->scope, query, skip + most, list);
    *list = (struct dm_list){.s = rq->scope, .q = query};
    return task_list_totals(rq->scope, project, &list->total);
}

err *api_project_tasks(struct rq *rq)
{
    static const struct list_shape plain = {.shape = TASK_PLAIN};
    int64_t project = rq_int(rq, "id"), most, skip;
    struct dm_list list;
    struct jw *w;

    TRY(project_check_visible(rq->scope, project));
    TRY(pause_check(rq->scope, project));
    TRY(window_read(rq, &most, &skip));
    TRY(recent_open(rq, project, most, skip, &list));
    if (skip > 0 && skip >= list.total.tasks)
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
    if (most > list.total.tasks - skip)
        most = list.total.tasks - skip;
    w = rs_json(rq);
    jw_arr(w);
    TRY(found_write(rq, w, &list, skip, most, &plain));
    jw_end(w);
    return OK;
}
