/* The page of people in the organization: members and roles, the invitation link. Also where the forms of the organization arrive. */
#include "page/organization.h"

#include "api/handlers.h"
#include "base/text.h"
#include "core/member_tag.h"
#include "core/member_tag.sql.h"
#include "core/names.h"
#include "core/org.h"
#include "page/fields.h"

enum { LINES = 100, TAGS_MOST = 1000 };

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
    page_set_face(rq->a, o, names_initials(rq->a, m->first_name, m->last_name, m->username, m->email), m->avatar);
    json_object_set_new(o, "is_me", json_boolean(me));
    json_object_set_new(o, "can_change", json_boolean(scope_can(rq->scope, PERM_ORGANIZATIONS_CHANGE) && !me && role_parse(m->role) != R_OW));
    json_object_set_new(o, "role_text", json_string(page_role(m->role)));
    json_object_set_new(o, "roles", role_choices(m->role));
    json_object_set_new(o, "tags", m->tags ? json_loads(m->tags, 0, NULL) : json_array());
    json_object_set_new(o, "annotations_text", json_string(page_count(rq->a, m->annotated_tasks)));
    page_set_time(rq->a, o, "active", m->last_activity);
    return o;
}

static err *set_members(struct rq *rq, json_t *ctx)
{
    const int64_t page = page_query_number(rq, "page");
    struct member_filter wanted = {.offset = (page - 1) * LINES, .most = LINES, .search = rq_query_text(rq, "search")};
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

/* Tags to give. Who may not give them sees them only; key `tagging`: null when there is nothing to choose from. */
static err *set_tagging(struct rq *rq, json_t *ctx)
{
    json_t *list;
    struct tag_rows tags;

    json_object_set_new(ctx, "tagging", json_null());
    if (!scope_can(rq->scope, PERM_ORGANIZATIONS_CHANGE))
        return OK;
    TRY(tag_list(rq->scope, NULL, 0, TAGS_MOST, &tags));
    if (tags.rows.n == 0)
        return OK;
    list = json_array();
    for (int i = 0; i < tags.rows.n; i++) {
        const struct row r = rows_at(&tags.rows, i);

        json_array_append_new(list, json_pack("{s:I, s:s}", "id", (json_int_t)row_i64(&r, TAG_LIST_ID), "label", row_text(&r, TAG_LIST_LABEL)));
    }
    json_object_set_new(ctx, "tagging", json_pack("{s:o, s:s}", "choices", list, "page", rq_query(rq, "page") ? rq_query(rq, "page") : ""));
    return OK;
}

/* `e`: what was wrong with the form that was sent, or NULL. */
static err *show(struct rq *rq, const err *e)
{
    struct org_rules rules;
    json_t *ctx;

    TRY(organization_context(rq, NULL, "people", "people", &ctx));
    TRY(org_rules(rq->scope, &rules));
    TRY(set_tagging(rq, ctx));
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

/* The list as it was looked at. */
static const char *list_href(struct rq *rq)
{
    return arena_printf(rq->a, "/organization/?search=%s&page=%s", url_encode(rq->a, page_sent(rq, "search")), url_encode(rq->a, page_sent(rq, "page")));
}

/* Give a tag to those who are ticked, or take it from them; undoing it concerns those for whom it made a difference. */
static err *tagged(struct rq *rq, bool on)
{
    int64_t tag = page_sent_id(rq, "tag"), *ids;
    const char *said;
    struct rows changed;
    json_t *undo;
    size_t n;

    TRY(scope_need(rq->scope, PERM_ORGANIZATIONS_CHANGE));
    TRY(page_sent_ids(rq, &ids, &n));
    if (n == 0)
        return page_see_other(rq, list_href(rq), "bad", "Nobody was selected.");
    TRY(tag_put(rq->scope, tag, on, ids, n, &changed));
    if (changed.n == 0)
        return page_see_other(rq, list_href(rq), "good", on ? "They have the tag already." : "Nobody of them had the tag.");
    for (int i = 0; i < changed.n; i++) {
        const struct row r = rows_at(&changed, i);

        ids[i] = row_i64(&r, TAG_PUT_USER_ID);
    }
    said = arena_printf(rq->a, "%s the tag.", on ? page_counted(rq->a, changed.n, "member got", "members got")
                                                 : page_counted(rq->a, changed.n, "member lost", "members lost"));
    undo = page_undo_ids(rq, on ? "take_tag" : "give_tag", ids, (size_t)changed.n);
    json_array_append_new(undo, json_pack("{s:s, s:s}", "name", "tag", "value", page_sent(rq, "tag")));
    return page_see_other_undo(rq, list_href(rq), said, "/organization/", undo);
}

/* Forms of this page and of the settings: each answers with its own. */
err *page_organization_post(struct rq *rq)
{
    const char *action, *said = NULL;
    bool settings;
    err *e;

    TRY(rq_body(rq));
    action = page_sent(rq, "action");
    if (strcmp(action, "give_tag") == 0 || strcmp(action, "take_tag") == 0)
        return tagged(rq, strcmp(action, "give_tag") == 0);
    settings = strcmp(action, "save") == 0 || strcmp(action, "scripts") == 0;
    e = act(rq, action, &said);
    if (e && e->kind == ERR_VALIDATION)
        return settings ? organization_settings_show(rq, e) : show(rq, e);
    TRY(e);
    return page_see_other(rq, settings ? "/organization/settings" : "/organization/", "good", said);
}
