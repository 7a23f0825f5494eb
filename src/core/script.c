/* Scripts of projects: versions, who may write them, and what went wrong where they ran. */
#include "core/script.h"

#include <string.h>

#include "base/cfg.h"
#include "core/script.sql.h"
#include "core/setting.h"
#include "json/verr.h"

err *script_current(struct scope *s, int64_t project, struct script *out)
{
    struct row r;
    bool found;

    *out = (struct script){.text = "", .hosts = ""};
    if (!cfg.custom_scripts)
        return OK;
    TRY(db_opt(s->db, SQL_script_current, DB_ARGS(db_i64(s->organization), db_i64(project)), &r, &found));
    if (!found || !row_bool(&r, SCRIPT_CURRENT_ENABLED))
        return OK;
    out->on = true;
    out->hosts = row_text(&r, SCRIPT_CURRENT_HOSTS);
    if (row_null(&r, SCRIPT_CURRENT_VERSION))
        return OK;
    out->version = row_i64(&r, SCRIPT_CURRENT_VERSION);
    out->text = row_text(&r, SCRIPT_CURRENT_TEXT);
    return OK;
}

err *script_set(struct scope *s, int64_t project, const char *text)
{
    struct script now;

    TRY(scope_need(s, PERM_CUSTOM_SCRIPTS_CHANGE));
    TRY(script_current(s, project, &now));
    if (!text)
        text = "";
    if (!now.on || strcmp(now.text, text) == 0)
        return OK;
    if (strlen(text) > SCRIPT_MOST_BYTES)
        return verr_one(s->a, "custom_script", "A script has at most %d kB.", SCRIPT_MOST_BYTES >> 10);
    TRY(db_exec(s->db, SQL_script_add, DB_ARGS(db_i64(project), db_text(text), db_i64(s->user)), NULL));
    return setting_note(s, project, "script");
}

err *script_versions(struct scope *s, int64_t project, int64_t before, int64_t most, struct rows *out)
{
    return db_many(s->db, SQL_script_versions, DB_ARGS(db_i64(project), db_opt_i64(before > 0, before), db_i64(most)), out);
}

err *script_version_text(struct scope *s, int64_t project, int64_t version, const char **text)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_script_version_text, DB_ARGS(db_i64(project), db_i64(version)), &r, &found));
    if (!found)
        return err_new(s->a, ERR_NOT_FOUND, NULL);
    *text = row_text(&r, SCRIPT_VERSION_TEXT_TEXT);
    return OK;
}

err *script_fault_note(struct scope *s, int64_t project, int64_t version, const char *event, const char *message, int64_t line)
{
    const char *text;

    TRY(script_version_text(s, project, version, &text));
    return db_exec(s->db, SQL_script_fault_note,
                   DB_ARGS(db_i64(version), db_text(event), db_text(message), db_opt_i64(line > 0, line), db_i64(s->user)), NULL);
}

err *script_faults(struct scope *s, int64_t project, int64_t version, struct rows *out)
{
    return db_many(s->db, SQL_script_faults, DB_ARGS(db_i64(project), db_i64(version)), out);
}
