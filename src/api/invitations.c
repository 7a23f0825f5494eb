/* Handlers of invitations: the organization's link, and those by e-mail. */
#include "api/handlers.h"
#include "core/invitation.h"
#include "core/org.h"

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

err *api_invitation_send(struct rq *rq)
{
    return invitation_send(rq->scope, rs_json(rq), &rq->in);
}

err *api_invitation_list(struct rq *rq)
{
    return invitation_list_write(rq->scope, rs_json(rq));
}

err *api_invitation_revoke(struct rq *rq)
{
    TRY(invitation_revoke(rq->scope, jin_text(&rq->in, "email")));
    return rs_no_content(rq);
}

err *api_invitation_accept(struct rq *rq)
{
    int64_t organization;
    struct jw *w;

    TRY(invitation_join(rq->scope, jin_text(&rq->in, "token"), &organization));
    w = rs_json(rq);
    jw_obj(w);
    jw_ki64(w, "organization", organization);
    jw_end(w);
    return OK;
}
