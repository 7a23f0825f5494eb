/* Pages for people who are not in yet: log-in, sign-up; and the way out. */
#include "api/bodies.h"
#include "api/handlers.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/invitation.h"
#include "core/login.h"
#include "core/password.h"
#include "core/session.h"
#include "core/user.h"
#include "json/verr.h"
#include "page/page.h"

static const char *const SESSION_COOKIE = "sessionid";

static void set_session(struct rq *rq, const char *cookie, bool persistent)
{
    rs_cookie(rq, SESSION_COOKIE, cookie, persistent ? cfg.session_max_age_min * 60 : -1, true);
}

/* A log-in on top of another one ends the first: its cookie is overwritten and nobody could end it later. */
static err *end_previous(struct rq *rq)
{
    return rq->scope->auth == AUTH_SESSION ? session_end(rq->scope->db, rq->scope->session_hash) : OK;
}

static err *onward(struct rq *rq)
{
    const char *next = page_next(rq);

    return rs_redirect(rq, 302, next ? next : "/");
}

static void set_next(struct rq *rq, json_t *ctx)
{
    const char *next = page_next(rq);

    json_object_set_new(ctx, "next", next ? json_string(next) : json_null());
}

static const char *form_text(struct rq *rq, const char *name)
{
    const char *s = rq_form(rq, name);

    return s ? s : "";
}

/* ---- log-in ---- */

static err *can_sign_up(struct rq *rq, bool *out)
{
    struct user_invite where;
    err *e = user_invite(rq->a, rq->scope->db, NULL, &where);

    *out = e == OK;
    return e && e->kind != ERR_PERMISSION ? e : OK;
}

static err *login_page(struct rq *rq, const char *email, bool persist, const char *error)
{
    json_t *ctx = page_context(rq, "Log in");
    bool sign_up;

    TRY(can_sign_up(rq, &sign_up));
    set_next(rq, ctx);
    json_object_set_new(ctx, "can_signup", json_boolean(sign_up));
    json_object_set_new(ctx, "values", json_pack("{s:s, s:b}", "email", email, "persist_session", (int)persist));
    json_object_set_new(ctx, "error", error ? json_string(error) : json_null());
    return page_render(rq, "user/login", ctx);
}

err *page_login(struct rq *rq)
{
    if (rq->scope->user)
        return onward(rq);
    return login_page(rq, "", true, NULL);
}

err *page_login_post(struct rq *rq)
{
    const char *cookie, *email;
    struct login in;
    int64_t user;
    err *e;

    TRY(rq_body(rq));
    email = text_trim(rq->a, form_text(rq, "email"), strlen(form_text(rq, "email")));
    in = (struct login){
        .email = email,
        .password = form_text(rq, "password"),
        .remote_addr = rq_remote_addr(rq),
        .user_agent = rq_header(rq, "User-Agent"),
        .persistent = rq_form(rq, "persist_session") != NULL,
    };
    e = login_run(rq->a, rq->scope->db, &in, &user, &cookie);
    if (e && e->kind == ERR_THROTTLED) {
        rs_status(rq, 429);
        rs_header(rq, "Retry-After", arena_printf(rq->a, "%d", e->retry_after_s));
    }
    if (e && (e->kind == ERR_UNAUTHENTICATED || e->kind == ERR_THROTTLED))
        return login_page(rq, email, in.persistent, e->detail);
    TRY(e);
    TRY(end_previous(rq));
    set_session(rq, cookie, in.persistent);
    return onward(rq);
}

/* ---- sign-up ---- */

static const char *invite_token(const struct rq *rq)
{
    const char *token = rq_query(rq, "token");

    return token && *token ? token : NULL;
}

/* The form posts to its own address, so that link and destination survive a mistake. */
static const char *form_href(struct rq *rq)
{
    return arena_printf(rq->a, "/user/signup/%s%s", rq->query_string[0] ? "?" : "", rq->query_string);
}

static json_t *sign_up_context(struct rq *rq, const struct user_invite *where)
{
    json_t *ctx = page_context(rq, "Sign up");

    set_next(rq, ctx);
    json_object_set_new(ctx, "form_href", json_string(form_href(rq)));
    json_object_set_new(ctx, "invited_to", invite_token(rq) ? json_string(where->title) : json_null());
    json_object_set_new(ctx, "first_account", json_boolean(where->first_account));
    json_object_set_new(ctx, "values", json_pack("{s:s, s:s, s:s}", "email", where->email ? where->email : "", "first_name", "", "last_name", ""));
    return ctx;
}

/* Somebody who has an account already. `error`: why they could not join, or NULL. */
static err *join_page(struct rq *rq, const char *error)
{
    json_t *ctx = page_context(rq, "Join");
    struct user_invite where;

    TRY(user_invite(rq->a, rq->scope->db, invite_token(rq), &where));
    json_object_set_new(ctx, "invited_to", json_string(where.title));
    json_object_set_new(ctx, "email", json_string(rq->scope->email));
    json_object_set_new(ctx, "form_href", json_string(form_href(rq)));
    json_object_set_new(ctx, "error", error ? json_string(error) : json_null());
    return page_render(rq, "user/join", ctx);
}

static err *join_in_tx(struct db *db, void *arg)
{
    struct rq *rq = arg;
    int64_t organization;

    (void)db;
    return invitation_join(rq->scope, invite_token(rq), &organization);
}

static err *join(struct rq *rq)
{
    err *e = tx_run(rq->scope->db, TX_WRITE, join_in_tx, rq);

    if (e && e->kind == ERR_PERMISSION) {
        rs_status(rq, 403);
        return join_page(rq, e->detail);
    }
    return e ? e : rs_redirect(rq, 302, "/");
}

err *page_signup(struct rq *rq)
{
    struct user_invite where;

    if (rq->scope->user)
        return invite_token(rq) ? join_page(rq, NULL) : onward(rq);
    TRY(user_invite(rq->a, rq->scope->db, invite_token(rq), &where));
    return page_render(rq, "user/signup", sign_up_context(rq, &where));
}

struct sign_up {
    struct rq *rq;
    const struct user_new *account;
    const struct user_invite *where;
    const char *cookie;
};

static err *sign_up_in_tx(struct db *db, void *arg)
{
    struct sign_up *s = arg;
    struct login in = {
        .remote_addr = rq_remote_addr(s->rq), .user_agent = rq_header(s->rq, "User-Agent"), .persistent = true,
    };
    int64_t id;

    TRY(user_sign_up(s->rq->a, db, s->account, s->where, &id));
    return login_after_sign_up(s->rq->a, db, &in, id, &s->cookie);
}

/* Everything that can be wrong with the form, before the password is hashed. */
static err *check_sign_up(struct rq *rq, struct jin *in)
{
    struct verr *v = verr_new(rq->a);
    const char *problem;
    int64_t taken;

    TRY(page_form(rq, &B_SIGN_UP, in));
    problem = password_problem(rq->a, jin_text(in, "password"), jin_text(in, "email"));
    TRY(user_find(rq->scope->db, jin_text(in, "email"), &taken));
    if (taken)
        verr_add(v, "email", "User with this email already exists.");
    if (problem)
        verr_add(v, "password", "%s", problem);
    return verr_done(v);
}

static err *sign_up(struct rq *rq, const struct user_invite *where, const char **cookie)
{
    struct user_new account = {0};
    struct sign_up s = {.rq = rq, .account = &account, .where = where};
    struct jin in;

    TRY(check_sign_up(rq, &in));
    TRY(password_hash(rq->a, jin_text(&in, "password"), &account.password_hash));
    account.email = jin_text(&in, "email");
    account.first_name = jin_text(&in, "first_name");
    account.last_name = jin_text(&in, "last_name");
    TRY(tx_run(rq->scope->db, TX_WRITE, sign_up_in_tx, &s));
    *cookie = s.cookie;
    return OK;
}

err *page_signup_post(struct rq *rq)
{
    static const char *const shown[] = {"email", "first_name", "last_name"};
    struct user_invite where;
    const char *cookie;
    json_t *ctx;
    err *e;

    if (rq->scope->user && invite_token(rq))
        return join(rq);
    TRY(user_invite(rq->a, rq->scope->db, invite_token(rq), &where));
    e = sign_up(rq, &where, &cookie);
    if (!e) {
        TRY(end_previous(rq));
        set_session(rq, cookie, true);
        return onward(rq);
    }
    ctx = sign_up_context(rq, &where);
    if (!page_field_errors(ctx, e))
        return e;
    page_sent_values(rq, ctx, shown, 3);
    return page_render(rq, "user/signup", ctx);
}

/* ---- log-out ---- */

err *page_logout(struct rq *rq)
{
    TRY(end_previous(rq));
    TRY(rs_redirect(rq, 302, "/"));
    rs_cookie(rq, SESSION_COOKIE, "", 0, true);
    return OK;
}
