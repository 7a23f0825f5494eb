/* Handlers of the members of an organization: lists with their filters, roles, leaving. */
#include <string.h>

#include "api/handlers.h"
#include "api/paging.h"
#include "base/cfg.h"
#include "core/org.h"
#include "json/verr.h"

static const char *given(struct rq *rq, const char *name)
{
    const char *text = rq_query(rq, name);

    return text && *text ? text : NULL;
}

static err *time_query(struct rq *rq, const char *name, const char **out)
{
    *out = given(rq, name);
    return !*out || jin_is_time(*out) ? OK : verr_text(rq->a, name, "Enter a valid date/time.");
}

static err *read_filter(struct rq *rq, struct member_filter *f)
{
    *f = (struct member_filter){.search = given(rq, "search"), .roles = given(rq, "role"), .tags = given(rq, "tags"),
                                .ordering = given(rq, "ordering")};
    TRY(time_query(rq, "user__last_activity__gte", &f->since));
    TRY(time_query(rq, "user__last_activity__lte", &f->until));
    TRY(rq_query_int(rq, "exclude_project_id", 0, &f->not_in_project));
    TRY(rq_query_int(rq, "exclude_workspace_id", 0, &f->not_in_workspace));
    TRY(rq_query_bool(rq, "is_deleted", false, &f->deleted));
    TRY(rq_query_bool(rq, "active", false, &f->active_only));
    return rq_query_bool(rq, "contributed_to_projects", false, &f->with_projects);
}

/* Clients read pages until one is empty: past the end there is one. */
static err *write_page(struct rq *rq, struct member_filter *f)
{
    struct member_page page;
    struct paging p;
    int64_t total;
    struct jw *w;

    TRY(paging_read(rq, 20, 0, true, &p));
    TRY(org_member_count(rq->scope, rq_int(rq, "id"), f, &total));
    f->offset = p.page > 0 ? (p.page - 1) * p.size : 0;
    f->most = p.size;
    TRY(org_members(rq->scope, rq_int(rq, "id"), f, &page));
    w = rs_json(rq);
    paging_open(rq, w, &p, total);
    for (int i = 0; i < page.members.n; i++)
        org_member_write(w, &page, i);
    jw_end(w);
    jw_end(w);
    return OK;
}

err *api_membership_list(struct rq *rq)
{
    struct member_filter f;

    TRY(read_filter(rq, &f));
    return write_page(rq, &f);
}

/* ---- the filters as one object ---- */

static const char filter_schema[] =
    "{\"version\":1,\"filters\":["
    "{\"key\":\"search\",\"type\":\"text\",\"operators\":[\"contains\"]},"
    "{\"key\":\"role\",\"type\":\"list\",\"operators\":[\"in\"],\"options\":[\"OW\",\"AD\",\"MA\",\"RE\",\"AN\",\"VO\",\"NO\",\"DI\"]},"
    "{\"key\":\"tags\",\"type\":\"list\",\"operators\":[\"in\"]},"
    "{\"key\":\"last_activity\",\"type\":\"datetime\",\"operators\":[\"gte\",\"lte\"]}]}";

err *api_membership_filter_schema(struct rq *rq)
{
    TRY(org_check_own(rq->scope, rq_int(rq, "id")));
    jw_raw(rs_json(rq), filter_schema);
    return OK;
}

/* A text, or the texts and numbers of a list with commas between. */
static const char *filter_value(struct rq *rq, const json_t *v)
{
    const json_t *item;
    struct strbuf b;
    size_t i;

    if (json_is_string(v))
        return json_string_value(v);
    strbuf_init(&b, rq->a, 65536);
    json_array_foreach(v, i, item)
    {
        if (json_is_string(item))
            strbuf_printf(&b, "%s%s", i ? "," : "", json_string_value(item));
        else if (json_is_integer(item))
            strbuf_printf(&b, "%s%lld", i ? "," : "", (long long)json_integer_value(item));
    }
    return b.buf;
}

/* One of the items that the schema describes: {key, operator, value}. */
static err *take_filter(struct rq *rq, const json_t *item, struct member_filter *f)
{
    const char *key = json_string_value(json_object_get(item, "key")), *operator = json_string_value(json_object_get(item, "operator"));
    const char *value = filter_value(rq, json_object_get(item, "value"));
    bool time = key && strcmp(key, "last_activity") == 0;

    if (time && !jin_is_time(value))
        return verr_one(rq->a, "filters", "Enter a valid date/time.");
    if (key && strcmp(key, "search") == 0)
        f->search = value;
    else if (key && strcmp(key, "role") == 0)
        f->roles = value;
    else if (key && strcmp(key, "tags") == 0)
        f->tags = value;
    else if (time && operator && strcmp(operator, "gte") == 0)
        f->since = value;
    else if (time && operator && strcmp(operator, "lte") == 0)
        f->until = value;
    else
        return verr_one(rq->a, "filters", "Unknown filter \"%s\".", key ? key : "");
    return OK;
}

static err *take_filters(struct rq *rq, const json_t *tree, struct member_filter *f)
{
    const json_t *items = json_is_object(tree) ? json_object_get(tree, "filters") : tree, *item;
    size_t i;

    json_array_foreach(items, i, item)
        TRY(take_filter(rq, item, f));
    return OK;
}

err *api_membership_search(struct rq *rq)
{
    const char *text = given(rq, "filters");
    struct member_filter f;
    json_t *tree;

    TRY(read_filter(rq, &f));
    if (text) {
        TRY(jin_parse(rq->a, (struct span){text, strlen(text)}, (int)cfg.json_max_depth, &tree));
        TRY(take_filters(rq, tree, &f));
    }
    return write_page(rq, &f);
}

err *api_membership_search_post(struct rq *rq)
{
    struct member_filter f;

    TRY(read_filter(rq, &f));
    if (jin_has(&rq->in, "filters"))
        TRY(take_filters(rq, jin_tree(&rq->in, "filters"), &f));
    return write_page(rq, &f);
}

err *api_membership_places(struct rq *rq)
{
    return org_places_write(rq->scope, rs_json(rq), rq_int(rq, "id"), given(rq, "search"));
}

/* No profiles of skills are kept. */
err *api_membership_skills(struct rq *rq)
{
    TRY(org_check_own(rq->scope, rq_int(rq, "id")));
    jw_raw(rs_json(rq), "[]");
    return OK;
}

err *api_membership_get(struct rq *rq)
{
    return org_member_figures_write(rq->scope, rs_json(rq), rq_int(rq, "id"), rq_int(rq, "user"));
}

/* The member is named in the body, so it is required here although the method is PATCH. */
err *api_membership_patch(struct rq *rq)
{
    struct verr *v = verr_new(rq->a);
    int64_t user = jin_int(&rq->in, "user_id", 0);

    TRY(org_check_own(rq->scope, rq_int(rq, "id")));
    if (!jin_has(&rq->in, "user_id"))
        verr_add(v, "user_id", "This field is required.");
    if (!jin_has(&rq->in, "role"))
        verr_add(v, "role", "This field is required.");
    TRY(verr_done(v));
    TRY(org_set_role(rq->scope, rq_int(rq, "id"), user, jin_text(&rq->in, "role")));
    return org_member_write_one(rq->scope, rs_json(rq), rq_int(rq, "id"), user);
}

err *api_membership_delete(struct rq *rq)
{
    TRY(org_remove_member(rq->scope, rq_int(rq, "id"), rq_int(rq, "user")));
    return rs_no_content(rq);
}
