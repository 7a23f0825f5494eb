/* Project settings: general, labelling interface, deletion. Each tab is one form and one
 * transaction; the rules are core's. */
#include "api/handlers.h"

#include <assert.h>
#include <string.h>

#include "api/bodies.h"
#include "api/gallery.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "core/task.h"
#include "core/wire.h"
#include "json/verr.h"
#include "page/script.h"
#include "page/config_error.h"
#include "page/project_page.h"
#include "page/webhooks.h"
#include "page/trash.h"

enum { OVERLAP_MOST = 1000, LABELS_SHOWN = 12 };

struct settings_tab {
    const char *name, *section, *template, *title;
    enum perm permission;
    err *(*fill)(struct rq *rq, const struct row *r, json_t *ctx);
    err *(*save)(struct rq *rq, const char **done); /* done: what to tell afterwards */
};

/* ---- general ---- */

static const char *const text_settings[] = {"title", "description", "expert_instruction",
                                            "maximum_annotations", "sampling"};
static const struct {
    const char *name;
    int col;
} switches[] = {
    {"is_published", PROJECT_BY_IDS_IS_PUBLISHED},
    {"show_instruction", PROJECT_BY_IDS_SHOW_INSTRUCTION},
    {"show_skip_button", PROJECT_BY_IDS_SHOW_SKIP_BUTTON},
    {"require_comment_on_skip", PROJECT_BY_IDS_REQUIRE_COMMENT_ON_SKIP},
    {"enable_empty_annotation", PROJECT_BY_IDS_ENABLE_EMPTY_ANNOTATION},
    {"show_collab_predictions", PROJECT_BY_IDS_SHOW_COLLAB_PREDICTIONS},
    {"show_annotation_history", PROJECT_BY_IDS_SHOW_ANNOTATION_HISTORY},
};
enum {
    N_TEXTS = sizeof text_settings / sizeof *text_settings,
    N_SWITCHES = sizeof switches / sizeof *switches
};

static json_t *samplings(const char *chosen)
{
    static const char *const all[][2] = {{"Sequential sampling", "One after the other"},
                                         {"Uniform sampling", "At random"},
                                         {"Uncertainty sampling", "Uncertain predictions first"}};
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "value", all[i][0], "text",
                                              all[i][1], "selected",
                                              strcmp(all[i][0], chosen ? chosen : all[0][0]) == 0));
    return list;
}

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

static json_t *stored_values(const struct row *r)
{
    json_t *v = json_object();

    page_set_text(v, "title", or_empty(row_text(r, PROJECT_BY_IDS_TITLE)));
    page_set_text(v, "description", or_empty(row_text(r, PROJECT_BY_IDS_DESCRIPTION)));
    page_set_text(v, "expert_instruction",
                  or_empty(row_text(r, PROJECT_BY_IDS_EXPERT_INSTRUCTION)));
    page_set_int(v, "maximum_annotations", row_i64(r, PROJECT_BY_IDS_MAXIMUM_ANNOTATIONS));
    for (size_t i = 0; i < N_SWITCHES; i++)
        page_set_bool(v, switches[i].name, row_bool(r, switches[i].col));
    return v;
}

static json_t *sent_values(const struct rq *rq)
{
    json_t *v = json_object();

    for (size_t i = 0; i < N_TEXTS; i++)
        page_set_text(v, text_settings[i], or_empty(rq_form(rq, text_settings[i])));
    for (size_t i = 0; i < N_SWITCHES; i++)
        page_set_bool(v, switches[i].name, rq_form(rq, switches[i].name) != NULL);
    return v;
}

static err *fill_general(struct rq *rq, const struct row *r, json_t *ctx)
{
    bool sent = rq->method == M_POST;
    const char *sampling = sent ? rq_form(rq, "sampling") : row_text(r, PROJECT_BY_IDS_SAMPLING);

    json_object_set_new(ctx, "values", sent ? sent_values(rq) : stored_values(r));
    json_object_set_new(ctx, "samplings", samplings(sampling));
    return OK;
}

/* The form as the body that the API would get: of this tab's settings only, and a box that is not
 * ticked is false. */
static err *general_body(struct rq *rq, struct jin *in)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, (size_t)cfg.upload_max_bytes);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    for (size_t i = 0; i < N_TEXTS; i++)
        if (rq_form(rq, text_settings[i]))
            jw_kstr(&w, text_settings[i], rq_form(rq, text_settings[i]));
    for (size_t i = 0; i < N_SWITCHES; i++)
        jw_kbool(&w, switches[i].name, rq_form(rq, switches[i].name) != NULL);
    jw_end(&w);
    TRY(strbuf_check(&b));
    return jin_read(rq->a, &B_PROJECT, (struct span){b.buf, b.len}, true, 10, in);
}

static err *save_general(struct rq *rq, const char **done)
{
    struct jin in;
    int64_t overlap, job;

    TRY(general_body(rq, &in));
    overlap = jin_int(&in, "maximum_annotations", 1);
    if (overlap < 1 || overlap > OVERLAP_MOST)
        return verr_one(rq->a, "maximum_annotations", "Enter a number from 1 to 1,000.");
    *done = "Settings saved.";
    return project_update(rq->scope, rq_int(rq, "id"), &in, &job);
}

/* ---- labelling interface ---- */

static const char *labels_text(struct arena *a, const struct lc_control *c)
{
    struct strbuf b;

    strbuf_init(&b, a, 1 << 20);
    for (size_t i = 0; i < c->n_labels && i < LABELS_SHOWN; i++)
        strbuf_printf(&b, "%s%s", i ? ", " : "", c->labels[i].key);
    if (c->n_labels > LABELS_SHOWN)
        strbuf_printf(&b, " and %s more", page_count(a, (int64_t)c->n_labels - LABELS_SHOWN));
    return b.buf;
}

static const char *targets_text(struct arena *a, const struct lc_control *c)
{
    struct strbuf b;

    strbuf_init(&b, a, 1 << 20);
    for (size_t i = 0; i < c->n_to_name; i++)
        strbuf_printf(&b, "%s%s", i ? ", " : "", c->to_name[i]);
    return b.buf;
}

static json_t *controls(struct arena *a, const struct lc *lc)
{
    json_t *list = json_array();

    for (size_t i = 0; i < lc_control_count(lc); i++) {
        const struct lc_control *c = lc_control_at(lc, i);
        json_t *o = json_object();
        page_set_text(o, "name", c->name);
        page_set_text(o, "type", c->type);
        page_set_text(o, "to_text", targets_text(a, c));
        page_set_text(o, "labels_text", labels_text(a, c));
        json_array_append_new(list, o);
    }
    return list;
}

/* What the preview draws. */
static err *first_task(struct rq *rq, int64_t project, json_t *ctx)
{
    struct rows rows;
    struct row r;

    json_object_set_new(ctx, "first_task", json_null());
    TRY(task_list_page(rq->scope, project, 0, 1, &rows));
    if (rows.n == 0)
        return OK;
    r = rows_at(&rows, 0);
    page_set_int(ctx, "first_task", task_row_id(&r));
    return OK;
}

static const char *used_text(struct arena *a, int64_t annotations)
{
    if (annotations == 0)
        return NULL;
    return arena_printf(a,
                        "%s made with this configuration. The tags and labels that they use cannot "
                        "be removed or renamed.",
                        page_counted(a, annotations, "annotation was", "annotations were"));
}

static err *fill_labeling(struct rq *rq, const struct row *r, json_t *ctx)
{
    int64_t id = rq_int(rq, "id");
    const char *sent = rq_form(rq, "label_config");
    const struct lc *lc;

    TRY(project_config(rq->scope, id, &lc, NULL, NULL));
    json_object_set_new(
        ctx, "values",
        json_pack("{s:s}", "label_config", sent ? sent : row_text(r, PROJECT_BY_IDS_LABEL_CONFIG)));
    json_object_set_new(ctx, "config_error", json_null());
    json_object_set(ctx, "gallery", gallery_groups());
    page_set_text(ctx, "used_text",
                  used_text(rq->a, row_i64(r, PROJECT_BY_IDS_TOTAL_ANNOTATIONS_NUMBER)));
    page_set_bool(ctx, "has_controls", lc_control_count(lc) > 0);
    json_object_set_new(ctx, "controls", controls(rq->a, lc));
    page_set_text(ctx, "fields_text", project_page_fields(rq->a, lc));
    return first_task(rq, id, ctx);
}

/* An empty field means the chosen template. */
static const char *config_sent(const struct rq *rq)
{
    const char *own = rq_form(rq, "label_config"), *template = rq_form(rq, "template");

    if (own && own[strspn(own, " \t\r\n")] != '\0')
        return own;
    return template ? template : or_empty(own);
}

static err *labeling_body(struct rq *rq, struct jin *in)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, (size_t)cfg.upload_max_bytes);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "label_config", config_sent(rq));
    jw_end(&w);
    TRY(strbuf_check(&b));
    return jin_read(rq->a, &B_PROJECT, (struct span){b.buf, b.len}, true, 10, in);
}

/* People are told of labels in use as well; the API only protects the tags. */
static err *save_labeling(struct rq *rq, const char **done)
{
    int64_t id = rq_int(rq, "id"), job;
    struct jin in;

    TRY(labeling_body(rq, &in));
    TRY(project_config_check(rq->scope, id, jin_text(&in, "label_config"), true, "label_config",
                             NULL));
    *done = "Labelling interface saved.";
    return project_update(rq->scope, id, &in, &job);
}

/* ---- deletion ---- */

static err *fill_danger(struct rq *rq, const struct row *r, json_t *ctx)
{
    int64_t n = row_i64(r, PROJECT_BY_IDS_TOTAL_ANNOTATIONS_NUMBER),
            tasks = row_i64(r, PROJECT_BY_IDS_TASK_NUMBER);

    page_set_text(ctx, "keep_text", trash_keep_text(rq->a));
    page_set_text(ctx, "tasks_text", page_counted(rq->a, tasks, "task", "tasks"));
    page_set_text(ctx, "annotations_text",
                  n ? page_counted(rq->a, n, "annotation", "annotations") : NULL);
    return OK;
}

static err *save_danger(struct rq *rq, const char **done)
{
    const char *typed = or_empty(rq_form(rq, "confirm")), *title;
    struct row r;

    TRY(project_row(rq->scope, rq_int(rq, "id"), &r));
    title = project_page_title(rq->a, &r);
    if (strcmp(text_trim(rq->a, typed, strlen(typed)), text_trim(rq->a, title, strlen(title))) != 0)
        return verr_one(rq->a, "confirm",
                        "This is not the name of the project. Nothing was deleted.");
    *done = arena_printf(rq->a, "The project “%s” was deleted.", title);
    return project_delete(rq->scope, rq_int(rq, "id"));
}

/* ---- webhooks ---- */

static err *fill_webhooks(struct rq *rq, const struct row *r, json_t *ctx)
{
    (void)r;
    return webhooks_fill(rq, ctx);
}

/* ---- the tabs ---- */

static const struct settings_tab tabs[] = {
    {"custom-script", "script", "projects/settings_script", "Custom script",
     PERM_CUSTOM_SCRIPTS_CHANGE, script_tab_fill, script_tab_save},
    {"general", "general", "projects/settings", "Settings", PERM_PROJECTS_CHANGE, fill_general,
     save_general},
    {"labeling", "labeling", "projects/settings_labeling", "Labelling interface",
     PERM_PROJECTS_CHANGE, fill_labeling, save_labeling},
    {"webhooks", "webhooks", "projects/settings_webhooks", "Webhooks", PERM_WEBHOOKS_CHANGE,
     fill_webhooks, webhooks_save},
    {"danger-zone", "danger", "projects/settings_danger", "Delete project", PERM_PROJECTS_DELETE,
     fill_danger, save_danger},
};

static const struct settings_tab *tab_asked(struct rq *rq)
{
    const char *name = rq->match.n > 1 ? rq_arg(rq, "tab") : "general";

    for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++)
        if (strcmp(tabs[i].name, name) == 0)
            return &tabs[i];
    return NULL;
}

static json_t *saved(struct arena *a, const struct row *r)
{
    const char *iso = wire_time_text(a, row_text(r, PROJECT_BY_IDS_UPDATED_AT));

    if (!iso)
        return json_null();
    return json_pack("{s:s, s:s, s:n}", "iso", iso, "text",
                     arena_printf(a, "%.10s %.5s", iso, iso + 11), "by");
}

static err *context(struct rq *rq, const struct settings_tab *tab, json_t **ctx)
{
    struct row r;

    assert(tab);    /* callers answer 404 for an unknown tab */
    TRY(project_page(rq, "settings", tab->title, &r, ctx));
    json_object_set_new(*ctx, "section", json_pack("{s:b}", tab->section, 1));
    json_object_set_new(*ctx, "saved", saved(rq->a, &r));
    return tab->fill(rq, &r, *ctx);
}

static err *tab_open(struct rq *rq, const struct settings_tab **tab)
{
    *tab = tab_asked(rq);
    if (!*tab)
        return err_new(rq->a, ERR_NOT_FOUND, NULL);
    return scope_need(rq->scope, (*tab)->permission);
}

err *page_settings(struct rq *rq)
{
    const struct settings_tab *tab;
    json_t *ctx;

    TRY(tab_open(rq, &tab));
    TRY(context(rq, tab, &ctx));
    return page_render(rq, tab->template, ctx);
}

/* The same page again, with what was sent and what is wrong with it. */
static err *refused(struct rq *rq, const struct settings_tab *tab, err *e)
{
    json_t *ctx, *config;

    TRY(context(rq, tab, &ctx));
    config = config_error_of(rq->a, config_sent(rq), e->validation_json);
    if (config)
        json_object_set_new(ctx, "config_error", config);
    else if (!page_field_errors(ctx, e))
        return e;
    rs_status(rq, 400);
    return page_render(rq, tab->template, ctx);
}

struct save_run {
    struct rq *rq;
    const struct settings_tab *tab;
    const char *done;
};

static err *save(struct db *db, void *arg)
{
    struct save_run *run = arg;

    (void)db;
    return run->tab->save(run->rq, &run->done);
}

static err *deleted(struct rq *rq, const char *said)
{
    json_t *fields;

    if (!trash_keep_text(rq->a))
        return page_see_other(rq, "/projects/", "good", said);
    fields = json_pack("[{s:s, s:s}, {s:s, s:s}]", "name", "action", "value", "restore_project", "name",
                       "project", "value",
                       arena_printf(rq->a, "%lld", (long long)rq_int(rq, "id")));
    return page_see_other_undo(rq, "/projects/", said, "/trash", fields);
}

err *page_settings_post(struct rq *rq)
{
    struct save_run run = {.rq = rq};
    const char *href;
    err *e;

    TRY(tab_open(rq, &run.tab));
    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(rq_body(rq));
    e = tx_run(rq->scope->db, TX_WRITE, save, &run);
    if (e)
        return refused(rq, run.tab, e);
    if (run.tab->save == save_danger)
        return deleted(rq, run.done);
    href = project_page_href(rq->a, rq_int(rq, "id"),
                             arena_printf(rq->a, "settings/%s", run.tab->name));
    return page_see_other(rq, href, "good", run.done);
}
