/* Which roles hold a permission, where an organization wants it otherwise than perm.def says. The owner keeps every permission. */
#include <string.h>

#include "core/org.h"
#include "core/org.sql.h"
#include "core/setting.h"
#include "json/verr.h"

/* What can be changed, and to whom it can be given. */
static const struct option {
    enum perm perm;
    const char *group, *label;
    unsigned roles;
} options[] = {
    {PERM_ORGANIZATIONS_INVITE, "Organization", "Invite members", R_AD | R_MA},
    {PERM_USERS_TOKEN, "Organization", "Create API tokens", R_AD | R_MA | R_RE | R_AN | R_VO},
    {PERM_PROJECTS_DELETE, "Projects", "Delete projects", R_AD | R_MA},
    {PERM_PROJECTS_RESET_CACHE, "Projects", "Reset the project cache", R_AD | R_MA},
    {PERM_VIEWS_RESET, "Projects", "Drop all tabs", R_AD | R_MA},
    {PERM_TASKS_DELETE, "Projects", "Delete tasks", R_AD | R_MA},
    {PERM_STORAGES_CHANGE, "Connections", "Manage cloud storage", R_AD | R_MA},
    {PERM_WEBHOOKS_CHANGE, "Connections", "Manage webhooks", R_AD | R_MA},
};
enum { NOPTIONS = sizeof options / sizeof *options };

static const char *const codes[] = {"AD", "AN", "MA", "RE", "VO"};
enum { NCODES = sizeof codes / sizeof *codes };

static const struct option *option_of(const char *permission)
{
    for (int i = 0; i < NOPTIONS; i++)
        if (strcmp(perm_name(options[i].perm), permission) == 0)
            return &options[i];
    return NULL;
}

static err *no_permission(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No OrganizationPermission matches the given query.");
}

static err *read(struct scope *s, int64_t id, json_t **out)
{
    struct row r;

    TRY(org_check_own(s, id));
    TRY(db_one(s->db, SQL_org_overrides, DB_ARGS(db_i64(id)), &r));
    return jin_parse(s->a, (struct span){row_json(&r, ORG_OVERRIDES_OVERRIDES), row_len(&r, ORG_OVERRIDES_OVERRIDES)}, 8, out);
}

/* ---- writing ---- */

static void write_roles(struct jw *w, const char *key, unsigned roles)
{
    jw_key(w, key);
    jw_arr(w);
    for (int i = 0; i < NCODES; i++)
        if (role_parse(codes[i]) & roles)
            jw_str(w, codes[i]);
    jw_end(w);
}

static unsigned roles_of(const json_t *list)
{
    unsigned roles = 0;
    const json_t *v;
    size_t i;

    json_array_foreach(list, i, v)
        roles |= role_parse(json_string_value(v) ? json_string_value(v) : "");
    return roles;
}

static void write_meaning(struct jw *w, const struct option *o)
{
    jw_kstr(w, "permission", perm_name(o->perm));
    jw_kstr(w, "label", o->label);
    jw_kstr(w, "tooltip", perm_doc(o->perm));
    jw_kstr(w, "group", o->group);
    write_roles(w, "default", perm_roles(o->perm));
    write_roles(w, "options", o->roles);
}

static void write_one(struct jw *w, int64_t organization, const struct option *o, const json_t *list)
{
    jw_obj(w);
    jw_ki64(w, "id", o->perm);
    jw_ki64(w, "organization", organization);
    write_meaning(w, o);
    write_roles(w, "roles", list ? roles_of(list) : perm_roles(o->perm));
    jw_end(w);
}

err *org_overrides_write(struct scope *s, struct jw *w, int64_t id)
{
    json_t *all;

    TRY(read(s, id, &all));
    jw_arr(w);
    for (int i = 0; i < NOPTIONS; i++) {
        const json_t *list = json_object_get(all, perm_name(options[i].perm));

        if (list)
            write_one(w, id, &options[i], list);
    }
    jw_end(w);
    return OK;
}

err *org_override_options_write(struct scope *s, struct jw *w, int64_t id)
{
    TRY(org_check_own(s, id));
    jw_arr(w);
    for (int i = 0; i < NOPTIONS; i++) {
        jw_obj(w);
        write_meaning(w, &options[i]);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

err *org_override_write(struct scope *s, struct jw *w, int64_t id, const char *permission)
{
    const struct option *o = option_of(permission);
    json_t *all;

    TRY(read(s, id, &all));
    if (!o)
        return no_permission(s);
    write_one(w, id, o, json_object_get(all, permission));
    return OK;
}

/* ---- changing ---- */

static err *check_roles(struct scope *s, const struct option *o, const json_t *list)
{
    const json_t *v;
    size_t i;

    json_array_foreach(list, i, v)
    {
        const char *code = json_string_value(v);

        if (!code || !(role_parse(code) & (o->roles | R_OW)))
            return verr_one(s->a, "roles", "\"%s\" is not a valid choice.", code ? code : "");
    }
    return OK;
}

err *org_override_set(struct scope *s, int64_t id, const char *permission, const json_t *roles)
{
    const struct option *o = option_of(permission);
    const char *found[NCODES];
    size_t n = 0;

    TRY(org_check_own(s, id));
    if (!o)
        return no_permission(s);
    if (roles)
        TRY(check_roles(s, o, roles));
    for (int i = 0; i < NCODES; i++)
        if (roles && roles_of(roles) & role_parse(codes[i]))
            found[n++] = codes[i];
    TRY(db_exec(s->db, SQL_org_override_set,
                   DB_ARGS(db_i64(id), db_text(permission), roles ? db_texts(s->a, found, n) : db_null()), NULL));
    return setting_note_organization(s, "permissions");
}
