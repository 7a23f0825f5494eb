/* ETags of projects, tasks and annotations, and the checks of writers that send them back. */
#include "api/etag.h"

#include <string.h>

#include "core/wire.h"

static const char *tag_of(struct rq *rq, const char *stamp)
{
    return arena_printf(rq->a, "\"%s\"", stamp);
}

void etag_set(struct rq *rq, const struct row *r, int col)
{
    rs_header(rq, "ETag", tag_of(rq, wire_time_text(rq->a, row_text(r, col))));
}

/* A tag in the comma list, or "*"; a weak mark does not matter here. */
static bool listed(const char *list, const char *tag)
{
    const char *at = strstr(list, tag);

    return strcmp(list, "*") == 0 || at;
}

static const char *body_stamp(struct rq *rq)
{
    struct span value;
    json_t *tree;

    if (!rq->body.p || rq->body_is_form)
        return NULL;
    value = jspan_member(rq->a, rq->body, "updated_at");
    if (!value.p || jin_parse(rq->a, value, 1, &tree) || !json_is_string(tree))
        return NULL;
    return json_string_value(tree);
}

err *etag_guard(struct rq *rq, enum stamp_kind kind, int64_t id)
{
    const char *match = rq_header(rq, "If-Match"), *prefer = rq_header(rq, "Prefer"), *seen;
    bool optimistic = prefer && strstr(prefer, "optimistic");
    const char *stamp;

    if (!match && !optimistic)
        return OK;
    TRY(stamp_lock(rq->scope, kind, id, &stamp));
    if (match && !listed(match, tag_of(rq, stamp)))
        return err_new(rq->a, ERR_PRECONDITION, "The object was changed at %s, after it was read.", stamp);
    seen = optimistic ? body_stamp(rq) : NULL;
    if (seen && stamp_before(seen, stamp))
        return err_new(rq->a, ERR_CONFLICT, "The object was changed at %s, after it was read.", stamp);
    return OK;
}
