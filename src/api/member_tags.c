/* Handlers of the tags that group an organization's members. */
#include "api/handlers.h"
#include "api/idlist.h"
#include "api/paging.h"
#include "core/member_tag.h"
#include "core/org.h"
#include "json/verr.h"

enum { TAG_PAGE = 50, LABELS_MOST = 500, LABEL_MOST = 200 };

static err *own(struct rq *rq)
{
    return org_check_own(rq->scope, rq_int(rq, "id"));
}

static err *answer_count(struct rq *rq, int status, const char *key, int64_t n)
{
    struct jw *w = rs_json_status(rq, status);

    jw_obj(w);
    jw_ki64(w, key, n);
    jw_end(w);
    return OK;
}

err *api_tag_list(struct rq *rq)
{
    struct tag_rows t;
    struct paging p;
    struct jw *w;

    TRY(own(rq));
    TRY(paging_read(rq, TAG_PAGE, 0, true, &p));
    TRY(tag_list(rq->scope, rq_query(rq, "search"), p.page > 0 ? (p.page - 1) * p.size : 0, p.size, &t));
    w = rs_json(rq);
    paging_open(rq, w, &p, t.total);
    for (int i = 0; i < t.rows.n; i++)
        tag_write(w, &t, i);
    jw_end(w);
    jw_end(w);
    return OK;
}

err *api_tag_create(struct rq *rq)
{
    int64_t id;

    TRY(own(rq));
    TRY(tag_create(rq->scope, jin_text(&rq->in, "label"), &id));
    return tag_write_one(rq->scope, rs_json_status(rq, 201), id);
}

err *api_tag_get(struct rq *rq)
{
    TRY(own(rq));
    return tag_write_one(rq->scope, rs_json(rq), rq_int(rq, "tag"));
}

err *api_tag_patch(struct rq *rq)
{
    TRY(own(rq));
    if (jin_has(&rq->in, "label"))
        TRY(tag_rename(rq->scope, rq_int(rq, "tag"), jin_text(&rq->in, "label")));
    return tag_write_one(rq->scope, rs_json(rq), rq_int(rq, "tag"));
}

err *api_tag_delete(struct rq *rq)
{
    TRY(own(rq));
    TRY(tag_delete(rq->scope, rq_int(rq, "tag")));
    return rs_no_content(rq);
}

err *api_tags_create(struct rq *rq)
{
    json_t *labels = jin_tree(&rq->in, "labels"), *v;
    size_t i;
    int64_t id;

    TRY(own(rq));
    if (json_array_size(labels) > LABELS_MOST)
        return verr_one(rq->a, "labels", "Ensure this field has no more than %d elements.", LABELS_MOST);
    json_array_foreach(labels, i, v)
    {
        if (!json_is_string(v) || json_string_length(v) == 0 || json_string_length(v) > LABEL_MOST)
            return verr_one(rq->a, "labels", "Not a valid string.");
        TRY(tag_create(rq->scope, json_string_value(v), &id));
    }
    return answer_count(rq, 201, "created", (int64_t)json_array_size(labels));
}

err *api_tags_delete(struct rq *rq)
{
    const char *ids;
    int64_t n;

    TRY(own(rq));
    TRY(idlist_query(rq, "ids", &ids));
    TRY(tags_delete(rq->scope, ids, &n));
    return answer_count(rq, 200, "deleted", n);
}

err *api_tags_assign(struct rq *rq)
{
    struct pick who = {.all = jin_bool(&rq->in, "all", false), .search = rq_query(rq, "search")};
    const char *tags;
    int64_t n;

    TRY(own(rq));
    TRY(idlist_read(rq->a, "included", jin_tree(&rq->in, "included"), &who.included));
    TRY(idlist_read(rq->a, "excluded", jin_tree(&rq->in, "excluded"), &who.excluded));
    TRY(idlist_read(rq->a, "tags", jin_tree(&rq->in, "tags"), &tags));
    TRY(tag_assign(rq->scope, &who, rq_query(rq, "role"), tags ? tags : "{}", jin_bool(&rq->in, "overwrite", false), &n));
    return answer_count(rq, 200, "assignments", n);
}
