/* Scripts of projects on pages: the resource that the labelling page runs, what that page is told, and the tab of the settings with
 * versions and faults. static/js/script-runtime.js runs them. */
#include "page/script.h"

#include <stdlib.h>
#include <string.h>

#include "api/gate.h"
#include "api/handlers.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/project.h"
#include "core/script.h"
#include "core/script.sql.h"
#include "core/wire.h"
#include "page/page.h"

enum { VERSIONS_SHOWN = 50 };

/* ---- on the labelling page ---- */

/* The wrapper's first line has no text of the script: static/js/script-faults.js counts on that. Not a module: scripts are sloppy. */
err *page_script_js(struct rq *rq)
{
    struct script now;

    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(script_current(rq->scope, rq_int(rq, "id"), &now));
    if (!*now.text)
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
    rs_type(rq, "text/javascript; charset=utf-8");
    rs_puts(rq, "labeldScript(async function (LSI) {\n");
    rs_puts(rq, now.text);
    rs_puts(rq, "\n});\n");
    return OK;
}

/* Managers may open a task without the script, when it stands in the way. */
static bool left_out(const struct rq *rq)
{
    return rq_query(rq, "no_script") && scope_can(rq->scope, PERM_CUSTOM_SCRIPTS_CHANGE);
}

err *script_island(struct rq *rq, int64_t project, json_t *island)
{
    struct script now;
    json_t *o;

    json_object_set_new(island, "script", json_null());
    TRY(script_current(rq->scope, project, &now));
    if (!*now.text || left_out(rq))
        return OK;
    o = json_object();
    page_set_text(o, "src", arena_printf(rq->a, "%s/projects/%lld/custom-script.js?v=%lld", cfg.base_path, (long long)project,
                                         (long long)now.version));
    page_set_int(o, "version", now.version);
    page_set_bool(o, "full", scope_can(rq->scope, PERM_CUSTOM_SCRIPTS_CHANGE));
    json_object_set_new(island, "script", o);
    gate_csp_hosts(rq, now.hosts);
    return OK;
}

/* ---- settings ---- */

static json_t *version_object(struct rq *rq, const struct row *r, bool current)
{
    int64_t faults = row_i64(r, SCRIPT_VERSIONS_FAULTS), id = row_i64(r, SCRIPT_VERSIONS_ID), bytes = row_i64(r, SCRIPT_VERSIONS_BYTES);
    json_t *o = json_object();

    page_set_int(o, "id", id);
    page_set_bool(o, "current", current);
    page_set_text(o, "size_text", bytes ? page_counted(rq->a, bytes, "byte", "bytes") : "empty");
    page_set_text(o, "author", row_text(r, SCRIPT_VERSIONS_AUTHOR));
    page_set_text(o, "faults_text", faults ? page_counted(rq->a, faults, "fault", "faults") : NULL);
    page_set_time(rq->a, o, "made", wire_time_text(rq->a, row_text(r, SCRIPT_VERSIONS_CREATED_AT)));
    return o;
}

static err *versions_fill(struct rq *rq, int64_t project, const struct script *now, json_t *ctx)
{
    json_t *list = json_array();
    struct rows rows;

    json_object_set_new(ctx, "versions", list);
    TRY(script_versions(rq->scope, project, VERSIONS_SHOWN, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        json_array_append_new(list, version_object(rq, &r, row_i64(&r, SCRIPT_VERSIONS_ID) == now->version));
    }
    page_set_bool(ctx, "has_versions", rows.n > 0);
    return OK;
}

static err *faults_fill(struct rq *rq, int64_t project, json_t *ctx)
{
    json_t *list = json_array();
    struct rows rows;

    json_object_set_new(ctx, "faults", list);
    TRY(script_faults(rq->scope, project, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        json_t *o = json_object();

        page_set_text(o, "event", *row_text(&r, SCRIPT_FAULTS_EVENT) ? row_text(&r, SCRIPT_FAULTS_EVENT) : "script");
        page_set_text(o, "message", row_text(&r, SCRIPT_FAULTS_MESSAGE));
        page_set_text(o, "line", row_text(&r, SCRIPT_FAULTS_LINE));
        page_set_text(o, "times_text", page_count(rq->a, row_i64(&r, SCRIPT_FAULTS_TIMES)));
        page_set_text(o, "email", row_text(&r, SCRIPT_FAULTS_EMAIL));
        page_set_time(rq->a, o, "last", wire_time_text(rq->a, row_text(&r, SCRIPT_FAULTS_LAST_AT)));
        json_array_append_new(list, o);
    }
    page_set_bool(ctx, "has_faults", rows.n > 0);
    return OK;
}

static int64_t version_named(const char *text)
{
    int64_t id = 0;

    return text && int_parse(text, 1, INT64_MAX, &id) ? id : 0;
}

/* The text in the field: as sent, of an earlier version that is asked for, or what runs. */
static err *text_fill(struct rq *rq, int64_t project, const struct script *now, json_t *ctx)
{
    int64_t asked = version_named(rq_query(rq, "version"));
    const char *text = rq->method == M_POST && rq_form(rq, "custom_script") ? rq_form(rq, "custom_script") : now->text;
    json_t *values = json_object();

    page_set_text(ctx, "earlier", NULL);
    if (asked && asked != now->version) {
        TRY(script_version_text(rq->scope, project, asked, &text));
        page_set_text(ctx, "earlier", arena_printf(rq->a, "%lld", (long long)asked));
    }
    page_set_text(values, "custom_script", text);
    json_object_set_new(ctx, "values", values);
    return OK;
}

err *script_tab_fill(struct rq *rq, const struct row *r, json_t *ctx)
{
    int64_t project = rq_int(rq, "id");
    struct script now;

    (void)r;
    TRY(script_current(rq->scope, project, &now));
    page_set_bool(ctx, "scripts_on", now.on);
    page_set_bool(ctx, "scripts_forbidden", !cfg.custom_scripts);
    page_set_bool(ctx, "script_runs", *now.text != '\0');
    page_set_text(ctx, "hosts", *now.hosts ? now.hosts : NULL);
    TRY(text_fill(rq, project, &now, ctx));
    TRY(versions_fill(rq, project, &now, ctx));
    return faults_fill(rq, project, ctx);
}

/* Browsers send the lines of a form with CR and LF. */
static const char *unix_lines(struct arena *a, const char *text)
{
    char *out = arena_strdup(a, text), *to = out;

    for (const char *c = out; *c; c++)
        if (c[0] != '\r' || c[1] != '\n')
            *to++ = *c;
    *to = '\0';
    return out;
}

err *script_tab_save(struct rq *rq, const char **done)
{
    const char *action = rq_form(rq, "action"), *text = rq_form(rq, "custom_script");
    int64_t project = rq_int(rq, "id");

    *done = "Script saved. It runs on every labelling page that is opened from now on.";
    if (action && strcmp(action, "restore") == 0) {
        TRY(script_version_text(rq->scope, project, version_named(rq_form(rq, "version")), &text));
        *done = "Earlier version restored.";
    }
    return script_set(rq->scope, project, text ? unix_lines(rq->a, text) : "");
}
