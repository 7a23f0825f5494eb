/* Predictions of a project by version: how many, which of them annotators see, and removing one. */
#include <string.h>

#include "api/bodies.h"
#include "base/text.h"
#include "core/model_version.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "json/verr.h"
#include "page/fields.h"
#include "page/settings.h"

enum { LIST_MOST = 16 << 20 };

/* ---- showing ---- */

static void add_versions(struct rq *rq, json_t *list, const json_t *versions, const char *shown, bool live)
{
    const json_t *v;
    size_t i;

    json_array_foreach(versions, i, v)
    {
        const char *name = json_string_value(json_object_get(v, "model_version"));
        int64_t count = json_integer_value(json_object_get(v, "count"));
        json_t *o = json_object();

        page_set_text(o, "version", name ? name : "");
        page_set_text(o, "href", arena_printf(rq->a, "?delete=%s#delete-title", url_encode(rq->a, name ? name : "")));
        page_set_bool(o, "named", name && *name);
        page_set_bool(o, "live", live);
        page_set_bool(o, "removable", !live && name);
        page_set_bool(o, "shown", name && *name && shown && strcmp(shown, name) == 0);
        page_set_text(o, "count_text", page_count(rq->a, count));
        page_set_text(o, "counted_text", page_counted(rq->a, count, "prediction", "predictions"));
        page_set_time(rq->a, o, "latest", json_string_value(json_object_get(v, "latest")));
        json_array_append_new(list, o);
    }
}

/* What must be typed before a version goes: those without a name are called as on the page. */
static const char *typed_name(const char *version)
{
    return *version ? version : "without a version";
}

/* The version that is asked to go: of the list of those that can. */
static void set_deleting(struct rq *rq, json_t *ctx)
{
    const char *asked = rq->method == M_POST ? rq_form(rq, "version") : rq_query(rq, "delete");
    json_t *v;
    size_t i;

    json_object_set_new(ctx, "deleting", json_null());
    json_array_foreach(json_object_get(ctx, "versions"), i, v)
        if (asked && json_is_true(json_object_get(v, "removable")) && strcmp(json_string_value(json_object_get(v, "version")), asked) == 0)
            json_object_set_new(ctx, "deleting", json_pack("{s:s, s:s, s:O}", "asked", asked, "typed", typed_name(asked), "counted",
                                                           json_object_get(v, "counted_text")));
}

err *settings_predictions_fill(struct rq *rq, const struct row *r, json_t *ctx)
{
    const char *shown = row_text(r, PROJECT_BY_IDS_MODEL_VERSION);
    json_t *tree, *list = json_array();
    struct strbuf b;
    struct jw w;

    json_object_set_new(ctx, "versions", list);
    page_set_text(ctx, "shown_version", shown && *shown ? shown : NULL);
    page_set_bool(ctx, "starts_from", row_bool(r, PROJECT_BY_IDS_SHOW_COLLAB_PREDICTIONS));
    page_set_text(ctx, "total_text", page_counted(rq->a, row_i64(r, PROJECT_BY_IDS_TOTAL_PREDICTIONS_NUMBER), "prediction", "predictions"));
    strbuf_init(&b, rq->a, LIST_MOST);
    jw_init_strbuf(&w, &b);
    TRY(model_version_list_write(rq->scope, &w, rq_int(rq, "id"), true));
    TRY(page_tree(rq->a, &b, &tree));
    add_versions(rq, list, json_object_get(tree, "live"), shown, true);
    add_versions(rq, list, json_object_get(tree, "static"), shown, false);
    page_set_bool(ctx, "has_versions", json_array_size(list) > 0);
    set_deleting(rq, ctx);
    return OK;
}

/* ---- changing ---- */

static err *show(struct rq *rq, const char **done)
{
    const char *version = strcmp(page_sent(rq, "action"), "hide") == 0 ? "" : page_sent(rq, "version");
    struct strbuf b;
    struct jin in;
    struct jw w;
    int64_t job;

    strbuf_init(&b, rq->a, LIST_MOST);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "model_version", version);
    jw_end(&w);
    TRY(page_body(rq->a, &B_PROJECT, &b, &in));
    *done = *version ? "Annotators see this version from their next task on." : "Annotators see no predictions.";
    return project_update(rq->scope, rq_int(rq, "id"), &in, &job);
}

static err *remove_version(struct rq *rq, const char **done)
{
    const char *typed = page_sent(rq, "confirm");
    int64_t n;

    if (!rq_form(rq, "version"))
        return verr_one(rq->a, NULL, "Which version is to be deleted?");
    if (!page_is_typed(rq->a, typed, typed_name(page_sent(rq, "version"))))
        return verr_one(rq->a, "confirm", "This is not the name of the version. Nothing was deleted.");
    TRY(model_version_delete(rq->scope, rq_int(rq, "id"), page_sent(rq, "version"), &n));
    *done = arena_printf(rq->a, "%s deleted.", page_counted(rq->a, n, "prediction was", "predictions were"));
    return OK;
}

err *settings_predictions_save(struct rq *rq, const char **done)
{
    return strcmp(page_sent(rq, "action"), "delete") == 0 ? remove_version(rq, done) : settings_tx(rq, show, done);
}
