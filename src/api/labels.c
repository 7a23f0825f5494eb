/* Handlers of the labels manager: labels, links to projects, and a label that takes another's place. */
#include "api/handlers.h"
#include "api/paging.h"
#include "base/cfg.h"
#include "core/label.h"
#include "core/project.h"
#include "json/verr.h"

enum { PAGE = 100, ITEMS_MOST = 1000 };

static bool expands(struct rq *rq, const char *what)
{
    const char *text = rq_query(rq, "expand");

    return text && strcmp(text, what) == 0;
}

/* ---- what is sent to make labels: a list ---- */

static void miss(struct jw *w, const json_t *item, const char *name)
{
    const json_t *v = json_object_get(item, name);

    if (v && !json_is_null(v))
        return;
    jw_key(w, name);
    jw_arr(w);
    jw_str(w, v ? "This field may not be null." : "This field is required.");
    jw_end(w);
}

/* Field errors of one item, in the list of the whole. */
static err *check_item(struct rq *rq, const json_t *item, int64_t *project)
{
    struct strbuf b;
    struct jw w;
    err *e;

    if (!json_is_object(item))
        return verr_one(rq->a, NULL, "Invalid data. Expected a dictionary, but got %s.", jin_type_name(item));
    strbuf_init(&b, rq->a, 4096);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    miss(&w, item, "project");
    miss(&w, item, "from_name");
    miss(&w, item, "value");
    miss(&w, item, "title");
    jw_end(&w);
    if (strcmp(b.buf, "{}") != 0) {
        e = err_new(rq->a, ERR_VALIDATION, NULL);
        e->validation_json = arena_printf(rq->a, "{\"non_field_errors\":[%s]}", b.buf);
        return e;
    }
    *project = json_integer_value(json_object_get(item, "project"));
    if (!json_is_string(json_object_get(item, "title")) || !json_is_string(json_object_get(item, "from_name")))
        return verr_one(rq->a, NULL, "Not a valid string.");
    return OK;
}

static err *check_items(struct rq *rq, const json_t *list, int64_t *project)
{
    const json_t *item;
    size_t i;
    int64_t one;

    if (!json_is_array(list))
        return verr_one(rq->a, NULL, "Expected a list of items but got type \"%s\".", jin_type_name(list));
    if (json_array_size(list) == 0)
        return verr_one(rq->a, NULL, "This list may not be empty.");
    if (json_array_size(list) > ITEMS_MOST)
        return verr_one(rq->a, NULL, "Ensure this field has no more than %d elements.", ITEMS_MOST);
    json_array_foreach(list, i, item)
    {
        TRY(check_item(rq, item, &one));
        if (i > 0 && one != *project)
            return verr_one(rq->a, NULL, "All labels must be of one project.");
        *project = one;
    }
    if (*project < 1 || *project > INT32_MAX || project_check_visible(rq->scope, *project) != OK)
        return verr_one(rq->a, "project", "Invalid pk \"%lld\" - object does not exist.", (long long)*project);
    return OK;
}

err *api_label_create(struct rq *rq)
{
    int64_t project = 0;
    json_t *list;

    TRY(rq_body(rq));
    if (rq->body_is_form)
        return verr_one(rq->a, NULL, "Expected a list of items but got type \"dict\".");
    TRY(jin_parse(rq->a, rq->body.len ? rq->body : (struct span){"{}", 2}, (int)cfg.json_max_depth, &list));
    TRY(check_items(rq, list, &project));
    return label_add_write(rq->scope, rs_json_status(rq, 201), project, span_dup(rq->a, rq->body));
}

/* ---- labels ---- */

err *api_label_list(struct rq *rq)
{
    struct paging p = {.page = 1, .size = PAGE};
    struct label_page labels;
    int64_t page;
    struct jw *w;

    TRY(rq_query_int(rq, "page", 1, &page));
    p.page = page < 1 ? 1 : page;
    TRY(label_list(rq->scope, expands(rq, "links"), (p.page - 1) * PAGE, PAGE, &labels));
    TRY(paging_check(rq, &p, labels.total));
    w = rs_json(rq);
    paging_open(rq, w, &p, labels.total);
    for (int i = 0; i < labels.rows.n; i++)
        label_write(w, &labels, i);
    jw_end(w);
    jw_end(w);
    return OK;
}

err *api_label_get(struct rq *rq)
{
    return label_write_one(rq->scope, rs_json(rq), rq_int(rq, "id"), expands(rq, "links"));
}

err *api_label_patch(struct rq *rq)
{
    TRY(label_change(rq->scope, rq_int(rq, "id"), &rq->in));
    return label_write_one(rq->scope, rs_json(rq), rq_int(rq, "id"), false);
}

err *api_label_delete(struct rq *rq)
{
    TRY(label_delete(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}

err *api_label_replace(struct rq *rq)
{
    int64_t project = jin_int(&rq->in, "project", 0), n;
    struct jw *w;

    if (project && project_check_visible(rq->scope, project) != OK)
        return verr_one(rq->a, "project", "Invalid pk \"%lld\" - object does not exist.", (long long)project);
    TRY(label_replace(rq->scope, project, jin_json(&rq->in, "old_label"), jin_json(&rq->in, "new_label"), &n));
    w = rs_json(rq);
    jw_obj(w);
    jw_ki64(w, "annotations_updated", n);
    jw_end(w);
    return OK;
}

/* ---- links ---- */

static err *read_links(struct rq *rq, struct link_filter *f)
{
    int64_t project, creator, page;

    *f = (struct link_filter){.expand = expands(rq, "label"), .most = PAGE, .since = rq_query(rq, "label__created_at__gte"),
                              .until = rq_query(rq, "label__created_at__lte")};
    if ((f->since && !jin_is_time(f->since)) || (f->until && !jin_is_time(f->until)))
        return verr_text(rq->a, "label__created_at", "Enter a valid date/time.");
    TRY(rq_query_int(rq, "project", 0, &project));
    TRY(rq_query_int(rq, "label__created_by", 0, &creator));
    TRY(rq_query_int(rq, "page", 1, &page));
    if (project && project_check_visible(rq->scope, project) != OK)
        return verr_one(rq->a, "project", "Select a valid choice. That choice is not one of the available choices.");
    f->project = db_opt_i64(project != 0, project);
    f->created_by = db_opt_i64(creator != 0, creator);
    f->skip = page > 1 ? (page - 1) * PAGE : 0;
    return OK;
}

err *api_label_link_list(struct rq *rq)
{
    struct paging p = {.size = PAGE};
    struct link_filter f;
    struct label_page links;
    struct jw *w;

    TRY(read_links(rq, &f));
    p.page = f.skip / PAGE + 1;
    TRY(link_list(rq->scope, &f, &links));
    TRY(paging_check(rq, &p, links.total));
    w = rs_json(rq);
    paging_open(rq, w, &p, links.total);
    for (int i = 0; i < links.rows.n; i++)
        link_write(w, &links, i);
    jw_end(w);
    jw_end(w);
    return OK;
}

err *api_label_link_create(struct rq *rq)
{
    int64_t id;

    TRY(link_create(rq->scope, &rq->in, &id));
    return link_write_one(rq->scope, rs_json_status(rq, 201), id, false);
}

err *api_label_link_get(struct rq *rq)
{
    return link_write_one(rq->scope, rs_json(rq), rq_int(rq, "id"), expands(rq, "label"));
}

err *api_label_link_patch(struct rq *rq)
{
    TRY(link_change(rq->scope, rq_int(rq, "id"), jin_text(&rq->in, "from_name")));
    return link_write_one(rq->scope, rs_json(rq), rq_int(rq, "id"), false);
}

err *api_label_link_delete(struct rq *rq)
{
    TRY(link_delete(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}
