/* The tab of the settings on which a project's script is written: the text, what it may name, examples, faults, versions, and what changed
 * between two of them. */
#include "page/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cfg.h"
#include "base/text.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "core/script.h"
#include "core/script.sql.h"
#include "core/task.h"
#include "core/wire.h"
#include "json/verr.h"
#include "page/labelling.h"
#include "page/page.h"
#include "page/script_diff.h"
#include "page/script_examples.h"

enum { VERSIONS_SHOWN = 50, TASKS_OFFERED = 20, RECIPE_MOST = 64 };

static const char *code_editor; /* the address of the code editor below the annotation editor's; NULL: not installed */

/* Its recipe stands in the address, so that browsers may keep it. */
void script_settings_init(struct arena *boot)
{
    char recipe[RECIPE_MOST];
    FILE *f = fopen(arena_printf(boot, "%s/code/recipe", cfg.editor_dir), "re");

    code_editor = NULL;
    if (!f)
        return;
    if (fgets(recipe, sizeof recipe, f))
        code_editor = arena_printf(boot, "%scode/code-editor.js?v=%.*s", labelling_assets(boot), (int)strspn(recipe, "0123456789abcdef"), recipe);
    fclose(f);
}

static int64_t version_named(const char *text)
{
    int64_t id = 0;

    return text && int_parse(text, 1, INT64_MAX, &id) ? id : 0;
}

static const char *version_text(struct arena *a, int64_t version)
{
    return version ? arena_printf(a, "%lld", (long long)version) : NULL;
}

/* ---- versions ---- */

/* before NULL: it is the first. */
static json_t *version_object(struct rq *rq, const struct row *r, const struct row *before, bool current)
{
    int64_t faults = row_i64(r, SCRIPT_VERSIONS_FAULTS), id = row_i64(r, SCRIPT_VERSIONS_ID), bytes = row_i64(r, SCRIPT_VERSIONS_BYTES);
    json_t *o = json_object();

    page_set_int(o, "id", id);
    page_set_text(o, "before_text", before ? version_text(rq->a, row_i64(before, SCRIPT_VERSIONS_ID)) : NULL);
    page_set_bool(o, "current", current);
    page_set_bool(o, "empty", bytes == 0);
    page_set_text(o, "size_text", bytes ? page_counted(rq->a, bytes, "byte", "bytes") : "empty");
    page_set_text(o, "author", row_text(r, SCRIPT_VERSIONS_AUTHOR));
    page_set_text(o, "faults_text", faults ? page_counted(rq->a, faults, "fault", "faults") : NULL);
    page_set_time(rq->a, o, "made", wire_time_text(rq->a, row_text(r, SCRIPT_VERSIONS_CREATED_AT)));
    return o;
}

static err *current_fill(struct rq *rq, int64_t project, json_t *ctx)
{
    struct rows rows;
    struct row r;

    json_object_set_new(ctx, "current", json_null());
    TRY(script_versions(rq->scope, project, 0, 1, &rows));
    if (rows.n == 0)
        return OK;
    r = rows_at(&rows, 0);
    json_object_set_new(ctx, "current", version_object(rq, &r, NULL, true));
    return OK;
}

/* ?older=7: those before that one. One more than is shown is read: it is what the last one shown changed. */
static err *versions_fill(struct rq *rq, int64_t project, const struct script *now, json_t *ctx)
{
    int64_t older = version_named(rq_query(rq, "older"));
    json_t *list = json_array();
    struct rows rows;
    struct row r, before;

    json_object_set_new(ctx, "versions", list);
    TRY(current_fill(rq, project, ctx));
    TRY(script_versions(rq->scope, project, older, VERSIONS_SHOWN + 1, &rows));
    for (int i = 0; i < rows.n && i < VERSIONS_SHOWN; i++) {
        bool first = i + 1 == rows.n;

        r = rows_at(&rows, i);
        before = rows_at(&rows, first ? i : i + 1);
        json_array_append_new(list, version_object(rq, &r, first ? NULL : &before, row_i64(&r, SCRIPT_VERSIONS_ID) == now->version));
    }
    page_set_bool(ctx, "has_versions", rows.n > 0);
    page_set_bool(ctx, "can_compare", rows.n > 1);
    page_set_bool(ctx, "newer_versions", older > 0);
    page_set_text(ctx, "older_than", rows.n > VERSIONS_SHOWN ? version_text(rq->a, row_i64(&r, SCRIPT_VERSIONS_ID)) : NULL);
    return OK;
}

/* ?from=3&to=7 */
static err *diff_fill(struct rq *rq, int64_t project, json_t *ctx)
{
    int64_t from = version_named(rq_query(rq, "from")), to = version_named(rq_query(rq, "to"));
    const char *old, *new;
    json_t *diff;

    json_object_set_new(ctx, "diff", json_null());
    if (!from || !to)
        return OK;
    TRY(script_version_text(rq->scope, project, from, &old));
    TRY(script_version_text(rq->scope, project, to, &new));
    diff = script_diff(rq->a, old, new);
    page_set_text(diff, "from_text", version_text(rq->a, from));
    page_set_text(diff, "to_text", version_text(rq->a, to));
    json_object_set_new(ctx, "diff", diff);
    return OK;
}

/* ---- faults ---- */

static json_t *fault_object(struct rq *rq, const struct row *r)
{
    json_t *o = json_object();

    page_set_text(o, "event", *row_text(r, SCRIPT_FAULTS_EVENT) ? row_text(r, SCRIPT_FAULTS_EVENT) : "script");
    page_set_text(o, "message", row_text(r, SCRIPT_FAULTS_MESSAGE));
    page_set_text(o, "line", row_text(r, SCRIPT_FAULTS_LINE));
    page_set_text(o, "times_text", page_count(rq->a, row_i64(r, SCRIPT_FAULTS_TIMES)));
    page_set_text(o, "email", row_text(r, SCRIPT_FAULTS_EMAIL));
    page_set_time(rq->a, o, "last", wire_time_text(rq->a, row_text(r, SCRIPT_FAULTS_LAST_AT)));
    return o;
}

/* For the code editor: what stands at which line. */
static void mark_add(json_t *marks, const struct row *r)
{
    if (!row_null(r, SCRIPT_FAULTS_LINE))
        json_array_append_new(marks, json_pack("{s:I, s:s}", "line", (json_int_t)row_i64(r, SCRIPT_FAULTS_LINE), "message",
                                               row_text(r, SCRIPT_FAULTS_MESSAGE)));
}

/* Of the version in the field. */
static err *faults_fill(struct rq *rq, int64_t project, int64_t version, json_t *ctx, json_t *marks)
{
    json_t *list = json_array();
    struct rows rows;

    json_object_set_new(ctx, "faults", list);
    page_set_text(ctx, "faults_of", version_text(rq->a, version));
    TRY(script_faults(rq->scope, project, version, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        json_array_append_new(list, fault_object(rq, &r));
        mark_add(marks, &r);
    }
    page_set_bool(ctx, "has_faults", rows.n > 0);
    return OK;
}

/* ---- the text ---- */

/* As sent, an example or an earlier version that is asked for, or what runs. `version` is the one that stands there, 0 for none. */
static err *text_fill(struct rq *rq, int64_t project, const struct script *now, json_t *ctx, int64_t *version)
{
    int64_t asked = version_named(rq_query(rq, "version"));
    json_t *example = rq_query(rq, "example") ? script_example(rq_query(rq, "example")) : NULL;
    const char *text = now->text;

    *version = now->version;
    page_set_text(ctx, "earlier", NULL);
    json_object_set(ctx, "example", example ? example : json_null());
    if (rq->method == M_POST && rq_form(rq, "custom_script")) {
        text = rq_form(rq, "custom_script");
    } else if (example) {
        text = json_string_value(json_object_get(example, "script"));
        *version = 0;
    } else if (asked && asked != now->version) {
        TRY(script_version_text(rq->scope, project, asked, &text));
        page_set_text(ctx, "earlier", version_text(rq->a, asked));
        *version = asked;
    }
    json_object_set_new(ctx, "values", json_pack("{s:s}", "custom_script", text));
    return OK;
}

/* ---- what the text may name, and on what it is tried ---- */

static json_t *names(struct arena *a, const struct lc *lc)
{
    json_t *controls = json_array(), *fields = json_array();
    size_t n;
    const struct lc_data_key *keys = lc_data_keys(lc, &n);

    for (size_t i = 0; i < lc_control_count(lc); i++) {
        const struct lc_control *c = lc_control_at(lc, i);
        json_array_append_new(controls, json_pack("{s:s, s:s}", "name", c->name, "type", c->type));
    }
    for (size_t i = 0; i < n; i++)
        json_array_append_new(fields, json_string(arena_strdup(a, keys[i].key)));
    return json_pack("{s:o, s:o}", "controls", controls, "fields", fields);
}

static err *tasks_fill(struct rq *rq, int64_t project, json_t *ctx)
{
    json_t *list = json_array();
    struct rows rows;

    json_object_set_new(ctx, "bench_tasks", list);
    TRY(task_list_page(rq->scope, project, 0, TASKS_OFFERED, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        json_array_append_new(list, json_integer(task_row_id(&r)));
    }
    return OK;
}

/* What static/js/script-editor.js and script-bench.js read. */
static err *island_fill(struct rq *rq, int64_t project, json_t *ctx, json_t *island)
{
    json_t *example = json_object_get(ctx, "example");
    const struct lc *lc;

    TRY(project_config(rq->scope, project, &lc, NULL, NULL));
    json_object_set_new(island, "names", names(rq->a, lc));
    page_set_text(island, "code_editor", code_editor);
    json_object_set_new(island, "example", json_is_object(example) ? json_pack("{s:O, s:O}", "config", json_object_get(example, "config"),
                                                                              "data", json_object_get(example, "data"))
                                                                  : json_null());
    json_object_set_new(ctx, "script_data", island);
    return tasks_fill(rq, project, ctx);
}

err *script_tab_fill(struct rq *rq, const struct row *r, json_t *ctx)
{
    int64_t project = rq_int(rq, "id"), version;
    json_t *island = json_object(), *marks = json_array();
    struct script now;

    json_object_set_new(island, "marks", marks);
    TRY(script_current(rq->scope, project, &now));
    page_set_bool(ctx, "scripts_on", now.on);
    page_set_bool(ctx, "scripts_forbidden", !cfg.custom_scripts);
    page_set_bool(ctx, "script_runs", *now.text != '\0');
    page_set_text(ctx, "hosts", *now.hosts ? now.hosts : NULL);
    page_set_text(ctx, "base_version", version_text(rq->a, now.version));
    page_set_text(island, "config", row_text(r, PROJECT_BY_IDS_LABEL_CONFIG));
    json_object_set(ctx, "examples", script_examples());
    TRY(text_fill(rq, project, &now, ctx, &version));
    json_object_set(ctx, "label_config", json_object_get(json_is_object(json_object_get(ctx, "example")) ? json_object_get(ctx, "example") : island, "config"));
    TRY(versions_fill(rq, project, &now, ctx));
    TRY(faults_fill(rq, project, version, ctx, marks));
    TRY(diff_fill(rq, project, ctx));
    return island_fill(rq, project, ctx, island);
}

/* ---- saving ---- */

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

/* Two people write at the same time: the second is told, and may compare before saving above the other. */
static err *check_base(struct rq *rq, int64_t project, const char *text)
{
    int64_t base = version_named(rq_form(rq, "base_version"));
    struct script now;

    if (!rq_form(rq, "base_version"))
        return OK;
    TRY(script_current(rq->scope, project, &now));
    if (now.version == base || strcmp(now.text, text) == 0)
        return OK;
    return verr_one(rq->a, "custom_script", "Version %lld was saved meanwhile by somebody else. Yours still stands here; saving again puts it above.",
                    (long long)now.version);
}

/* unreadable: what the page's code editor found, which can read scripts. */
static const char *saved_text(struct rq *rq, const char *text)
{
    const char *unreadable = rq_form(rq, "unreadable");

    if (!*text)
        return "Saved without a script: none runs any more.";
    if (unreadable && *unreadable)
        return "Saved, but it cannot run: it is no script that browsers can read.";
    return "Script saved. It runs on every labelling page that is opened from now on.";
}

err *script_tab_save(struct rq *rq, const char **done)
{
    const char *action = rq_form(rq, "action"), *text = rq_form(rq, "custom_script");
    int64_t project = rq_int(rq, "id");

    if (action && strcmp(action, "restore") == 0) {
        TRY(script_version_text(rq->scope, project, version_named(rq_form(rq, "version")), &text));
        *done = "Earlier version restored.";
        return script_set(rq->scope, project, text);
    }
    text = unix_lines(rq->a, text ? text : "");
    TRY(check_base(rq, project, text));
    *done = saved_text(rq, text);
    return script_set(rq->scope, project, text);
}
