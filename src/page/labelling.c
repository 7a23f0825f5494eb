/* What the pages with the editor tell their scripts: project, user, rights, queue. Tasks and
 * annotations go through the API. templates/static/js/labelling.js names the keys. */
#include "page/labelling.h"

#include <string.h>

#include "api/gate.h"
#include "api/handlers.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/hotkeys.h"
#include "core/overview.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "core/script.h"
#include "core/task.h"
#include "core/user.h"
#include "http/csrf.h"
#include "page/data.h"
#include "page/dm_picked.h"
#include "page/script.h"
#include "tmpl/tmpl.h"

/* `contrib/install-editor --version`: the address changes with the editor, so that browsers may
 * keep its files for ever. */
#define EDITOR_VERSION "1.23.2"

/* How often the page asks whether the task on screen is still to be done. */
enum { LOOK_AGAIN_S = 60 };

static const char project_keys[] =
    "id,title,label_config,expert_instruction,show_instruction,show_skip_button,require_comment_on_skip,"
    "enable_empty_annotation,show_collab_predictions,reveal_preannotations_interactively,"
    "model_version,maximum_annotations,sampling,skip_queue,parsed_label_config,review_settings";

static err *project_json(struct rq *rq, const struct row *r, json_t **out)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, 64u << 20);
    jw_init_strbuf(&w, &b);
    project_write(&w, r, project_keys, false);
    TRY(strbuf_check(&b));
    *out = tmpl_json(b.buf);
    return OK;
}

static err *user_json(struct rq *rq, json_t **out)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, 1u << 20);
    jw_init_strbuf(&w, &b);
    TRY(user_write_open(rq->scope, &w, rq->scope->user));
    jw_kstr(&w, "role", rq->scope->role);
    jw_end(&w);
    TRY(strbuf_check(&b));
    *out = tmpl_json(b.buf);
    return OK;
}

static json_t *rights(const struct scope *s)
{
    json_t *o = json_object();

    page_set_bool(o, "annotate", scope_can(s, PERM_ANNOTATIONS_CREATE));
    page_set_bool(o, "delete", scope_can(s, PERM_ANNOTATIONS_DELETE));
    page_set_bool(o, "ground_truth", scope_can(s, PERM_ANNOTATIONS_CHANGE) && !scope_own_only(s));
    page_set_bool(o, "review", scope_can(s, PERM_ANNOTATIONS_REVIEW));
    page_set_bool(o, "review_own", scope_can(s, PERM_TASKS_CHANGE));
    page_set_bool(o, "comment", scope_can(s, PERM_ANNOTATIONS_CREATE));
    page_set_bool(o, "resolve_any", !scope_own_only(s));
    return o;
}

/* The editor's keys as it comes; the user's own are in `user`. */
static json_t *keys(void)
{
    size_t n;
    const struct hotkey *all = hotkey_actions(&n);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s}", "name", all[i].name, "key",
                                              all[i].key, "mac",
                                              all[i].mac ? all[i].mac : all[i].key, "text",
                                              all[i].text));
    return list;
}

static json_t *key_sections(void)
{
    size_t n;
    const struct hotkey_section *all = hotkey_sections(&n);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:s}", "id", all[i].id, "title",
                                        all[i].title, "tags", all[i].tags));
    return list;
}

static json_t *queue(const struct row *r, int64_t today)
{
    json_t *o = json_object();

    page_set_int(o, "total", row_i64(r, PROJECT_BY_IDS_QUEUE_TOTAL));
    page_set_int(o, "done", row_i64(r, PROJECT_BY_IDS_QUEUE_DONE));
    page_set_int(o, "today", today);
    return o;
}

/* ?mode=review: what others annotated is looked at, not what nobody did. */
static bool is_review(const struct rq *rq)
{
    const char *mode = rq_query(rq, "mode");

    return mode && strcmp(mode, "review") == 0;
}

/* The task must be one of this project: the page shows its name. task 0: the stream. */
static err *task_asked(struct rq *rq, int64_t *task)
{
    const char *text = rq_query(rq, "task");
    int64_t project;

    *task = 0;
    if (!text)
        return scope_need(rq->scope, is_review(rq) ? PERM_ANNOTATIONS_REVIEW : PERM_ANNOTATIONS_CREATE);
    if (!int_parse(text, 1, INT32_MAX, task))
        return task_missing(rq->scope);
    TRY(task_project(rq->scope, *task, &project));
    return project == rq_int(rq, "id") ? OK : task_missing(rq->scope);
}

const char *labelling_assets(struct arena *a)
{
    return arena_printf(a, "%s/static/editor-%s/", cfg.base_path, EDITOR_VERSION);
}

/* Where the editor and everything else of this server is. */
static void editor_fill(struct rq *rq, json_t *o)
{
    page_set_text(o, "base", cfg.base_path);
    page_set_text(o, "editor_assets", labelling_assets(rq->a));
}

/* The stream of what the table shows, or of what was picked from it, in its order: the page asks the engine for it, and counts no queue. */
static err *set_stream(struct rq *rq, json_t *ctx, json_t *o)
{
    struct dm_picked picked;
    struct dm_state state;
    json_t *query;

    TRY(dm_state_read(rq, rq_int(rq, "id"), &state));
    TRY(dm_picked_query(rq, &picked));
    if (!dm_picked_any(&picked) && !dm_state_filters(&state) && !state.ordering)
        return OK;
    query = dm_picked_any(&picked) ? dm_picked_question(rq->a, &state, &picked) : dm_state_question(rq->a, &state);
    json_object_set(o, "query", query);
    json_object_set_new(o, "queue", json_null());
    page_set_text(ctx, "progress_text",
                  picked.n && !picked.all ? page_counted(rq->a, (int64_t)picked.n, "selected task", "selected tasks") : "Tasks of the table");
    return OK;
}

/* `o` belongs to the page's context. */
static err *island(struct rq *rq, const struct row *r, int64_t task, const char *back, json_t *o)
{
    json_t *project, *user;
    int64_t today;

    TRY(overview_own_today(rq->scope, rq_int(rq, "id"), &today));
    TRY(project_json(rq, r, &project));
    json_object_set_new(o, "project", project);
    TRY(user_json(rq, &user));
    json_object_set_new(o, "user", user);
    editor_fill(rq, o);
    page_set_text(o, "csrf", csrf_token(rq));
    page_set_text(o, "back_href", back);
    page_set_text(o, "mode", task ? "task" : "stream");
    page_set_bool(o, "reviewing", is_review(rq) && scope_can(rq->scope, PERM_ANNOTATIONS_REVIEW));
    json_object_set_new(o, "task_id", task ? json_integer(task) : json_null());
    json_object_set_new(o, "view", json_null());
    json_object_set_new(o, "users", json_array());
    json_object_set_new(o, "can", rights(rq->scope));
    TRY(script_island(rq, rq_int(rq, "id"), o));
    json_object_set_new(o, "query", json_null());
    json_object_set_new(o, "queue", queue(r, today));
    json_object_set_new(o, "keys", keys());
    json_object_set_new(o, "key_sections", key_sections());
    page_set_int(o, "look_again_s", LOOK_AGAIN_S);
    return OK;
}

err *labelling_page(struct rq *rq)
{
    const char *back;
    int64_t task;
    struct row r;
    json_t *ctx, *data;
    bool framed;       /* in the quick view, beside the table */

    TRY(project_page(rq, "data", NULL, &r, &ctx));
    TRY(task_asked(rq, &task));
    back = arena_printf(rq->a, "%s%s", project_page_href(rq->a, rq_int(rq, "id"), "data"),
                        data_query(rq));
    data = json_object();
    json_object_set_new(ctx, "labelling", data);
    TRY(island(rq, &r, task, back, data));
    page_set_text(ctx, "back_href", back);
    page_set_text(ctx, "progress_text",
                  arena_printf(rq->a, "%s of %s done",
                               page_count(rq->a, row_i64(&r, PROJECT_BY_IDS_QUEUE_DONE)),
                               page_count(rq->a, row_i64(&r, PROJECT_BY_IDS_QUEUE_TOTAL))));
    if (!task)
        TRY(set_stream(rq, ctx, data));
    framed = task && rq_query(rq, "frame");
    page_set_bool(data, "framed", framed);
    page_set_bool(ctx, "framed", framed);
    gate_csp_editor(rq, framed);
    return page_render(rq, "projects/label", ctx);
}

/* The frame in which settings show a configuration: static/js/preview.js gets it from the page around. */
err *page_preview(struct rq *rq)
{
    json_t *ctx = page_context(rq, "Preview"), *data = json_object(), *user;

    json_object_set_new(ctx, "preview", data);
    TRY(user_json(rq, &user));
    json_object_set_new(data, "user", user);
    editor_fill(rq, data);
    gate_csp_editor(rq, true);
    return page_render(rq, "projects/preview", ctx);
}

/* The frame in which settings try a script: a task and the text come from the page around (static/js/script-bench.js), and nothing that
 * is done there is stored. Its text is an inline script with a nonce of this answer; nowhere else is one let through. */
err *page_script_bench(struct rq *rq)
{
    json_t *ctx, *data = json_object();
    struct script now;
    const char *nonce = hex_random(rq->a, 16);
    struct row r;

    TRY(project_page(rq, "settings", "Test bench", &r, &ctx));
    TRY(script_current(rq->scope, rq_int(rq, "id"), &now));
    if (!now.on)
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
    json_object_set_new(ctx, "labelling", data);
    TRY(island(rq, &r, 0, "", data));
    page_set_text(data, "mode", "task");
    json_object_set_new(data, "script", json_pack("{s:s, s:i, s:b}", "nonce", nonce, "version", 0, "full", 1));
    gate_csp_editor(rq, true);
    gate_csp_script(rq, now.hosts, nonce);
    return page_render(rq, "projects/script_bench", ctx);
}
