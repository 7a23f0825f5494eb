/* Handlers of an organization's permission overrides. */
#include <string.h>

#include "api/handlers.h"
#include "core/org.h"
#include "json/verr.h"

err *api_override_list(struct rq *rq)
{
    return org_overrides_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}

/* "options" is no permission, but what can be one. */
err *api_override_get(struct rq *rq)
{
    if (strcmp(rq_arg(rq, "key"), "options") == 0)
        return org_override_options_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
    return org_override_write(rq->scope, rs_json(rq), rq_int(rq, "id"), rq_arg(rq, "key"));
}

static err *set(struct rq *rq, const char *permission, int status)
{
    int64_t id = rq_int(rq, "id");
    const json_t *roles = jin_tree(&rq->in, "roles");

    if (!roles || json_is_null(roles))
        return verr_one(rq->a, "roles", "This field is required.");
    TRY(org_override_set(rq->scope, id, permission, roles));
    return org_override_write(rq->scope, rs_json_status(rq, status), id, permission);
}

err *api_override_create(struct rq *rq)
{
    const char *permission = jin_text(&rq->in, "permission");
    err *e = OK;

    TRY(org_check_own(rq->scope, rq_int(rq, "id")));
    if (!permission)
        return verr_one(rq->a, "permission", "This field is required.");
    e = set(rq, permission, 201);
    if (e && e->kind == ERR_NOT_FOUND)
        return verr_one(rq->a, "permission", "\"%s\" is not a valid choice.", permission);
    return e;
}

err *api_override_change(struct rq *rq)
{
    return set(rq, rq_arg(rq, "key"), 200);
}

err *api_override_delete(struct rq *rq)
{
    TRY(org_override_set(rq->scope, rq_int(rq, "id"), rq_arg(rq, "key"), NULL));
    return rs_no_content(rq);
}
