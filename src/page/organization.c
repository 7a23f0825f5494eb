/* The page of people in the organization: members and roles, the invitation link. Also where the forms of the organization arrive. */
#include "page/organization.h"

#include "api/handlers.h"
#include "core/names.h"
#include "core/org.h"
#include "page/fields.h"

enum { LINES = 100 };

static const char *const given_roles[] = {"AD", "MA", "RE", "AN", "VO", "NO", "DI"};

static json_t *role_choices(const char *now)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof given_roles / sizeof given_roles[0]; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "value", given_roles[i], "text", page_role(given_roles[i]),
                                              "selected", strcmp(given_roles[i], now) == 0));
    return list;
}

/* ---- showing ---- */

static json_t *member_object(struct rq *rq, const struct member_line *m)
{
    bool me = m->id == rq->scope->user;
    json_t *o = json_object();

    json_object_set_new(o, "id", json_integer(m->id));
    json_object_set_new(o, "name", json_string(names_display(rq->a, m->first_name, m->last_name, m->username, m->email)));
    json_object_set_new(o, "email", json_string(m->email));
    json_object_set_new(o, "initials", json_string(names_initials(rq->a, m->first_name, m->last_name, m->username, m->email)));
    json_object_set_new(o, "is_me", json_boolean(me));
    json_object_set_new(o, "can_change", json_boolean(scope_can(rq->scope, PERM_ORGANIZATIONS_CHANGE) && !me && role_parse(m->role) != R_OW));
    json_object_set_new(o, "role_text", json_string(page_role(m->role)));
    json_object_set_new(o, "roles", role_choices(m->role));
    json_object_set_new(o, "annotations_text", json_string(page_count(rq->a, m->annotated_tasks)));
    page_set_time(rq->a, o, "active", m->last_activity);
    return o;
}

static err *set_members(struct rq *rq, json_t *ctx)
{
    const int64_t page = page_query_number(rq, "page");
    struct member_filter wanted = {.offset = (page - 1) * LINES, .most = LINES, .search = page_query_search(rq, "search")};
    struct member_line *lines;
    json_t *members = json_array();
    int64_t total;
    size_t n;

    json_object_set_new(ctx, "members", members);
    TRY(org_member_count(rq->scope, rq->scope->organization, &wanted, &total));
    TRY(org_member_lines(rq->scope, &wanted, &lines, &n));
    for (size_t i = 0; i < n; i++)
        json_array_append_new(members, member_object(rq, &lines[i]));
    page_set_text(ctx, "count_text",
                  arena_printf(rq->a, "%s%s", page_counted(rq->a, total, "member", "members"), wanted.search ? " found" : ""));
    page_set_text(ctx, "form_href", "/organization/");
    page_set_text(ctx, "searched", wanted.search);
    page_set_bool(ctx, "has_members", n > 0);
    json_object_set_new(ctx, "pager", page_pager_counted(rq, page, LINES, (int64_t)n, total));
    return OK;
}

/* `e`: what was wrong with the form that was sent, or NULL. */
static err *show(struct rq *rq, const err *e)
{
    json_t *ctx = page_context(rq, "People");
    struct org_rules rules;

    TRY(org_rules(rq->scope, &rules));
    json_object_set_new(ctx, "section", json_pack("{s:b}", "people", 1));
    json_object_set_new(ctx, "invite", json_pack("{s:s, s:s}", "url", arena_printf(rq->a, "%s/user/signup/?token=%s", rq_base_url(rq), rules.token),
                                                 "role_text", page_role(rules.default_role)));
    TRY(set_members(rq, ctx));
    if (e) {
        rs_status(rq, err_status(e));
        page_field_errors(ctx, e);
    }
    return page_render(rq, "organization", ctx);
}

err *page_organization(struct rq *rq)
{
    return show(rq, NULL);
}

/* ---- changing ---- */

static err *reset_invite(struct rq *rq)
{
    const char *unused;

    TRY(scope_need(rq->scope, PERM_ORGANIZATIONS_INVITE));
    return org_invite_token(rq->scope, true, &unused);
}

static err *set_role(struct rq *rq)
{
    TRY(scope_need(rq->scope, PERM_ORGANIZATIONS_CHANGE));
    return org_set_role(rq->scope, rq->scope->organization, page_sent_id(rq, "user"), page_sent(rq, "role"));
}

static err *remove_member(struct rq *rq)
{
    TRY(scope_need(rq->scope, PERM_ORGANIZATIONS_CHANGE));
    return org_remove_member(rq->scope, rq->scope->organization, page_sent_id(rq, "user"));
}

static const struct action {
    const char *name, *said;
    err *(*run)(struct rq *rq);
} actions[] = {
    {"reset_invite", "New invitation link made. The old one no longer works.", reset_invite},
    {"set_role", "Role set.", set_role},
    {"remove", "Member removed. Their annotations stay.", remove_member},
};

static err *act(struct rq *rq, const char *action, const char **said)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].name, action) == 0) {
            *said = actions[i].said;
            return actions[i].run(rq);
        }
    return organization_settings_act(rq, action, said);
}

/* Forms of this page and of the settings: each answers with its own. */
err *page_organization_post(struct rq *rq)
{
    const char *action, *said = NULL;
    bool settings;
    err *e;

    TRY(rq_body(rq));
    action = page_sent(rq, "action");
    settings = strcmp(action, "save") == 0 || strcmp(action, "scripts") == 0;
    e = act(rq, action, &said);
    if (e && e->kind == ERR_VALIDATION)
        return settings ? organization_settings_show(rq, e) : show(rq, e);
    TRY(e);
    return page_see_other(rq, settings ? "/organization/settings" : "/organization/", "good", said);
}
