/* Handlers of the members of a project and of the roles that count in it. */
#include "api/handlers.h"
#include "api/idlist.h"
#include "api/paging.h"
#include "core/member.h"
#include "core/project.h"
#include "json/verr.h"

enum { MEMBER_PAGE = 30 };

static err *time_query(struct rq *rq, const char *name, const char **out)
{
    *out = rq_query(rq, name);
    if (*out && !**out)
        *out = NULL;
    return !*out || jin_is_time(*out) ? OK : verr_text(rq->a, name, "Enter a valid date/time.");
}

static const char *given(struct rq *rq, const char *name)
{
    const char *text = rq_query(rq, name);

    return text && *text ? text : NULL;
}

static err *people_read(struct rq *rq, struct people_filter *f)
{
    *f = (struct people_filter){.search = given(rq, "search"), .roles = given(rq, "role"), .tags = given(rq, "tags")};
    TRY(time_query(rq, "last_activity__gte", &f->since));
    return time_query(rq, "last_activity__lte", &f->until);
}

static err *list_read(struct rq *rq, struct member_list *f)
{
    bool on;

    *f = (struct member_list){.ordering = rq_query(rq, "ordering"), .implicit = db_null()};
    TRY(people_read(rq, &f->people));
    TRY(idlist_query(rq, "ids", &f->ids));
    TRY(rq_query_bool(rq, "no_annotators", false, &f->no_annotators));
    TRY(rq_query_bool(rq, "with_deleted", false, &f->with_deleted));
    TRY(rq_query_bool(rq, "implicit", false, &on));
    if (given(rq, "implicit"))
        f->implicit = db_bool(on);
    return OK;
}

err *api_member_list(struct rq *rq)
{
    struct member_list f = {.implicit = db_null()};
    struct member_rows rows;
    struct jw *w;

    TRY(idlist_query(rq, "user_ids", &f.ids));
    TRY(member_list(rq->scope, rq_int(rq, "id"), &f, &rows));
    w = rs_json(rq);
    jw_arr(w);
    for (int i = 0; i < rows.members.n; i++)
        member_write(w, &rows, i, true);
    jw_end(w);
    return OK;
}

/* Clients read pages until one is empty: past the end there is one. */
err *api_member_page(struct rq *rq)
{
    struct member_list f;
    struct member_rows rows;
    struct paging p;
    struct jw *w;

    TRY(list_read(rq, &f));
    TRY(paging_read(rq, MEMBER_PAGE, 0, true, &p));
    f.skip = p.page > 0 ? (p.page - 1) * p.size : 0;
    f.most = p.size;
    TRY(member_list(rq->scope, rq_int(rq, "id"), &f, &rows));
    w = rs_json(rq);
    paging_open(rq, w, &p, rows.total);
    for (int i = 0; i < rows.members.n; i++)
        member_write(w, &rows, i, false);
    jw_end(w);
    jw_end(w);
    return OK;
}

err *api_member_export(struct rq *rq)
{
    struct member_list f;
    struct member_rows rows;
    struct strbuf b;

    TRY(list_read(rq, &f));
    TRY(member_list(rq->scope, rq_int(rq, "id"), &f, &rows));
    strbuf_init(&b, rq->a, 64u << 20);
    strbuf_puts(&b, "id,email,first_name,last_name,role,project_role,implicit_member,last_activity\r\n");
    for (int i = 0; i < rows.members.n; i++)
        member_csv(&b, &rows, i);
    TRY(strbuf_check(&b));
    rs_type(rq, "text/csv; charset=utf-8");
    rs_header(rq, "Content-Disposition",
              arena_printf(rq->a, "attachment; filename=\"project-%lld-members.csv\"", (long long)rq_int(rq, "id")));
    rs_write(rq, b.buf, b.len);
    return OK;
}

err *api_member_add(struct rq *rq)
{
    int64_t user = jin_int(&rq->in, "user", 0);
    struct jw *w;

    TRY(member_add(rq->scope, rq_int(rq, "id"), user));
    w = rs_json_status(rq, 201);
    jw_obj(w);
    jw_ki64(w, "user", user);
    jw_end(w);
    return OK;
}

err *api_member_remove(struct rq *rq)
{
    int64_t user;

    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(rq_query_int(rq, "user", jin_int(&rq->in, "user", jin_int(&rq->in, "user_id", 0)), &user));
    if (!user)
        return verr_one(rq->a, "user", "This field is required.");
    TRY(member_remove(rq->scope, rq_int(rq, "id"), user));
    return rs_no_content(rq);
}

err *api_members_add(struct rq *rq)
{
    struct pick who = {.all = jin_bool(&rq->in, "all", false)};
    struct people_filter f = {0};
    const char *skipped;
    struct jw *w;
    int64_t n;

    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(idlist_read(rq->a, "included", jin_tree(&rq->in, "included"), &who.included));
    TRY(idlist_read(rq->a, "excluded", jin_tree(&rq->in, "excluded"), &who.excluded));
    if (who.all)
        TRY(people_read(rq, &f));
    TRY(member_join(rq->scope, rq_int(rq, "id"), &who, &f, &n, &skipped));
    TRY(member_roles_set(rq->scope, rq_int(rq, "id"), jin_tree(&rq->in, "roles")));
    w = rs_json(rq);
    jw_obj(w);
    jw_ki64(w, "assignments", n);
    jw_kraw(w, "skipped_user_ids", skipped);
    jw_end(w);
    return OK;
}

err *api_members_remove(struct rq *rq)
{
    struct pick who = {0};
    struct people_filter f;
    struct jw *w;
    int64_t n;

    TRY(rq_query_bool(rq, "all", false, &who.all));
    TRY(idlist_query(rq, "included", &who.included));
    TRY(idlist_query(rq, "excluded", &who.excluded));
    TRY(people_read(rq, &f));
    TRY(member_leave(rq->scope, rq_int(rq, "id"), &who, &f, &n));
    w = rs_json(rq);
    jw_obj(w);
    jw_ki64(w, "unassignments", n);
    jw_ki64(w, "deleted", n);
    jw_end(w);
    return OK;
}

/* ---- roles ---- */

err *api_project_roles_own(struct rq *rq)
{
    const char *ids;

    TRY(idlist_query(rq, "ids", &ids));
    return member_roles_write(rq->scope, rs_json(rq), ids, true);
}

err *api_project_roles(struct rq *rq)
{
    int64_t id = rq_int(rq, "id");

    TRY(project_check_visible(rq->scope, id));
    return member_roles_write(rq->scope, rs_json(rq), arena_printf(rq->a, "{%lld}", (long long)id), false);
}

err *api_project_role_add(struct rq *rq)
{
    return member_role_set(rq->scope, rs_json_status(rq, 201), jin_int(&rq->in, "project", 0), jin_int(&rq->in, "user", 0),
                           jin_text(&rq->in, "role"));
}

err *api_project_role_remove(struct rq *rq)
{
    TRY(member_role_end(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}
