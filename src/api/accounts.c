/* Handlers of the calling user, tokens and the organization's rules for them. Other users and members: members.c. */
#include "api/handlers.h"
#include "base/cfg.h"
#include "core/hotkeys.h"
#include "core/org.h"
#include "core/token.h"
#include "core/user.h"

/* ---- the calling user ---- */

err *api_whoami(struct rq *rq)
{
    struct jw *w = rs_json(rq);

    TRY(user_write_open(rq->scope, w, rq->scope->user));
    jw_key(w, "permissions");
    perm_write(w, rq->scope->permissions);
    jw_end(w);
    return OK;
}

err *api_current_user_get(struct rq *rq)
{
    return user_write(rq->scope, rs_json(rq), rq->scope->user);
}

/* The answer is that of the organization that the caller works in from now on. */
err *api_current_user_patch(struct rq *rq)
{
    TRY(user_change(rq->scope, rq->scope->user, &rq->in));
    return user_write(rq->scope, rs_json(rq), rq->scope->user);
}

static void write_hotkeys(struct rq *rq, const char *json)
{
    struct jw *w = rs_json(rq);

    jw_obj(w);
    jw_kraw(w, "custom_hotkeys", json);
    jw_end(w);
}

err *api_hotkeys_get(struct rq *rq)
{
    const char *json;

    TRY(user_hotkeys(rq->scope, &json));
    write_hotkeys(rq, json);
    return OK;
}

static err *bad_hotkeys(struct rq *rq, const char *problem)
{
    err *e = err_new(rq->a, ERR_VALIDATION, NULL);
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, 4096);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "error", "Invalid hotkeys configuration");
    jw_key(&w, "details");
    jw_obj(&w);
    jw_key(&w, "custom_hotkeys");
    jw_arr(&w);
    jw_str(&w, problem);
    jw_end(&w);
    jw_end(&w);
    jw_end(&w);
    e->bare_json = b.buf;
    return e;
}

/* The map itself from a JSON body, or from a form field that holds JSON. */
static err *sent_hotkeys(struct rq *rq, struct span *out)
{
    const char *field;

    TRY(rq_body(rq));
    *out = (struct span){0};
    if (!rq->body_is_form) {
        TRY(jspan_check(rq->a, rq->body, (int)cfg.json_max_depth));
        *out = jspan_member(rq->a, rq->body, "custom_hotkeys");
        return OK;
    }
    field = rq_form(rq, "custom_hotkeys");
    if (field)
        *out = (struct span){field, strlen(field)};
    return OK;
}

err *api_hotkeys_patch(struct rq *rq)
{
    struct span sent;
    json_t *map;
    const char *problem;

    TRY(sent_hotkeys(rq, &sent));
    if (!sent.p)
        return bad_hotkeys(rq, "This field is required.");
    TRY(jin_parse(rq->a, sent, (int)cfg.json_max_depth, &map));
    problem = hotkeys_problem(rq->a, map);
    if (problem)
        return bad_hotkeys(rq, problem);
    TRY(user_set_hotkeys(rq->scope, span_dup(rq->a, sent)));
    write_hotkeys(rq, span_dup(rq->a, sent));
    return OK;
}

/* ---- legacy token ---- */

static void write_token(struct rq *rq, int status, const char *key, const char *value)
{
    struct jw *w = rs_json_status(rq, status);

    jw_obj(w);
    jw_kstr(w, key, value);
    jw_end(w);
}

err *api_legacy_token_get(struct rq *rq)
{
    const char *token;

    TRY(token_legacy(rq->scope->db, rq->a, rq->scope->user, &token));
    write_token(rq, 200, "token", token);
    return OK;
}

err *api_legacy_token_reset(struct rq *rq)
{
    const char *token;

    TRY(token_legacy_set(rq->scope->db, rq->a, rq->scope->user, NULL, &token));
    write_token(rq, 201, "token", token);
    return OK;
}

/* ---- personal access tokens ---- */

err *api_pat_list(struct rq *rq)
{
    return token_refresh_list(rq->scope, rs_json(rq));
}

err *api_pat_create(struct rq *rq)
{
    struct token_refresh t;
    struct jw *w;

    TRY(token_refresh_create(rq->scope, &t));
    w = rs_json_status(rq, 201);
    jw_obj(w);
    jw_kstr(w, "token", t.token);
    jw_kstr(w, "created_at", t.created_at);
    jw_kstr(w, "expires_at", t.expires_at);
    jw_end(w);
    return OK;
}

err *api_pat_refresh(struct rq *rq)
{
    const char *access;

    TRY(token_access(rq->scope, jin_text(&rq->in, "refresh"), &access));
    write_token(rq, 200, "access", access);
    return OK;
}

err *api_pat_rotate(struct rq *rq)
{
    const char *refresh;

    TRY(token_rotate(rq->scope, jin_text(&rq->in, "refresh"), &refresh));
    write_token(rq, 200, "refresh", refresh);
    return OK;
}

err *api_pat_blacklist(struct rq *rq)
{
    TRY(token_revoke(rq->scope, jin_text(&rq->in, "refresh")));
    return rs_no_content(rq);
}

/* ---- the organization's rules ---- */

err *api_jwt_settings_get(struct rq *rq)
{
    return org_token_settings_write(rq->scope, rs_json(rq));
}

err *api_jwt_settings_post(struct rq *rq)
{
    TRY(org_set_token_settings(rq->scope, &rq->in));
    return org_token_settings_write(rq->scope, rs_json(rq));
}

err *api_session_policy_get(struct rq *rq)
{
    return org_session_policy_write(rq->scope, rs_json(rq));
}

err *api_session_policy_patch(struct rq *rq)
{
    TRY(org_set_session_policy(rq->scope, &rq->in));
    return org_session_policy_write(rq->scope, rs_json(rq));
}
