/* Handlers of users and organizations. Members are memberships.c. */
#include "api/handlers.h"
#include "base/cfg.h"
#include "core/org.h"
#include "core/user.h"

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
