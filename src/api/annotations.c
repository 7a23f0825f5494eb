/* Handlers of annotations and drafts. */
#include "api/handlers.h"

#include "api/etag.h"
#include "core/annotation.h"
#include "core/annotation.sql.h"
#include "core/draft.h"
#include "core/scope.h"
#include "core/task.h"

static err *answer(struct rq *rq, int64_t id, int status)
{
    struct row r;

    TRY(annotation_row(rq->scope, id, &r));
    etag_set(rq, &r, ANNOTATION_BY_ID_UPDATED_AT);
    annotation_write(rs_json_status(rq, status), &r, ANNOTATION_USER_ID);
    return OK;
}

err *api_annotation_list(struct rq *rq)
{
    int64_t task = rq_int(rq, "id"), project;
    struct rows rows;
    struct jw *w;

    TRY(task_project(rq->scope, task, &project));
    TRY(annotation_rows(rq->scope, &task, 1, false, &rows));
    w = rs_json(rq);
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        annotation_write(w, &r, ANNOTATION_USER_ID);
    }
    jw_end(w);
    return OK;
}

err *api_annotation_create(struct rq *rq)
{
    bool skipped;
    int64_t id;

    TRY(rq_query_switch(rq, "was_cancelled", jin_bool(&rq->in, "was_cancelled", false), &skipped));
    TRY(annotation_create(rq->scope, rq_int(rq, "id"), &rq->in, skipped, &id));
    return answer(rq, id, 201);
}

err *api_annotation_get(struct rq *rq)
{
    return answer(rq, rq_int(rq, "id"), 200);
}

err *api_annotation_patch(struct rq *rq)
{
    TRY(etag_guard(rq, STAMP_ANNOTATION, rq_int(rq, "id")));
    TRY(annotation_update(rq->scope, rq_int(rq, "id"), &rq->in));
    return answer(rq, rq_int(rq, "id"), 200);
}

err *api_annotation_delete(struct rq *rq)
{
    TRY(etag_guard(rq, STAMP_ANNOTATION, rq_int(rq, "id")));
    TRY(annotation_delete(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}

/* ---------------------------------------------------------------- drafts */

static err *answer_draft(struct rq *rq, int64_t id, int status)
{
    struct row r;

    TRY(draft_row(rq->scope, id, &r));
    draft_write(rs_json_status(rq, status), &r);
    return OK;
}

err *api_annotation_to_draft(struct rq *rq)
{
    int64_t draft;

    TRY(annotation_to_draft(rq->scope, rq_int(rq, "id"), &draft));
    return answer_draft(rq, draft, 201);
}

err *api_draft_list(struct rq *rq)
{
    int64_t task = rq_int(rq, "id"), project;
    struct rows rows;
    struct jw *w;

    TRY(task_project(rq->scope, task, &project));
    TRY(draft_rows(rq->scope, &task, 1, false, &rows));
    w = rs_json(rq);
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        draft_write(w, &r);
    }
    jw_end(w);
    return OK;
}

/* Serves drafts of a task and of an annotation; only the latter's pattern has the part. */
err *api_draft_create(struct rq *rq)
{
    bool of_annotation = rq->match.n > 1;
    int64_t id;

    TRY(draft_create(rq->scope, rq_int(rq, "id"), of_annotation ? rq_int(rq, "annotation") : 0, &rq->in, &id));
    return answer_draft(rq, id, 201);
}

err *api_draft_get(struct rq *rq)
{
    return answer_draft(rq, rq_int(rq, "id"), 200);
}

err *api_draft_patch(struct rq *rq)
{
    TRY(draft_update(rq->scope, rq_int(rq, "id"), &rq->in, rq->method == M_PUT));
    return answer_draft(rq, rq_int(rq, "id"), 200);
}

err *api_draft_delete(struct rq *rq)
{
    TRY(draft_delete(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}
