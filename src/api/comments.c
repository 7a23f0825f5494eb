/* Handlers of /api/comments/. */
#include "api/handlers.h"

#include "base/text.h"
#include "api/idlist.h"
#include "core/comment.h"
#include "core/scope.h"

static err *filter_read(struct rq *rq, struct comment_filter *f)
{
    const char *ordering = rq_query(rq, "ordering");

    *f = (struct comment_filter){.descending = ordering && *ordering == '-'};
    f->by_change = ordering && text_ends(ordering, "updated_at");
    TRY(id_query(rq, "annotation", &f->annotation));
    TRY(id_query(rq, "draft", &f->draft));
    TRY(idlist_query(rq, "projects", &f->projects));
    return idlist_query(rq, "annotators", &f->annotators);
}

err *api_comment_list(struct rq *rq)
{
    struct comment_filter f;
    struct db_cursor c;
    struct row r;
    bool more, expand;
    struct jw *w;

    TRY(filter_read(rq, &f));
    TRY(rq_query_bool(rq, "expand_created_by", false, &expand));
    TRY(comment_list(rq->scope, &f, &c));
    w = rs_json(rq);
    jw_arr(w);
    for (;;) {
        TRY(db_next(&c, &r, &more));
        if (!more)
            break;
        comment_write(w, &r, expand);
        TRY(rs_flush(rq));
    }
    jw_end(w);
    return OK;
}

static err *answer(struct rq *rq, int64_t id, int status)
{
    struct row r;
    bool expand;

    TRY(rq_query_bool(rq, "expand_created_by", false, &expand));
    TRY(comment_row(rq->scope, id, &r));
    comment_write(rs_json_status(rq, status), &r, expand);
    return OK;
}

err *api_comment_create(struct rq *rq)
{
    int64_t id;

    TRY(comment_create(rq->scope, &rq->in, &id));
    return answer(rq, id, 201);
}

err *api_comment_get(struct rq *rq)
{
    return answer(rq, rq_int(rq, "id"), 200);
}

err *api_comment_patch(struct rq *rq)
{
    TRY(comment_update(rq->scope, rq_int(rq, "id"), &rq->in));
    return answer(rq, rq_int(rq, "id"), 200);
}

err *api_comment_delete(struct rq *rq)
{
    TRY(comment_delete(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}

/* One line, or the names; the buffer serves for the next one. */
static err *line_write(struct rq *rq, struct strbuf *b, const struct row *r)
{
    strbuf_clear(b);
    comment_csv_line(b, r);
    TRY(strbuf_check(b));
    rs_write(rq, b->buf, b->len);
    return rs_flush(rq);
}

err *api_comment_export(struct rq *rq)
{
    const char *zone = rq_query(rq, "tz");
    struct comment_filter f;
    struct db_cursor c;
    struct strbuf b;
    struct row r;
    bool more;

    TRY(filter_read(rq, &f));
    TRY(comment_table(rq->scope, &f, zone && *zone ? zone : NULL, &c));
    rs_type(rq, "text/csv; charset=utf-8");
    rs_header(rq, "Content-Disposition", "attachment; filename=\"comments.csv\"");
    strbuf_init(&b, rq->a, 64u << 20);
    TRY(line_write(rq, &b, NULL));
    for (;;) {
        TRY(db_next(&c, &r, &more));
        if (!more)
            return OK;
        TRY(line_write(rq, &b, &r));
    }
}
