/* Handlers of users, organizations, memberships and the invitation link. */
#include "api/handlers.h"
#include "api/paging.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/org.h"
#include "core/user.h"
#include "json/verr.h"

/* ---- users ---- */

err *api_user_list(struct rq *rq)
{
    return user_list_write(rq->scope, rs_json(rq));
}

err *api_user_get(struct rq *rq)
{
    return user_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}

err *api_user_create(struct rq *rq)
{
    const char *email = jin_text(&rq->in, "email");
    struct user_new in = {
        .email = email ? email : "",
        .username = jin_text(&rq->in, "username"),
        .first_name = jin_text(&rq->in, "first_name"),
        .last_name = jin_text(&rq->in, "last_name"),
        .phone = jin_text(&rq->in, "phone"),
    };
    int64_t id;

    TRY(user_add_or_return(rq->scope, &in, &id));
    return user_write(rq->scope, rs_json_status(rq, 201), id);
}

err *api_user_patch(struct rq *rq)
{
    TRY(user_change(rq->scope, rq_int(rq, "id"), &rq->in));
    return user_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}

err *api_user_delete(struct rq *rq)
{
    TRY(org_remove_member(rq->scope, rq->scope->organization, rq_int(rq, "id")));
    return rs_no_content(rq);
}

/* ---- organizations ---- */

err *api_org_list(struct rq *rq)
{
    return org_list_write(rq->scope, rs_json(rq));
}

err *api_org_create(struct rq *rq)
{
    int64_t id;

    if (!cfg.allow_organization_creation)
        return err_new(rq->a, ERR_PERMISSION, NULL);
    TRY(org_create(rq->a, rq->scope->db, jin_text(&rq->in, "title"), rq->scope->user, &id));
    return org_created_write(rq->scope, rs_json_status(rq, 201), id);
}

err *api_org_get(struct rq *rq)
{
    return org_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}

err *api_org_patch(struct rq *rq)
{
    TRY(org_change(rq->scope, rq_int(rq, "id"), &rq->in));
    return org_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}

err *api_default_role_patch(struct rq *rq)
{
    TRY(org_set_defaults(rq->scope, rq_int(rq, "id"), &rq->in));
    return org_defaults_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}

/* ---- members ---- */

static err *read_filter(struct rq *rq, struct member_filter *f)
{
    const char *search = rq_query(rq, "search");

    *f = (struct member_filter){.search = search && *search ? search : NULL, .roles = rq_query(rq, "role")};
    TRY(rq_query_bool(rq, "is_deleted", false, &f->deleted));
    TRY(rq_query_bool(rq, "active", false, &f->active_only));
    return rq_query_bool(rq, "contributed_to_projects", false, &f->with_projects);
}

err *api_membership_list(struct rq *rq)
{
    struct member_filter f;
    struct member_page page;
    struct paging p;
    int64_t total;
    struct jw *w;

    TRY(read_filter(rq, &f));
    TRY(paging_read(rq, 20, 0, true, &p));
    TRY(org_member_count(rq->scope, rq_int(rq, "id"), &f, &total));
    TRY(paging_check(rq, &p, total));
    f.offset = (p.page - 1) * p.size;
    f.most = p.size;
    TRY(org_members(rq->scope, rq_int(rq, "id"), &f, &page));
    w = rs_json(rq);
    paging_open(rq, w, &p, total);
    for (int i = 0; i < page.members.n; i++)
        org_member_write(w, &page, i);
    jw_end(w);
    jw_end(w);
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
    return org_member_figures_write(rq->scope, rs_json(rq), rq_int(rq, "id"), user);
}

err *api_membership_delete(struct rq *rq)
{
    TRY(org_remove_member(rq->scope, rq_int(rq, "id"), rq_int(rq, "user")));
    return rs_no_content(rq);
}

/* ---- invitation ---- */

static void write_invite(struct rq *rq, int status, const char *token)
{
    struct jw *w = rs_json_status(rq, status);

    jw_obj(w);
    jw_kstr(w, "token", token);
    jw_kstr(w, "invite_url", arena_printf(rq->a, "/user/signup/?token=%s", token));
    jw_end(w);
}

err *api_invite_get(struct rq *rq)
{
    const char *token;

    TRY(org_invite_token(rq->scope, false, &token));
    write_invite(rq, 200, token);
    return OK;
}

err *api_invite_reset(struct rq *rq)
{
    const char *token;

    TRY(org_invite_token(rq->scope, true, &token));
    write_invite(rq, 201, token);
    return OK;
}
