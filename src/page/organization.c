/* The page of people in the organization: members and roles, the invitation link, the rules. */
#include "api/bodies.h"
#include "api/handlers.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/names.h"
#include "core/org.h"
#include "json/verr.h"
#include "page/page.h"

enum { LINES = 100, HOSTS_MOST_BYTES = 4000 };

static const char *const given_roles[] = {"AD", "MA", "RE", "AN", "VO", "NO", "DI"};

/* Choices of a role; `deactivated` leaves DI in, which is no role to join with. */
static json_t *role_choices(const char *now, bool deactivated)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof given_roles / sizeof given_roles[0] - !deactivated; i++)
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
    json_object_set_new(o, "roles", role_choices(m->role, true));
    json_object_set_new(o, "annotations_text", json_string(page_count(rq->a, m->annotated_tasks)));
    page_set_time(rq->a, o, "active", m->last_activity);
    return o;
}

/* What is looked for, or NULL. */
static const char *searched(const struct rq *rq)
{
    const char *text = rq_query(rq, "search");

    return text && *text ? text : NULL;
}

static json_t *page_link(struct rq *rq, int64_t page)
{
    const char *search = searched(rq);

    return json_string(arena_printf(rq->a, "?%s%s%spage=%lld", search ? "search=" : "", search ? url_encode(rq->a, search) : "",
                                    search ? "&" : "", (long long)page));
}

static json_t *pager(struct rq *rq, int64_t page, int64_t shown, int64_t total)
{
    int64_t first = (page - 1) * LINES + 1;
    json_t *o;

    if (total <= LINES)
        return json_null();
    o = json_object();
    json_object_set_new(o, "text", json_string(arena_printf(rq->a, "%s–%s of %s", page_count(rq->a, first),
                                                            page_count(rq->a, first + shown - 1), page_count(rq->a, total))));
    json_object_set_new(o, "prev_href", page > 1 ? page_link(rq, page - 1) : json_null());
    json_object_set_new(o, "next_href", page * LINES < total ? page_link(rq, page + 1) : json_null());
    return o;
}

static err *set_members(struct rq *rq, json_t *ctx)
{
    struct member_filter wanted = {.most = LINES, .search = searched(rq)};
    struct member_line *lines;
    json_t *members = json_array();
    int64_t page, total;
    size_t n;

    json_object_set_new(ctx, "members", members);
    TRY(rq_query_int(rq, "page", 1, &page));
    if (page < 1 || page > INT32_MAX)
        page = 1;
    TRY(org_member_count(rq->scope, rq->scope->organization, &wanted, &total));
    wanted.offset = (page - 1) * LINES;
    TRY(org_member_lines(rq->scope, &wanted, &lines, &n));
    for (size_t i = 0; i < n; i++)
        json_array_append_new(members, member_object(rq, &lines[i]));
    page_set_text(ctx, "count_text",
                  arena_printf(rq->a, "%s%s", page_counted(rq->a, total, "member", "members"), searched(rq) ? " found" : ""));
    page_set_text(ctx, "searched", searched(rq));
    page_set_bool(ctx, "has_members", n > 0);
    json_object_set_new(ctx, "pager", pager(rq, page, (int64_t)n, total));
    return OK;
}

static void set_rules(struct rq *rq, json_t *ctx, const struct org_rules *rules)
{
    const char *url = arena_printf(rq->a, "%s/user/signup/?token=%s", rq_base_url(rq), rules->token);

    json_object_set_new(ctx, "invite", json_pack("{s:s, s:s}", "url", url, "role_text", page_role(rules->default_role)));
    json_object_set_new(ctx, "settings",
                        json_pack("{s:s, s:o, s:b, s:b}", "title", rules->title, "roles", role_choices(rules->default_role, false),
                                  "legacy_api_tokens_enabled", (int)rules->legacy_api_tokens_enabled, "api_tokens_enabled",
                                  (int)rules->api_tokens_enabled));
}

static void set_scripts(struct rq *rq, json_t *ctx, const struct org_rules *rules)
{
    bool sent = rq->method == M_POST && rq_form(rq, "custom_script_hosts");
    json_t *o = json_object();

    page_set_bool(o, "on", sent ? rq_form(rq, "custom_scripts_enabled") != NULL : rules->custom_scripts_enabled);
    page_set_bool(o, "was_on", rules->custom_scripts_enabled);
    page_set_bool(o, "forbidden", !cfg.custom_scripts);
    page_set_text(o, "hosts", sent ? rq_form(rq, "custom_script_hosts") : rules->custom_script_hosts);
    json_object_set_new(ctx, "scripts", o);
}

/* `e`: what was wrong with the form that was sent, or NULL. */
static err *show(struct rq *rq, const err *e)
{
    json_t *ctx = page_context(rq, "People");
    struct org_rules rules;

    TRY(org_rules(rq->scope, &rules));
    set_rules(rq, ctx, &rules);
    set_scripts(rq, ctx, &rules);
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

static int64_t sent_user(struct rq *rq)
{
    const char *text = rq_form(rq, "user");
    int64_t id = 0;

    return text && int_parse(text, 1, INT32_MAX, &id) ? id : 0;
}

static err *save_rules(struct rq *rq)
{
    struct jin in;

    TRY(page_form(rq, &B_RULES, &in));
    return org_set_rules(rq->scope, &(struct org_rules){
                                        .title = jin_text(&in, "title"),
                                        .default_role = jin_text(&in, "default_role"),
                                        .api_tokens_enabled = jin_bool(&in, "api_tokens_enabled", false),
                                        .legacy_api_tokens_enabled = jin_bool(&in, "legacy_api_tokens_enabled", false),
                                    });
}

/* One source of a Content-Security-Policy: https://host, with a star as its first label at most, and a port. */
static bool host_valid(const char *source)
{
    const char *rest = text_starts(source, "https://") ? source + 8 : text_starts(source, "http://") ? source + 7 : NULL;
    size_t n;

    if (!rest)
        return false;
    rest += text_starts(rest, "*.") ? 2 : 0;
    n = strspn(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");
    if (n == 0)
        return false;
    rest += n;
    return !*rest || (*rest == ':' && rest[1] && !rest[1 + strspn(rest + 1, "0123456789")]);
}

/* The field's lines as a list with blanks between. */
static err *hosts_read(struct rq *rq, const char **out)
{
    char *list = arena_strdup(rq->a, rq_form(rq, "custom_script_hosts") ? rq_form(rq, "custom_script_hosts") : ""), *save = NULL;
    struct strbuf b;

    strbuf_init(&b, rq->a, HOSTS_MOST_BYTES);
    for (char *p = strtok_r(list, " ,\r\n\t", &save); p; p = strtok_r(NULL, " ,\r\n\t", &save)) {
        if (!host_valid(p))
            return verr_one(rq->a, "custom_script_hosts", "Write each as https://cdn.example.org; “%.100s” is none.", p);
        strbuf_printf(&b, "%s%s", b.len ? " " : "", p);
    }
    if (b.len >= HOSTS_MOST_BYTES)
        return verr_one(rq->a, "custom_script_hosts", "These are too many.");
    *out = b.buf;
    return OK;
}

static err *save_scripts(struct rq *rq)
{
    bool on = rq_form(rq, "custom_scripts_enabled") != NULL;
    const char *hosts;

    TRY(hosts_read(rq, &hosts));
    if (on && !rq_form(rq, "understood"))
        return verr_one(rq->a, "custom_scripts_enabled", "Confirm that you have read what it means.");
    return org_set_scripts(rq->scope, on, hosts);
}

static err *act(struct rq *rq, const char *action, const char **said)
{
    int64_t organization = rq->scope->organization;
    const char *unused, *role = rq_form(rq, "role");

    if (strcmp(action, "reset_invite") == 0) {
        *said = "New invitation link made. The old one no longer works.";
        return org_invite_token(rq->scope, true, &unused);
    }
    if (strcmp(action, "set_role") == 0) {
        *said = "Role set.";
        return org_set_role(rq->scope, organization, sent_user(rq), role ? role : "");
    }
    if (strcmp(action, "remove") == 0) {
        *said = "Member removed. Their annotations stay.";
        return org_remove_member(rq->scope, organization, sent_user(rq));
    }
    if (strcmp(action, "save") == 0) {
        *said = "Rules saved.";
        return save_rules(rq);
    }
    if (strcmp(action, "scripts") == 0) {
        *said = "Saved.";
        return save_scripts(rq);
    }
    return err_new(rq->a, ERR_BAD_REQUEST, "Unknown action.");
}

err *page_organization_post(struct rq *rq)
{
    const char *action, *said = NULL;
    err *e;

    TRY(rq_body(rq));
    action = rq_form(rq, "action");
    e = act(rq, action ? action : "", &said);
    if (e && e->kind == ERR_VALIDATION)
        return show(rq, e);
    TRY(e);
    return page_see_other(rq, "/organization/", "good", said);
}
