/* Settings of the organization: its name and rules, tags of members. People themselves are organization.c. */
#include "page/organization.h"

#include <string.h>

#include "api/bodies.h"
#include "api/handlers.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/member_tag.h"
#include "core/member_tag.sql.h"
#include "core/org.h"
#include "core/setting.h"
#include "json/verr.h"
#include "page/fields.h"

enum { LIST_MOST = 16 << 20, TAGS_SHOWN = 100, TAG_MOST = 200, HOSTS_MOST_BYTES = 4000, MINUTES_MOST = 5256000, DAYS_MOST = 73000 };

static err *set_saved(struct rq *rq, json_t *to, const char *part)
{
    struct setting_last last;

    TRY(setting_last_organization(rq->scope, part, &last));
    json_object_set_new(to, "saved", page_saved(rq->a, &last));
    return OK;
}

err *organization_context(struct rq *rq, const char *title, const char *section, const char *part, json_t **ctx)
{
    *ctx = page_context(rq, "People");
    if (title)
        page_crumb(*ctx, "/organization/", title);
    json_object_set_new(*ctx, "section", json_pack("{s:b}", section, 1));
    return set_saved(rq, *ctx, part);
}

err *organization_render(struct rq *rq, const char *template, json_t *ctx, const err *e)
{
    if (e) {
        rs_status(rq, err_status(e));
        page_field_errors(ctx, e);
        fields_errors(ctx);
    }
    return page_render(rq, template, ctx);
}

/* ---- name and rules ---- */

static const struct field_choice default_roles[] = {{"AD", "Administrator"}, {"MA", "Manager"}, {"RE", "Reviewer"}, {"AN", "Annotator"},
                                                    {"VO", "View only"}, {"NO", "Not activated"}, {0}};
static const struct form_field name_fields[] = {
    {.name = "title", .kind = FIELD_TEXT, .label = "Name of the organization", .max = 1000, .required = true},
    {.name = "default_role", .kind = FIELD_SELECT, .label = "New members join as", .choices = default_roles},
    {0}};
static const struct form_field token_fields[] = {
    {.name = "legacy_api_tokens_enabled", .kind = FIELD_CHECK, .label = "Legacy tokens work", .help = "They never expire. Older scripts need them."},
    {.name = "api_tokens_enabled", .kind = FIELD_CHECK, .label = "Personal access tokens work"},
    {.name = "api_token_ttl_days", .kind = FIELD_NUMBER, .label = "Life of new personal access tokens, in days", .min = 1, .max = DAYS_MOST,
     .required = true},
    {0}};
static const struct form_field session_fields[] = {
    {.name = "max_session_age", .kind = FIELD_NUMBER, .label = "Longest session, in minutes", .help = "From log-in; then people log in again.",
     .min = 1, .max = MINUTES_MOST, .required = true},
    {.name = "max_time_between_activity", .kind = FIELD_NUMBER, .label = "Longest pause in a session, in minutes",
     .help = "Who does nothing for so long is logged out.", .min = 1, .max = MINUTES_MOST, .required = true},
    {0}};

static err *policy(struct rq *rq, json_t **out)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, LIST_MOST);
    jw_init_strbuf(&w, &b);
    TRY(org_session_policy_write(rq->scope, &w));
    return page_tree(rq->a, &b, out);
}

static err *set_rules(struct rq *rq, json_t *ctx, const struct org_rules *rules)
{
    json_t *groups = json_array(), *values;

    TRY(policy(rq, &values));
    page_set_text(values, "title", rules->title);
    page_set_text(values, "default_role", rules->default_role);
    page_set_bool(values, "api_tokens_enabled", rules->api_tokens_enabled);
    page_set_bool(values, "legacy_api_tokens_enabled", rules->legacy_api_tokens_enabled);
    page_set_int(values, "api_token_ttl_days", rules->api_token_ttl_days);
    json_array_append_new(groups, fields_group(rq, NULL, name_fields, values));
    json_array_append_new(groups, fields_group(rq, "API tokens", token_fields, values));
    json_array_append_new(groups, fields_group(rq, "Sessions", session_fields, values));
    json_object_set_new(ctx, "groups", groups);
    return OK;
}

static err *set_scripts(struct rq *rq, json_t *ctx, const struct org_rules *rules)
{
    bool sent = rq->method == M_POST && rq_form(rq, "custom_script_hosts");
    json_t *o = json_object();

    page_set_bool(o, "on", sent ? rq_form(rq, "custom_scripts_enabled") != NULL : rules->custom_scripts_enabled);
    page_set_bool(o, "was_on", rules->custom_scripts_enabled);
    page_set_bool(o, "forbidden", !cfg.custom_scripts);
    page_set_text(o, "hosts", sent ? rq_form(rq, "custom_script_hosts") : rules->custom_script_hosts);
    json_object_set_new(ctx, "scripts", o);
    return set_saved(rq, o, "scripts");
}

err *organization_settings_show(struct rq *rq, const err *e)
{
    struct org_rules rules;
    json_t *ctx;

    TRY(organization_context(rq, "Settings", "settings", "rules", &ctx));
    TRY(org_rules(rq->scope, &rules));
    TRY(set_rules(rq, ctx, &rules));
    TRY(set_scripts(rq, ctx, &rules));
    return organization_render(rq, "organization_settings", ctx, e);
}

err *page_organization_settings(struct rq *rq)
{
    return organization_settings_show(rq, NULL);
}

/* now: what is in force; only what differs is read. NULL: everything. */
static err *limits_read(struct rq *rq, const struct jin_spec *spec, const struct form_field *fields, const json_t *now, struct jin *in)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, LIST_MOST);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    if (now)
        fields_write_changed(rq, &w, fields, now);
    else
        fields_write(rq, &w, fields);
    jw_end(&w);
    return page_body(rq->a, spec, &b, in);
}

/* Limits of sessions that nobody has set are the server's, and stay so until somebody changes them. */
static err *save_rules(struct rq *rq)
{
    struct jin in, tokens, sessions;
    json_t *now;

    TRY(page_form(rq, &B_RULES, &in));
    TRY(policy(rq, &now));
    TRY(limits_read(rq, &B_JWT_SETTINGS, token_fields, NULL, &tokens));
    TRY(limits_read(rq, &B_SESSION_POLICY, session_fields, now, &sessions));
    TRY(org_set_rules(rq->scope, jin_text(&in, "title"), jin_text(&in, "default_role")));
    TRY(org_set_token_settings(rq->scope, &tokens));
    return org_set_session_policy(rq->scope, &sessions);
}

/* ---- scripts of projects ---- */

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

err *organization_settings_act(struct rq *rq, const char *action, const char **said)
{
    bool scripts = strcmp(action, "scripts") == 0;

    *said = "Saved.";
    if (!scripts && strcmp(action, "save") != 0)
        return err_new(rq->a, ERR_BAD_REQUEST, "Unknown action.");
    TRY(scope_need(rq->scope, PERM_ORGANIZATIONS_CHANGE));
    return scripts ? save_scripts(rq) : save_rules(rq);
}

/* ---- tags ---- */

static err *show_tags(struct rq *rq, const err *e)
{
    const int64_t page = page_query_number(rq, "page");
    json_t *ctx, *list = json_array();
    struct tag_rows tags;

    TRY(organization_context(rq, "Tags", "tags", "tags", &ctx));
    json_object_set_new(ctx, "tags", list);
    TRY(tag_list(rq->scope, NULL, (page - 1) * TAGS_SHOWN, TAGS_SHOWN, &tags));
    for (int i = 0; i < tags.rows.n; i++) {
        const struct row r = rows_at(&tags.rows, i);
        json_t *o = json_object();

        page_set_int(o, "id", row_i64(&r, TAG_LIST_ID));
        page_set_text(o, "label", row_text(&r, TAG_LIST_LABEL));
        page_set_text(o, "members_text", page_count(rq->a, row_i64(&r, TAG_LIST_MEMBER_COUNT)));
        json_array_append_new(list, o);
    }
    page_set_bool(ctx, "has_tags", tags.rows.n > 0);
    json_object_set_new(ctx, "pager", page_pager_counted(rq, page, TAGS_SHOWN, tags.rows.n, tags.total));
    json_object_set_new(ctx, "values", json_pack("{s:s}", "label", page_sent(rq, "label")));
    return organization_render(rq, "organization_tags", ctx, e);
}

err *page_organization_tags(struct rq *rq)
{
    return show_tags(rq, NULL);
}

static err *tag_act(struct rq *rq, const char **said)
{
    const char *action = page_sent(rq, "action"), *sent = page_sent(rq, "label"), *label = text_trim(rq->a, sent, strlen(sent));
    int64_t id = page_sent_id(rq, "tag");

    if (strcmp(action, "delete") == 0) {
        *said = "Tag deleted.";
        return tag_delete(rq->scope, id);
    }
    if (strcmp(action, "add") != 0 && strcmp(action, "rename") != 0)
        return err_new(rq->a, ERR_BAD_REQUEST, "Unknown action.");
    if (!*label || utf8_count(label, strlen(label)) > TAG_MOST)
        return verr_one(rq->a, "label", "Enter a name of at most 200 characters.");
    *said = strcmp(action, "add") == 0 ? "Tag added." : "Tag renamed.";
    return strcmp(action, "add") == 0 ? tag_create(rq->scope, label, &id) : tag_rename(rq->scope, id, label);
}

struct tag_run {
    struct rq *rq;
    const char *said;
};

static err *tag_tx(struct db *db, void *arg)
{
    struct tag_run *run = arg;

    (void)db;
    return tag_act(run->rq, &run->said);
}

err *page_organization_tags_post(struct rq *rq)
{
    struct tag_run run = {.rq = rq};
    err *e;

    TRY(rq_body(rq));
    e = tx_run(rq->scope->db, TX_WRITE, tag_tx, &run);
    if (e && e->kind == ERR_VALIDATION)
        return show_tags(rq, e);
    TRY(e);
    return page_see_other(rq, "/organization/tags", "good", run.said);
}
