/* Handlers of /api/workspaces/: workspaces, who is in them and which projects. */
#include "api/handlers.h"
#include "api/idlist.h"
#include "api/paging.h"
#include "base/text.h"
#include "core/project.h"
#include "core/user.h"
#include "core/workspace.h"
#include "json/verr.h"

enum { MEMBER_PAGE = 30 };

static err *query_flag(struct rq *rq, const char *name, struct db_arg *out)
{
    bool on;

    *out = db_null();
    if (!rq_query(rq, name))
        return OK;
    TRY(rq_query_bool(rq, name, false, &on));
    *out = db_bool(on);
    return OK;
}

err *api_workspace_list(struct rq *rq)
{
    struct workspace_filter f = {.ordering = rq_query(rq, "ordering")};

    TRY(query_flag(rq, "is_archived", &f.archived));
    TRY(query_flag(rq, "is_personal", &f.personal));
    TRY(rq_query_bool(rq, "include_all_workspaces", false, &f.everybody));
    return workspace_list_write(rq->scope, rs_json(rq), &f);
}

err *api_workspace_create(struct rq *rq)
{
    int64_t id;

    TRY(workspace_create(rq->scope, &rq->in, &id));
    return workspace_write(rq->scope, rs_json_status(rq, 201), id);
}

err *api_workspace_get(struct rq *rq)
{
    return workspace_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}

err *api_workspace_patch(struct rq *rq)
{
    TRY(workspace_change(rq->scope, rq_int(rq, "id"), &rq->in));
    return workspace_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}

err *api_workspace_delete(struct rq *rq)
{
    TRY(workspace_delete(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}

/* ---- members ---- */

static err *write_members(struct rq *rq, struct jw *w, const int64_t *users, size_t n, bool wrapped)
{
    struct rows rows;

    TRY(user_rows(rq->scope, users, n, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        if (wrapped) {
            jw_obj(w);
            jw_key(w, "user");
        }
        user_row_write_open(w, &r);
        jw_end(w);
        if (wrapped) {
            jw_ki64(w, "workspace", rq_int(rq, "id"));
            jw_end(w);
        }
    }
    return OK;
}

err *api_workspace_members(struct rq *rq)
{
    const struct workspace_people all = {0};
    int64_t *users, total;
    struct jw *w;
    size_t n;

    TRY(workspace_members(rq->scope, rq_int(rq, "id"), &all, &users, &n, &total));
    w = rs_json(rq);
    jw_arr(w);
    TRY(write_members(rq, w, users, n, true));
    jw_end(w);
    return OK;
}

/* Clients read pages until one is empty: past the end there is one. */
err *api_workspace_members_page(struct rq *rq)
{
    struct workspace_people f = {.search = rq_query(rq, "search")};
    int64_t *users, total;
    struct paging p;
    struct jw *w;
    size_t n;

    TRY(idlist_query(rq, "ids", &f.ids));
    TRY(paging_read(rq, MEMBER_PAGE, 0, true, &p));
    f.skip = p.page > 0 ? (p.page - 1) * p.size : 0;
    f.most = p.size;
    TRY(workspace_members(rq->scope, rq_int(rq, "id"), &f, &users, &n, &total));
    w = rs_json(rq);
    paging_open(rq, w, &p, total);
    TRY(write_members(rq, w, users, n, false));
    jw_end(w);
    jw_end(w);
    return OK;
}

err *api_workspace_member_add(struct rq *rq)
{
    int64_t id = rq_int(rq, "id"), user = jin_int(&rq->in, "user", 0);
    struct jw *w;

    TRY(workspace_join_one(rq->scope, id, user));
    w = rs_json_status(rq, 201);
    jw_obj(w);
    jw_ki64(w, "user", user);
    jw_ki64(w, "workspace", id);
    jw_end(w);
    return OK;
}

/* Whom to remove: ?user_id=, or as older clients send it in a body, under either name. */
err *api_workspace_member_remove(struct rq *rq)
{
    int64_t user;

    TRY(workspace_check(rq->scope, rq_int(rq, "id")));
    TRY(rq_query_int(rq, "user_id", 0, &user));
    if (!user)
        user = jin_int(&rq->in, "user_id", jin_int(&rq->in, "user", 0));
    if (!user)
        return verr_one(rq->a, "user_id", "This field is required.");
    TRY(workspace_leave_one(rq->scope, rq_int(rq, "id"), user));
    return rs_no_content(rq);
}

static err *answer_count(struct rq *rq, int status, const char *key, int64_t n)
{
    struct jw *w = rs_json_status(rq, status);

    jw_obj(w);
    jw_ki64(w, key, n);
    jw_end(w);
    return OK;
}

err *api_workspace_members_add(struct rq *rq)
{
    struct pick who = {.all = jin_bool(&rq->in, "all", false), .search = rq_query(rq, "search")};
    int64_t n;

    TRY(idlist_read(rq->a, "included", jin_tree(&rq->in, "included"), &who.included));
    TRY(idlist_read(rq->a, "excluded", jin_tree(&rq->in, "excluded"), &who.excluded));
    TRY(workspace_join(rq->scope, rq_int(rq, "id"), &who, &n));
    return answer_count(rq, 200, "assignments", n);
}

err *api_workspace_members_remove(struct rq *rq)
{
    struct pick who = {.search = rq_query(rq, "search")};
    int64_t n;

    TRY(rq_query_bool(rq, "all", false, &who.all));
    TRY(idlist_query(rq, "included", &who.included));
    if (!who.included)
        TRY(idlist_query(rq, "ids", &who.included));
    TRY(idlist_query(rq, "excluded", &who.excluded));
    TRY(workspace_leave(rq->scope, rq_int(rq, "id"), &who, &n));
    return answer_count(rq, 200, "unassignments", n);
}

/* ---- projects ---- */

err *api_workspace_projects(struct rq *rq)
{
    struct rows rows;
    int64_t *ids;
    struct jw *w;
    size_t n;

    TRY(workspace_project_ids(rq->scope, rq_int(rq, "id"), &ids, &n));
    TRY(project_rows(rq->scope, ids, n, &rows));
    w = rs_json(rq);
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        project_write(w, &r, NULL, false);
    }
    jw_end(w);
    return OK;
}

err *api_workspace_project_add(struct rq *rq)
{
    int64_t project = jin_int(&rq->in, "project", 0);

    TRY(workspace_add_project(rq->scope, rq_int(rq, "id"), project));
    return answer_count(rq, 201, "project", project);
}

err *api_workspace_project_remove(struct rq *rq)
{
    int64_t project;

    TRY(workspace_check(rq->scope, rq_int(rq, "id")));
    TRY(rq_query_int(rq, "project", jin_int(&rq->in, "project", 0), &project));
    if (!project)
        return verr_one(rq->a, "project", "This field is required.");
    TRY(workspace_remove_project(rq->scope, rq_int(rq, "id"), project));
    return rs_no_content(rq);
}
