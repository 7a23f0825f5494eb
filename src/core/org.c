/* Organizations: creation, settings and the invitation link. Members are in org_member.c. */
#include "core/org.h"

#include "base/cfg.h"
#include "base/text.h"
#include "core/args.h"
#include "core/org.sql.h"
#include "core/setting.h"
#include "core/wire.h"
#include "json/verr.h"

enum { INVITE_BYTES = 20 };

/* ---- finding and making ---- */

static void brief(const struct row *r, bool found, struct org_brief *out)
{
    *out = (struct org_brief){0};
    if (!found)
        return;
    out->id = row_i64(r, ORG_FIRST_ID);
    out->title = row_text(r, ORG_FIRST_TITLE);
}

err *org_first(struct arena *a, struct db *db, struct org_brief *out)
{
    struct row r;
    bool found;

    (void)a;
    TRY(db_opt(db, SQL_org_first, DB_NOARGS, &r, &found));
    brief(&r, found, out);
    return OK;
}

err *org_first_locked(struct arena *a, struct db *db, struct org_brief *out)
{
    TRY(org_first(a, db, out));
    if (out->id)
        return OK;
    TRY(db_exec(db, SQL_org_lock, DB_NOARGS, NULL));
    return org_first(a, db, out);
}

err *org_by_token(struct arena *a, struct db *db, const char *token, struct org_brief *out)
{
    struct row r;
    bool found;

    (void)a;
    TRY(db_opt(db, SQL_org_by_token, DB_ARGS(db_text(token)), &r, &found));
    brief(&r, found, out);
    return OK;
}

err *org_create(struct arena *a, struct db *db, const char *title, int64_t owner, int64_t *id)
{
    struct row r;

    TRY(db_one(db, SQL_org_insert,
               DB_ARGS(db_text(title), db_text(hex_random(a, INVITE_BYTES)), db_i64(owner), db_bool(cfg.enable_legacy_api_token)),
               &r));
    *id = row_i64(&r, ORG_INSERT_ID);
    TRY(org_takes(a, db, *id, owner));
    return db_exec(db, SQL_org_own, DB_ARGS(db_i64(*id), db_i64(owner)), NULL);
}

err *org_join(struct db *db, int64_t organization, int64_t user, const char *role)
{
    return db_exec(db, SQL_org_join, DB_ARGS(db_i64(organization), db_i64(user), db_text(role)), NULL);
}

/* ---- the caller's organization ---- */

/* Another organization, even one's own inactive one, does not exist for this call. */
err *org_check_own(const struct scope *s, int64_t id)
{
    if (s->organization != 0 && id == s->organization)
        return OK;
    return err_new(s->a, ERR_NOT_FOUND, "No Organization matches the given query.");
}

err *org_list_write(struct scope *s, struct jw *w)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_org_list, DB_ARGS(db_i64(s->user)), &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        jw_obj(w);
        wire_ki64(w, "id", &r, ORG_LIST_ID);
        wire_kstr(w, "title", &r, ORG_LIST_TITLE);
        wire_kstr(w, "contact_info", &r, ORG_LIST_CONTACT_INFO);
        wire_ktime(w, "created_at", &r, ORG_LIST_CREATED_AT);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

/* The invitation token lets people in, and the members' ids are the member list: both only for those who may have them. */
static void write_guarded(struct scope *s, struct jw *w, const struct row *r)
{
    if (scope_can(s, PERM_ORGANIZATIONS_INVITE))
        wire_kstr(w, "token", r, ORG_GET_TOKEN);
    else
        jw_knull(w, "token");
    if (scope_can(s, PERM_USERS_VIEW))
        wire_kraw(w, "users", r, ORG_GET_USERS);
    else
        jw_kraw(w, "users", arena_printf(s->a, "[%lld]", (long long)s->user));
}

/* Right after it was made it is not the active one yet, but its maker is its owner. */
err *org_created_write(struct scope *s, struct jw *w, int64_t id)
{
    struct scope owner = *s;

    owner.organization = id;
    owner.role = "OW";
    owner.permissions = perm_set("OW", NULL);
    return org_write(&owner, w, id);
}

err *org_write(struct scope *s, struct jw *w, int64_t id)
{
    struct row r;

    TRY(org_check_own(s, id));
    TRY(db_one(s->db, SQL_org_get, DB_ARGS(db_i64(id)), &r));
    jw_obj(w);
    wire_ki64(w, "id", &r, ORG_GET_ID);
    wire_kstr(w, "title", &r, ORG_GET_TITLE);
    write_guarded(s, w, &r);
    wire_ktime(w, "created_at", &r, ORG_GET_CREATED_AT);
    wire_ktime(w, "updated_at", &r, ORG_GET_UPDATED_AT);
    wire_kstr(w, "contact_info", &r, ORG_GET_CONTACT_INFO);
    wire_ki64(w, "created_by", &r, ORG_GET_CREATED_BY);
    wire_kstr(w, "default_role", &r, ORG_GET_DEFAULT_ROLE);
    wire_kbool(w, "custom_scripts_enabled", &r, ORG_GET_CUSTOM_SCRIPTS_ENABLED);
    wire_kraw(w, "email_notification_settings", &r, ORG_GET_EMAIL_NOTIFICATION_SETTINGS);
    wire_kstr(w, "external_id", &r, ORG_GET_EXTERNAL_ID);
    jw_kraw(w, "billing", "{}");
    jw_end(w);
    return OK;
}

/* A script of a project acts in the name of whoever opens it, so nobody shall carry it into another organization. */
static err *scripts_allowed(struct scope *s, int64_t id)
{
    struct row r;

    TRY(db_exec(s->db, SQL_org_scripts_lock, DB_ARGS(db_i64(id)), NULL));
    TRY(db_one(s->db, SQL_org_shared_people, DB_ARGS(db_i64(id)), &r));
    if (row_null(&r, ORG_SHARED_PEOPLE_EMAILS))
        return OK;
    return verr_one(s->a, "custom_scripts_enabled", "Some members are active in another organization too: %s.",
                    row_text(&r, ORG_SHARED_PEOPLE_EMAILS));
}

static err *check_scripts(struct scope *s, int64_t id, const struct jin *in)
{
    return jin_bool(in, "custom_scripts_enabled", false) ? scripts_allowed(s, id) : OK;
}

err *org_set_scripts(struct scope *s, bool on, const char *hosts)
{
    TRY(org_check_own(s, s->organization));
    if (on)
        TRY(scripts_allowed(s, s->organization));
    TRY(db_exec(s->db, SQL_org_set_scripts, DB_ARGS(db_i64(s->organization), db_bool(on), db_text(hosts)), NULL));
    return setting_note_organization(s, "scripts");
}

err *org_takes(struct arena *a, struct db *db, int64_t organization, int64_t user)
{
    struct row r;

    TRY(db_exec(db, SQL_org_takes_lock, DB_ARGS(db_i64(organization), db_i64(user)), NULL));
    TRY(db_one(db, SQL_org_takes, DB_ARGS(db_i64(organization), db_i64(user)), &r));
    if (row_bool(&r, ORG_TAKES_TAKES))
        return OK;
    return err_new(a, ERR_PERMISSION, "This organization takes only people who are in no other one.");
}

static err *note_rules(struct scope *s, const struct jin *in)
{
    if (arg_given(in, "custom_scripts_enabled"))
        TRY(setting_note_organization(s, "scripts"));
    return setting_note_organization(s, "rules");
}

err *org_change(struct scope *s, int64_t id, const struct jin *in)
{
    TRY(org_check_own(s, id));
    TRY(check_scripts(s, id, in));
    TRY(db_exec(s->db, SQL_org_update,
                   DB_ARGS(db_i64(id), db_text(jin_text(in, "title")), db_bool(jin_has(in, "contact_info")),
                           db_text(jin_text(in, "contact_info")), arg_bool(in, "custom_scripts_enabled"),
                           db_text(arg_given(in, "email_notification_settings") ? jin_json(in, "email_notification_settings") : NULL)),
                   NULL));
    return note_rules(s, in);
}

err *org_set_defaults(struct scope *s, int64_t id, const struct jin *in)
{
    TRY(org_check_own(s, id));
    TRY(check_scripts(s, id, in));
    TRY(db_exec(s->db, SQL_org_update_defaults,
                   DB_ARGS(db_i64(id), db_text(jin_text(in, "default_role")), arg_bool(in, "custom_scripts_enabled"),
                           db_text(arg_given(in, "email_notification_settings") ? jin_json(in, "email_notification_settings") : NULL),
                           db_text(jin_text(in, "external_id"))),
                   NULL));
    return note_rules(s, in);
}

err *org_defaults_write(struct scope *s, struct jw *w, int64_t id)
{
    struct row r;

    TRY(org_check_own(s, id));
    TRY(db_one(s->db, SQL_org_get, DB_ARGS(db_i64(id)), &r));
    jw_obj(w);
    wire_ki64(w, "id", &r, ORG_GET_ID);
    jw_ki64(w, "organization", id);
    wire_kstr(w, "default_role", &r, ORG_GET_DEFAULT_ROLE);
    wire_kbool(w, "custom_scripts_enabled", &r, ORG_GET_CUSTOM_SCRIPTS_ENABLED);
    wire_kraw(w, "email_notification_settings", &r, ORG_GET_EMAIL_NOTIFICATION_SETTINGS);
    wire_kstr(w, "external_id", &r, ORG_GET_EXTERNAL_ID);
    jw_end(w);
    return OK;
}

err *org_invite_token(struct scope *s, bool reset, const char **token)
{
    struct row r;

    TRY(org_check_own(s, s->organization));
    if (reset) {
        *token = hex_random(s->a, INVITE_BYTES);
        TRY(db_exec(s->db, SQL_org_token_set, DB_ARGS(db_i64(s->organization), db_text(*token)), NULL));
        return setting_note_organization(s, "people");
    }
    TRY(db_one(s->db, SQL_org_token_get, DB_ARGS(db_i64(s->organization)), &r));
    *token = row_text(&r, ORG_TOKEN_GET_TOKEN);
    return OK;
}

/* ---- tokens and sessions ---- */

static err *settings(struct scope *s, struct row *r)
{
    TRY(org_check_own(s, s->organization));
    return db_one(s->db, SQL_org_settings, DB_ARGS(db_i64(s->organization)), r);
}

err *org_rules(struct scope *s, struct org_rules *out)
{
    struct row r;

    TRY(settings(s, &r));
    *out = (struct org_rules){
        .title = row_text(&r, ORG_SETTINGS_TITLE),
        .token = row_text(&r, ORG_SETTINGS_TOKEN),
        .default_role = row_text(&r, ORG_SETTINGS_DEFAULT_ROLE),
        .api_tokens_enabled = row_bool(&r, ORG_SETTINGS_API_TOKENS_ENABLED),
        .legacy_api_tokens_enabled = row_bool(&r, ORG_SETTINGS_LEGACY_API_TOKENS_ENABLED),
        .api_token_ttl_days = row_i64(&r, ORG_SETTINGS_API_TOKEN_TTL_DAYS),
        .custom_scripts_enabled = row_bool(&r, ORG_SETTINGS_CUSTOM_SCRIPTS_ENABLED),
        .custom_script_hosts = row_text(&r, ORG_SETTINGS_CUSTOM_SCRIPT_HOSTS),
    };
    return OK;
}

err *org_set_rules(struct scope *s, const char *title, const char *default_role)
{
    TRY(org_check_own(s, s->organization));
    TRY(db_exec(s->db, SQL_org_set_rules, DB_ARGS(db_i64(s->organization), db_text(title), db_text(default_role)), NULL));
    return setting_note_organization(s, "rules");
}

err *org_token_settings_write(struct scope *s, struct jw *w)
{
    struct row r;

    TRY(settings(s, &r));
    jw_obj(w);
    wire_kbool(w, "api_tokens_enabled", &r, ORG_SETTINGS_API_TOKENS_ENABLED);
    wire_kbool(w, "legacy_api_tokens_enabled", &r, ORG_SETTINGS_LEGACY_API_TOKENS_ENABLED);
    wire_ki64(w, "api_token_ttl_days", &r, ORG_SETTINGS_API_TOKEN_TTL_DAYS);
    jw_end(w);
    return OK;
}

err *org_set_token_settings(struct scope *s, const struct jin *in)
{
    TRY(org_check_own(s, s->organization));
    TRY(db_exec(s->db, SQL_org_set_tokens,
                   DB_ARGS(db_i64(s->organization), arg_bool(in, "api_tokens_enabled"), arg_bool(in, "legacy_api_tokens_enabled"),
                           arg_int(in, "api_token_ttl_days")),
                   NULL));
    return setting_note_organization(s, "rules");
}

static void write_limit(struct jw *w, const char *key, const struct row *r, int col, int64_t server)
{
    jw_ki64(w, key, row_null(r, col) ? server : row_i64(r, col));
}

err *org_session_policy_write(struct scope *s, struct jw *w)
{
    struct row r;

    TRY(settings(s, &r));
    jw_obj(w);
    write_limit(w, "max_session_age", &r, ORG_SETTINGS_MAX_SESSION_AGE_MIN, cfg.session_max_age_min);
    write_limit(w, "max_time_between_activity", &r, ORG_SETTINGS_MAX_SESSION_IDLE_MIN, cfg.session_idle_min);
    wire_ktime(w, "created_at", &r, ORG_SETTINGS_CREATED_AT);
    wire_ktime(w, "updated_at", &r, ORG_SETTINGS_UPDATED_AT);
    jw_end(w);
    return OK;
}

err *org_set_session_policy(struct scope *s, const struct jin *in)
{
    TRY(org_check_own(s, s->organization));
    TRY(db_exec(s->db, SQL_org_set_session,
                   DB_ARGS(db_i64(s->organization), arg_int(in, "max_session_age"), arg_int(in, "max_time_between_activity")), NULL));
    return setting_note_organization(s, "rules");
}
