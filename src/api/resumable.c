/* Handlers of files that are sent in pieces. Their import is import.c, with ?upload=. */
#include "api/handlers.h"

#include "api/bodies.h"
#include "base/cfg.h"
#include "core/wire.h"
#include "import/resumable.h"
#include "import/resumable.sql.h"
#include "json/verr.h"

static void file_write(struct jw *w, const struct row *r)
{
    jw_obj(w);
    wire_ki64(w, "id", r, RESUMABLE_GET_ID);
    wire_kstr(w, "name", r, RESUMABLE_GET_NAME);
    wire_ki64(w, "size", r, RESUMABLE_GET_SIZE);
    wire_ki64(w, "offset", r, RESUMABLE_GET_OFFSET);
    jw_ki64(w, "piece_size", resumable_piece_bytes());
    wire_ktime(w, "created_at", r, RESUMABLE_GET_CREATED_AT);
    wire_ktime(w, "updated_at", r, RESUMABLE_GET_UPDATED_AT);
    jw_end(w);
}

static err *answer(struct rq *rq, int64_t id, int status)
{
    struct row r;

    TRY(resumable_row(rq->scope, rq_int(rq, "id"), id, &r));
    file_write(rs_json_status(rq, status), &r);
    return OK;
}

err *api_resumable_list(struct rq *rq)
{
    struct rows rows;
    struct jw *w;

    TRY(resumable_list(rq->scope, rq_int(rq, "id"), &rows));
    w = rs_json(rq);
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        file_write(w, &r);
    }
    jw_end(w);
    return OK;
}

err *api_resumable_get(struct rq *rq)
{
    return answer(rq, rq_int(rq, "upload"), 200);
}

/* 201, or 200 for one that is on its way already. */
err *api_resumable_create(struct rq *rq)
{
    const struct resumable_file f = {
        .name = jin_text(&rq->in, "name"), .size_bytes = jin_int(&rq->in, "size", 0), .key = jin_text(&rq->in, "key")};
    int64_t id;
    bool known;

    TRY(resumable_create(rq->scope, rq_int(rq, "id"), &f, &id, &known));
    return answer(rq, id, known ? 200 : 201);
}

err *api_resumable_delete(struct rq *rq)
{
    TRY(resumable_delete(rq->scope, rq_int(rq, "id"), rq_int(rq, "upload")));
    return rs_no_content(rq);
}

/* ---- pieces ---- */

struct sending {
    struct rq *rq;
    struct resumable_piece piece;
};

static err *add(void *to, const char *p, size_t len)
{
    struct sending *s = to;

    return resumable_piece_add(s->rq->scope, &s->piece, p, len);
}

err *api_resumable_piece(struct rq *rq)
{
    struct sending s = {.rq = rq};
    int64_t offset;
    size_t len;

    TRY(rq_query_int(rq, "offset", -1, &offset));
    if (offset < 0)
        return verr_one(rq->a, "offset", "This field is required.");
    TRY(rq_body_length(rq, &len));
    TRY(resumable_piece_begin(rq->scope, rq_int(rq, "id"), rq_int(rq, "upload"), offset, (int64_t)len, &s.piece));
    TRY(rq_body_pass(rq, add, &s));
    TRY(resumable_piece_end(rq->scope, &s.piece));
    return answer(rq, rq_int(rq, "upload"), 200);
}
