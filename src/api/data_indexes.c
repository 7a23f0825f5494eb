/* Handlers of /api/projects/{id}/data-indexes/: the indexes that the Data Manager keeps on keys of the task data. */
#include "api/handlers.h"

#include "api/bodies.h"
#include "core/project.h"
#include "dm/index.h"

static const struct jin_field data_index_fields[] = {
    {"key", JIN_TEXT, JIN_REQUIRED | JIN_RAW, 1, 200, NULL, "Key of the task data, or a path: user.name."},
    {"kind", JIN_ENUM, JIN_REQUIRED, 0, 0, "contains|equal|number|number_down|text|text_down",
     "What it serves: filters by parts of texts, by equal values, by numbers; orders by number or text, downward with _down."},
    {0}};
const struct jin_spec B_DATA_INDEX = {"DataIndexRequest", data_index_fields};

err *api_data_index_list(struct rq *rq)
{
    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    return dm_index_list_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}

err *api_data_index_create(struct rq *rq)
{
    int64_t project = rq_int(rq, "id"), id;

    TRY(project_check_visible(rq->scope, project));
    TRY(dm_index_want(rq->scope, project, jin_text(&rq->in, "key"), jin_text(&rq->in, "kind"), &id));
    return dm_index_write(rq->scope, rs_json_status(rq, 201), project, id);
}

err *api_data_index_get(struct rq *rq)
{
    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    return dm_index_write(rq->scope, rs_json(rq), rq_int(rq, "id"), rq_int(rq, "index"));
}

err *api_data_index_delete(struct rq *rq)
{
    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(dm_index_remove(rq->scope, rq_int(rq, "id"), rq_int(rq, "index")));
    return rs_no_content(rq);
}
