/* Project settings: the table of their tabs, showing one and saving its form. What each tab shows and does is in a file of its own. */
#include "page/settings.h"

#include <assert.h>
#include <string.h>

#include "api/handlers.h"
#include "core/project.h"
#include "core/setting.h"
#include "page/config_error.h"
#include "page/fields.h"
#include "page/project_page.h"
#include "page/script.h"
#include "page/trash.h"
#include "page/webhooks.h"

typedef err *fill_fn(struct rq *rq, const struct row *r, json_t *ctx);
typedef err *save_fn(struct rq *rq, const char **done);

struct settings_tab {
    const char *name, *section, *template, *title;
    const char *part;        /* whose last change is shown (core/setting.h); NULL: of none */
    enum perm permission;
    bool alone;              /* save makes its own transactions: it waits for other servers, or takes many steps */
    fill_fn *fill;
    save_fn *save;
};

static err *fill_webhooks(struct rq *rq, const struct row *r, json_t *ctx)
{
    (void)r;
    return webhooks_fill(rq, ctx);
}

static const struct settings_tab tabs[] = {
    {"general", "general", "projects/settings_form", "Settings", "general", PERM_PROJECTS_CHANGE, false, settings_general_fill,
     settings_general_save},
    {"labeling", "labeling", "projects/settings_labeling", "Labelling interface", "labeling", PERM_PROJECTS_CHANGE, false,
     settings_labeling_fill, settings_labeling_save},
    {"instructions", "instructions", "projects/settings_instructions", "Instructions", "instructions", PERM_PROJECTS_CHANGE, false,
     settings_instructions_fill, settings_instructions_save},
    {"annotation", "annotation", "projects/settings_form", "Annotation", "annotation", PERM_PROJECTS_CHANGE, false,
     settings_annotation_fill, settings_annotation_save},
    {"review", "review", "projects/settings_form", "Review", "review", PERM_PROJECTS_CHANGE, false, settings_review_fill, settings_review_save},
    {"ml", "ml", "projects/settings_ml", "Machine learning", "ml", PERM_MODELS_CHANGE, true, settings_ml_fill, settings_ml_save},
    {"predictions", "predictions", "projects/settings_predictions", "Predictions", "predictions", PERM_PREDICTIONS_ANY, true,
     settings_predictions_fill, settings_predictions_save},
    {"storage", "storage", "projects/settings_storage", "Cloud storage", "storage", PERM_STORAGES_CHANGE, true, settings_storage_fill,
     settings_storage_save},
    {"members", "members", "projects/settings_members", "Members", "members", PERM_PROJECTS_MEMBERS, false, settings_members_fill,
     settings_members_save},
    {"webhooks", "webhooks", "projects/settings_webhooks", "Webhooks", "webhooks", PERM_WEBHOOKS_CHANGE, false, fill_webhooks,
     webhooks_save},
    {"indexes", "indexes", "projects/data_indexes", "Indexes", NULL, PERM_PROJECTS_CHANGE, false, settings_indexes_fill, settings_indexes_save},
    {"custom-script", "script", "projects/settings_script", "Custom script", "script", PERM_CUSTOM_SCRIPTS_CHANGE, false, script_tab_fill,
     script_tab_save},
    {"danger-zone", "danger", "projects/settings_danger", "Danger zone", "danger", PERM_PROJECTS_CHANGE, true, settings_danger_fill,
     settings_danger_save},
};

/* Forms of some tabs have routes of their own, for the slow pool. */
static const char *tab_name(struct rq *rq)
{
    const char *last = strrchr(rq->match.route->pattern, '/') + 1;

    if (rq->match.n > 1)
        return rq_arg(rq, "tab");
    return *last ? last : "general";
}

static const struct settings_tab *tab_asked(struct rq *rq)
{
    const char *name = tab_name(rq);

    for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++)
        if (strcmp(tabs[i].name, name) == 0)
            return &tabs[i];
    return NULL;
}

/* ---- showing ---- */

static err *saved(struct rq *rq, const struct settings_tab *tab, json_t *ctx)
{
    struct setting_last last;

    json_object_set_new(ctx, "saved", json_null());
    if (!tab->part)
        return OK;
    TRY(setting_last(rq->scope, rq_int(rq, "id"), tab->part, &last));
    json_object_set_new(ctx, "saved", page_saved(rq->a, &last));
    return OK;
}

static err *context(struct rq *rq, const struct settings_tab *tab, json_t **ctx)
{
    struct row r;

    assert(tab);    /* callers answer 404 for an unknown tab */
    TRY(project_page(rq, "settings", tab->title, &r, ctx));
    json_object_set_new(*ctx, "section", json_pack("{s:b}", tab->section, 1));
    TRY(saved(rq, tab, *ctx));
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

/* ---- saving ---- */

/* The same page again, with what was sent and what is wrong with it. */
static err *refused(struct rq *rq, const struct settings_tab *tab, err *e)
{
    json_t *ctx, *config;

    if (e->kind != ERR_VALIDATION)
        return e;
    TRY(context(rq, tab, &ctx));
    config = config_error_of(rq->a, settings_config_sent(rq), e->validation_json);
    if (config)
        json_object_set_new(ctx, "config_error", config);
    else if (!page_field_errors(ctx, e))
        return e;
    fields_errors(ctx);
    rs_status(rq, 400);
    return page_render(rq, tab->template, ctx);
}

struct save_run {
    struct rq *rq;
    save_fn *save;
    const char **done;
};

static err *save_tx(struct db *db, void *arg)
{
    struct save_run *run = arg;

    (void)db;
    return run->save(run->rq, run->done);
}

err *settings_tx(struct rq *rq, save_fn *save, const char **done)
{
    struct save_run run = {.rq = rq, .save = save, .done = done};

    return tx_run(rq->scope->db, TX_WRITE, save_tx, &run);
}

static err *deleted(struct rq *rq, const char *said)
{
    json_t *fields;

    if (!trash_keep_text(rq->a))
        return page_see_other(rq, "/projects/", "good", said);
    fields = json_pack("[{s:s, s:s}, {s:s, s:s}]", "name", "action", "value", "restore_project", "name", "project", "value",
                       arena_printf(rq->a, "%lld", (long long)rq_int(rq, "id")));
    return page_see_other_undo(rq, "/projects/", said, "/trash", fields);
}

err *page_settings_post(struct rq *rq)
{
    const struct settings_tab *tab;
    const char *done = NULL, *href;
    err *e;

    TRY(tab_open(rq, &tab));
    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(rq_body(rq));
    e = tab->alone ? tab->save(rq, &done) : settings_tx(rq, tab->save, &done);
    if (e)
        return refused(rq, tab, e);
    if (tab->save == settings_danger_save && settings_deletes(rq))
        return deleted(rq, done);
    href = project_page_href(rq->a, rq_int(rq, "id"), arena_printf(rq->a, "settings/%s", tab->name));
    return page_see_other(rq, href, "good", done);
}
