/* Handlers of /api/annotation-reviews/. */
#include "api/handlers.h"

#include "api/idlist.h"
#include "core/review.h"
#include "core/scope.h"
#include "json/verr.h"

err *api_review_list(struct rq *rq)
{
    const char *ordering = rq_query(rq, "ordering");
    struct review_filter f = {.descending = ordering && *ordering == '-'};
    struct db_cursor c;
    struct row r;
    bool more;
    struct jw *w;

    TRY(id_query(rq, "annotation", &f.annotation));
    TRY(id_query(rq, "annotation__task__project", &f.project));
    TRY(review_list(rq->scope, &f, &c));
    w = rs_json(rq);
    jw_arr(w);
    for (;;) {
        TRY(db_next(&c, &r, &more));
        if (!more)
            break;
        review_write(w, &r);
        TRY(rs_flush(rq));
    }
    jw_end(w);
    return OK;
}

static err *answer(struct rq *rq, int64_t id, int status)
{
    struct row r;

    TRY(review_row(rq->scope, id, &r));
    review_write(rs_json_status(rq, status), &r);
    return OK;
}

err *api_review_create(struct rq *rq)
{
    int64_t id;

    if (!jin_has(&rq->in, "accepted"))
        return verr_one(rq->a, "accepted", "This field is required.");
    TRY(review_create(rq->scope, &rq->in, &id));
    return answer(rq, id, 201);
}

err *api_review_get(struct rq *rq)
{
    return answer(rq, rq_int(rq, "id"), 200);
}

err *api_review_patch(struct rq *rq)
{
    TRY(review_update(rq->scope, rq_int(rq, "id"), &rq->in));
    return answer(rq, rq_int(rq, "id"), 200);
}

err *api_review_delete(struct rq *rq)
{
    TRY(review_delete(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}
