/* Handlers of annotations for many tasks at once. */
#include <stdlib.h>

#include "api/handlers.h"
#include "core/annotation_bulk.h"
#include "core/auth.h"
#include "dm/list.h"
#include "dm/query.h"
#include "dm/selected.h"
#include "json/verr.h"

static int by_id(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

    return (a > b) - (a < b);
}

/* Ids of a list; the same one twice counts once. */
static err *read_ids(struct rq *rq, const char *field, json_t *list, size_t most, int64_t **out, size_t *n)
{
    int64_t *ids = arena_array(rq->a, json_array_size(list), sizeof *ids);
    json_t *v;
    size_t i;

    *n = 0;
    if (!json_is_array(list) || json_array_size(list) == 0)
        return verr_one(rq->a, field, "This list may not be empty.");
    if (json_array_size(list) > most)
        return verr_one(rq->a, field, "Ensure this field has no more than %zu elements.", most);
    json_array_foreach(list, i, v)
    {
        ids[i] = json_integer_value(v);
        if (!json_is_integer(v) || ids[i] < 1 || ids[i] > INT32_MAX)
            return verr_one(rq->a, field, "A valid integer is required.");
    }
    qsort(ids, i, sizeof *ids, by_id);
    for (size_t j = 0; j < i; j++)
        if (j == 0 || ids[j] != ids[j - 1])
            ids[(*n)++] = ids[j];
    *out = ids;
    return OK;
}

static void release(void *json)
{
    json_decref(json);
}

/* What a selection of the Data Manager comes to: {all, included or excluded}, with its filters. */
static err *read_selection(struct rq *rq, int64_t project, int64_t **out, size_t *n)
{
    json_t *selected = jin_tree(&rq->in, "selected_items");
    json_t *query = json_pack("{s:O}", "selectedItems", selected);
    struct dm_context context;
    struct dm_query compiled;

    arena_defer(rq->a, release, query);
    if (jin_has(&rq->in, "filters") && !jin_is_null(&rq->in, "filters"))
        json_object_set(query, "filters", jin_tree(&rq->in, "filters"));
    TRY(dm_context_read(rq->scope, project, &context));
    TRY(dm_compile(rq->a, &context, query, &compiled));
    TRY(dm_selected(rq->scope, &compiled, out, n));
    if (*n == 0 || *n > ANNOTATION_BULK_TASKS)
        return verr_one(rq->a, "selected_items", "Select between 1 and %d tasks.", ANNOTATION_BULK_TASKS);
    return OK;
}

static err *read_tasks(struct rq *rq, int64_t project, int64_t **out, size_t *n)
{
    if (jin_has(&rq->in, "tasks") && !jin_is_null(&rq->in, "tasks"))
        return read_ids(rq, "tasks", jin_tree(&rq->in, "tasks"), ANNOTATION_BULK_TASKS, out, n);
    if (jin_has(&rq->in, "selected_items") && !jin_is_null(&rq->in, "selected_items"))
        return read_selection(rq, project, out, n);
    return verr_one(rq->a, "tasks", "This field is required.");
}

static err *enter(struct rq *rq, int64_t *project)
{
    *project = jin_int(&rq->in, "project", 0);
    if (!*project)
        return verr_one(rq->a, "project", "This field is required.");
    return auth_enter_project(rq->scope, arena_printf(rq->a, "%lld", (long long)*project));
}

err *api_annotations_bulk_create(struct rq *rq)
{
    int64_t project, *tasks;
    struct rows made;
    struct jw *w;
    size_t n;

    TRY(enter(rq, &project));
    TRY(read_tasks(rq, project, &tasks, &n));
    TRY(annotation_bulk_create(rq->scope, project, tasks, n, &rq->in, &made));
    w = rs_json_status(rq, 201);
    jw_arr(w);
    for (int i = 0; i < made.n; i++) {
        struct row r = rows_at(&made, i);

        jw_obj(w);
        jw_ki64(w, "id", row_i64(&r, annotation_bulk_id));
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

err *api_annotations_bulk_delete(struct rq *rq)
{
    int64_t project, *ids, deleted;
    struct jw *w;
    size_t n;

    TRY(enter(rq, &project));
    TRY(read_ids(rq, "ids", jin_tree(&rq->in, "ids"), ANNOTATION_BULK_DELETE, &ids, &n));
    TRY(annotation_bulk_delete(rq->scope, project, ids, n, &deleted));
    w = rs_json(rq);
    jw_obj(w);
    jw_ki64(w, "deleted_count", deleted);
    jw_end(w);
    return OK;
}
