/* The account pages: profile, password, keys, API tokens. */
#include "api/avatars.h"
#include "api/bodies.h"
#include "api/handlers.h"
#include "base/text.h"
#include "core/avatar.h"
#include "core/org.h"
#include "core/password.h"
#include "core/token.h"
#include "core/user.h"
#include "core/user.sql.h"
#include "core/wire.h"
#include "json/verr.h"
#include "page/account_keys.h"
#include "page/page.h"

/* The reference's names of the tabs lead to ours. */
static const char *tab_of(const struct rq *rq)
{
    static const char *const names[][2] = {
        {"profile", "profile"},
        {"personal-info", "profile"},
        {"membership", "profile"},
        {"email-preferences", "profile"},
        {"hotkeys", "hotkeys"},
        {"password", "password"},
        {"tokens", "tokens"},
        {"personal-access-token", "tokens"},
        {"legacy-token", "tokens"},
    };
    const char *asked = rq->match.n ? rq_arg(rq, "tab") : "profile";

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i][0], asked) == 0)
            return names[i][1];
    return NULL;
}

/* ---- showing ---- */

/* Picture and the day of joining; both null for somebody who is in no organization. */
static err *set_own(struct rq *rq, json_t *ctx)
{
    struct rows rows;
    struct row r;

    page_set_text(ctx, "avatar_href", NULL);
    page_set_time(rq->a, ctx, "joined", NULL);
    TRY(user_rows(rq->scope, &rq->scope->user, 1, &rows));
    if (rows.n == 0)
        return OK;
    r = rows_at(&rows, 0);
    page_set_text(ctx, "avatar_href", row_text(&r, USER_LIST_AVATAR));
    page_set_time(rq->a, ctx, "joined", wire_time_text(rq->a, row_text(&r, USER_LIST_DATE_JOINED)));
    return OK;
}

static err *set_profile(struct rq *rq, json_t *ctx)
{
    struct scope *s = rq->scope;
    const char *zone;

    TRY(set_own(rq, ctx));
    TRY(user_timezone(s, &zone));
    json_object_set_new(ctx, "role_text", json_string(page_role(s->role)));
    json_object_set_new(ctx, "values", json_pack("{s:s, s:s, s:s}", "first_name", s->first_name, "last_name", s->last_name,
                                                 "timezone", zone));
    return OK;
}

static json_t *token_line(struct rq *rq, const struct token_info *t)
{
    json_t *o = json_object();

    json_object_set_new(o, "id", json_string(t->jti));
    json_object_set_new(o, "short_text", json_string(arena_printf(rq->a, "…%s", t->jti + (strlen(t->jti) > 8 ? strlen(t->jti) - 8 : 0))));
    json_object_set_new(o, "kind_text", json_string("Personal access token"));
    json_object_set_new(o, "expired", json_false());
    page_set_time(rq->a, o, "created", t->created_at);
    page_set_time(rq->a, o, "used", t->last_used_at);
    page_set_time(rq->a, o, "expires", t->expires_at);
    return o;
}

static json_t *legacy_line(struct rq *rq, const struct token_info *t)
{
    json_t *o;

    if (!t->head)
        return json_null();
    o = json_object();
    json_object_set_new(o, "key", json_string(t->head));
    page_set_time(rq->a, o, "created", t->created_at);
    page_set_time(rq->a, o, "used", t->last_used_at);
    return o;
}

/* "30 days", "200 years". */
static const char *token_life(struct arena *a, int64_t days)
{
    return days < 2 * 365 ? page_counted(a, days, "day", "days") : page_counted(a, days / 365, "year", "years");
}

static err *set_tokens(struct rq *rq, json_t *ctx)
{
    struct org_rules rules = {.api_tokens_enabled = true, .legacy_api_tokens_enabled = true, .api_token_ttl_days = 0};
    struct token_info *list, legacy;
    json_t *tokens = json_array();
    size_t n;

    json_object_set_new(ctx, "tokens", tokens);
    if (rq->scope->organization)
        TRY(org_rules(rq->scope, &rules));
    TRY(token_refresh_infos(rq->scope, &list, &n));
    TRY(token_legacy_info(rq->scope, &legacy));
    for (size_t i = 0; i < n; i++)
        json_array_append_new(tokens, token_line(rq, &list[i]));
    json_object_set_new(ctx, "has_tokens", json_boolean(n > 0));
    json_object_set_new(ctx, "can_create_token", json_boolean(n == 0));
    json_object_set_new(ctx, "pat_enabled", json_boolean(rules.api_tokens_enabled));
    json_object_set_new(ctx, "legacy_enabled", json_boolean(rules.legacy_api_tokens_enabled));
    json_object_set_new(ctx, "legacy", legacy_line(rq, &legacy));
    json_object_set_new(ctx, "pat_life_text",
                        rules.api_token_ttl_days
                            ? json_string(arena_printf(rq->a, "New ones last %s.",
                                                       token_life(rq->a, rules.api_token_ttl_days)))
                            : json_null());
    return OK;
}

/* `e`: what was wrong with the form that was sent, or NULL. */
static err *show(struct rq *rq, const char *tab, const char *new_token, const err *e)
{
    json_t *ctx = page_context(rq, "Account");

    json_object_set_new(ctx, "section", json_pack("{s:b}", tab, 1));
    json_object_set_new(ctx, "new_token", new_token ? json_string(new_token) : json_null());
    TRY(set_profile(rq, ctx));
    if (strcmp(tab, "tokens") == 0)
        TRY(set_tokens(rq, ctx));
    if (e) {
        static const char *const shown[] = {"first_name", "last_name", "timezone"};

        rs_status(rq, err_status(e));
        if (!page_field_errors(ctx, e))
            json_object_set_new(ctx, "error", json_string(e->detail ? e->detail : err_default_detail(e->kind)));
        if (strcmp(tab, "profile") == 0 && rq_form(rq, "first_name"))
            page_sent_values(rq, ctx, shown, sizeof shown / sizeof shown[0]);
    }
    if (strcmp(tab, "hotkeys") == 0)
        TRY(account_keys_fill(rq, ctx));
    return page_render(rq, "user/account", ctx);
}

err *page_account(struct rq *rq)
{
    const char *tab = tab_of(rq);

    return tab ? show(rq, tab, NULL, NULL) : err_new(rq->a, ERR_NOT_FOUND, NULL);
}

/* ---- changing ---- */

static err *save_profile(struct rq *rq)
{
    struct jin in;

    TRY(page_form(rq, &B_PROFILE, &in));
    if (jin_has(&in, "timezone"))
        TRY(user_set_timezone(rq->scope, jin_text(&in, "timezone")));
    return user_set_names(rq->scope, jin_text(&in, "first_name"), jin_text(&in, "last_name"));
}

static err *take_avatar_in_tx(struct db *db, void *arg)
{
    struct rq *rq = arg;

    (void)db;
    return avatar_take(rq, rq->scope->user);
}

static err *remove_avatar_in_tx(struct db *db, void *arg)
{
    struct rq *rq = arg;

    (void)db;
    return avatar_remove(rq->scope, rq->scope->user);
}

static const char *form_text(struct rq *rq, const char *name)
{
    const char *s = rq_form(rq, name);

    return s ? s : "";
}

struct new_password {
    struct scope *scope;
    const char *hash;
};

static err *set_password_in_tx(struct db *db, void *arg)
{
    const struct new_password *p = arg;

    (void)db;
    return user_set_password(p->scope, p->scope->user, p->hash);
}

static err *change_password(struct rq *rq)
{
    struct new_password p = {.scope = rq->scope};
    const char *stored, *problem;
    bool match, rehash;

    problem = password_problem(rq->a, form_text(rq, "new_password"), rq->scope->email);
    if (problem)
        return verr_one(rq->a, "new_password", "%s", problem);
    TRY(user_password(rq->scope->db, rq->scope->user, &stored));
    TRY(password_verify(rq->a, form_text(rq, "old_password"), stored, &match, &rehash));
    if (!match)
        return verr_one(rq->a, "old_password", "This is not your present password.");
    TRY(password_hash(rq->a, form_text(rq, "new_password"), &p.hash));
    return tx_run(rq->scope->db, TX_WRITE, set_password_in_tx, &p);
}

struct new_token {
    struct scope *scope;
    struct token_refresh made;
};

static err *create_token_in_tx(struct db *db, void *arg)
{
    struct new_token *t = arg;

    (void)db;
    return token_refresh_create(t->scope, &t->made);
}

/* Shown in the answer itself, not after a redirect: it must not lie in a cookie or a log. */
static err *create_token(struct rq *rq)
{
    struct new_token t = {.scope = rq->scope};
    err *e = tx_run(rq->scope->db, TX_WRITE, create_token_in_tx, &t);

    if (e && e->kind != ERR_CONFLICT)
        return e;
    return show(rq, "tokens", e ? NULL : t.made.token, e);
}

static err *change_tokens(struct rq *rq, const char *action)
{
    const char *unused;

    TRY(scope_need(rq->scope, PERM_USERS_TOKEN));
    if (strcmp(action, "pat_create") == 0)
        return create_token(rq);
    if (strcmp(action, "pat_revoke") == 0) {
        TRY(token_refresh_revoke(rq->scope, form_text(rq, "id")));
        return page_see_other(rq, "/user/account/tokens", "good", "Token revoked. Scripts that use it are refused from now on.");
    }
    if (strcmp(action, "legacy_reset") == 0) {
        TRY(token_legacy_set(rq->scope->db, rq->a, rq->scope->user, NULL, &unused));
        return page_see_other(rq, "/user/account/tokens", "good", "New legacy token made. The old one no longer works.");
    }
    return err_new(rq->a, ERR_BAD_REQUEST, "Unknown action.");
}

static err *done(struct rq *rq, const char *tab, err *e, const char *text)
{
    if (e && e->kind == ERR_VALIDATION)
        return show(rq, tab, NULL, e);
    TRY(e);
    return page_see_other(rq, arena_printf(rq->a, "/user/account/%s", tab), "good", text);
}

static err *change_profile(struct rq *rq, const char *action)
{
    bool remove = strcmp(action, "avatar_remove") == 0;

    if (!remove && strcmp(action, "avatar") != 0)
        return done(rq, "profile", save_profile(rq), "Profile saved.");
    TRY(scope_need(rq->scope, PERM_AVATAR_ANY));
    return done(rq, "profile", tx_run(rq->scope->db, TX_WRITE, remove ? remove_avatar_in_tx : take_avatar_in_tx, rq),
                remove ? "Picture removed." : "Picture saved.");
}

err *page_account_post(struct rq *rq)
{
    const char *tab = tab_of(rq);

    if (!tab)
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
    TRY(rq_body(rq));
    if (strcmp(tab, "profile") == 0)
        return change_profile(rq, form_text(rq, "action"));
    if (strcmp(tab, "password") == 0)
        return done(rq, tab, change_password(rq), "Password changed. Your other sessions were logged out.");
    if (strcmp(tab, "hotkeys") == 0)
        return done(rq, tab, account_keys_save(rq), "Keys saved. They hold on every labelling page that is opened from now on.");
    return change_tokens(rq, form_text(rq, "action"));
}
