/* The export tab: a form that leads to the API's own download, and the project's snapshots. */
#include "api/handlers.h"

#include <string.h>

#include "api/bodies.h"
#include "base/text.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "core/scope.h"
#include "core/wire.h"
#include "dm/list.h"
#include "dm/view.h"
#include "export/exp.h"
#include "export/frames.h"
#include "export/snapshot.h"
#include "export/snapshot.sql.h"
#include "json/verr.h"
#include "page/dm_picked.h"
#include "page/project_page.h"

/* ---- what there is to choose ---- */

typedef err *json_writer(struct rq *rq, struct jw *w, const struct lc *lc);

static err *formats_json(struct rq *rq, struct jw *w, const struct lc *lc)
{
    exp_formats_write(rq->a, w, lc);
    return OK;
}

static err *views_json(struct rq *rq, struct jw *w, const struct lc *lc)
{
    (void)lc;
    return view_list_write(rq->scope, w, rq_int(rq, "id"));
}

static void release(void *tree)
{
    json_decref(tree);
}

/* What the API would answer, as a tree. */
static err *tree_of(struct rq *rq, json_writer *fn, const struct lc *lc, json_t **out)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, 16 << 20);
    jw_init_strbuf(&w, &b);
    TRY(fn(rq, &w, lc));
    TRY(strbuf_check(&b));
    *out = json_loadb(b.buf, b.len, 0, NULL);
    arena_defer(rq->a, release, *out);
    return OK;
}

static err *formats(struct rq *rq, const struct lc *lc, json_t *ctx)
{
    json_t *all, *out = json_array(), *f;
    size_t i;

    json_object_set_new(ctx, "formats", out);
    TRY(tree_of(rq, formats_json, lc, &all));
    json_array_foreach(all, i, f)
    {
        if (json_is_true(json_object_get(f, "disabled")))
            continue;
        json_array_append_new(
            out, json_pack("{s:O, s:O, s:O, s:b}", "name", json_object_get(f, "name"), "title",
                           json_object_get(f, "title"), "text", json_object_get(f, "description"),
                           "selected", json_array_size(out) == 0));
    }
    return OK;
}

static const char *view_title(struct arena *a, json_t *view)
{
    const char *title = json_string_value(json_object_get(json_object_get(view, "data"), "title"));
    long long id = json_integer_value(json_object_get(view, "id"));

    return title && *title ? title : arena_printf(a, "View %lld", id);
}

static err *views(struct rq *rq, json_t *ctx)
{
    json_t *all, *out = json_array(), *v;
    size_t i;

    json_object_set_new(ctx, "views", out);
    TRY(tree_of(rq, views_json, NULL, &all));
    json_array_foreach(all, i, v)
    {
        json_array_append_new(out, json_pack("{s:O, s:s}", "id", json_object_get(v, "id"), "title",
                                             view_title(rq->a, v)));
    }
    return OK;
}

/* ---- what the table showed from where one came ---- */

/* Its filters, and what was picked from it; NULL: nothing of that is in the address. brief: the same for an address. */
static err *shown_read(struct rq *rq, json_t **question, json_t **brief)
{
    struct dm_picked picked;
    struct dm_state state;

    *question = *brief = NULL;
    TRY(dm_state_read(rq, rq_int(rq, "id"), &state));
    TRY(dm_picked_query(rq, &picked));
    if (dm_picked_any(&picked))
        *question = dm_picked_question(rq->a, &state, &picked);
    else if (dm_state_filters(&state))
        *question = dm_state_question(rq->a, &state);
    *brief = dm_picked_any(&picked) ? dm_picked_short(rq->a, &state, &picked) : *question;
    return OK;
}

static const char *question_text(struct arena *a, const json_t *question)
{
    char *text = json_dumps(question, JSON_COMPACT);

    arena_defer(a, free, text);
    return text;
}

static err *shown_set(struct rq *rq, json_t *ctx)
{
    struct dm_context *context = ARENA_NEW(rq->a, struct dm_context);
    struct task_list_totals total;
    struct dm_query query;
    json_t *question, *brief;
    bool in_time;

    page_set_text(ctx, "shown_text", NULL);
    page_set_text(ctx, "shown_query", NULL);
    page_set_text(ctx, "shown_json", NULL);
    TRY(shown_read(rq, &question, &brief));
    if (!question)
        return OK;
    TRY(dm_context_read(rq->scope, rq_int(rq, "id"), context));
    TRY(dm_compile(rq->a, context, question, &query));
    TRY(dm_list_count_brief(rq->scope, &query, &total, &in_time));
    page_set_text(ctx, "shown_text",
                  arena_printf(rq->a, "What the table showed: %s",
                               in_time ? page_counted(rq->a, total.tasks, "task", "tasks") : "too many tasks to count while you wait"));
    page_set_text(ctx, "shown_query", arena_printf(rq->a, "?%s", rq->query_string));
    page_set_text(ctx, "shown_json", question_text(rq->a, brief));
    return OK;
}

/* ---- snapshots ---- */

static void progress_set(struct arena *a, json_t *o, const struct row *r)
{
    const char *text = row_json(r, SNAPSHOT_LIST_PROGRESS);
    json_t *p = text ? json_loads(text, 0, NULL) : NULL;
    int64_t done = json_integer_value(json_object_get(p, "done"));
    int64_t total = json_integer_value(json_object_get(p, "total"));

    json_decref(p);
    page_set_int(o, "done", done);
    page_set_int(o, "total", total > 0 ? total : 1);
    page_set_text(o, "progress_text",
                  total > 0 ? arena_printf(a, "%s of %s tasks", page_count(a, done),
                                           page_count(a, total))
                            : "Waiting for its turn");
}

static void state_set(struct arena *a, json_t *o, const struct row *r)
{
    const char *status = row_text(r, SNAPSHOT_LIST_STATUS);
    bool ready = strcmp(status, "completed") == 0, failed = strcmp(status, "failed") == 0;

    page_set_bool(o, "ready", ready);
    page_set_bool(o, "failed", failed);
    page_set_bool(o, "pending", !ready && !failed);
    page_set_text(o, "error_text", failed ? row_text(r, SNAPSHOT_LIST_ERROR) : NULL);
    progress_set(a, o, r);
}

static json_t *snapshot_object(struct rq *rq, const struct row *r)
{
    json_t *o = json_object();
    const char *by = row_json(r, SNAPSHOT_LIST_CREATED_BY);
    json_t *person = by ? json_loads(by, 0, NULL) : NULL;

    page_set_int(o, "id", row_i64(r, SNAPSHOT_LIST_ID));
    page_set_text(o, "title", row_text(r, SNAPSHOT_LIST_TITLE));
    page_set_text(o, "by", json_string_value(json_object_get(person, "email")));
    page_set_time(rq->a, o, "created",
                  wire_time_text(rq->a, row_text(r, SNAPSHOT_LIST_CREATED_AT)));
    page_set_text(o, "tasks_text",
                  row_null(r, SNAPSHOT_LIST_TASKS)
                      ? NULL
                      : page_count(rq->a, row_i64(r, SNAPSHOT_LIST_TASKS)));
    page_set_text(o, "size_text",
                  row_null(r, SNAPSHOT_LIST_SIZE_BYTES)
                      ? NULL
                      : page_size_text(rq->a, row_i64(r, SNAPSHOT_LIST_SIZE_BYTES)));
    state_set(rq->a, o, r);
    json_decref(person);
    return o;
}

static err *snapshots(struct rq *rq, json_t *ctx)
{
    json_t *list = json_array();
    struct rows rows;
    bool pending = false;

    json_object_set_new(ctx, "snapshots", list);
    TRY(snapshot_rows(rq->scope, rq_int(rq, "id"), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        json_t *o = snapshot_object(rq, &r);

        pending = pending || json_is_true(json_object_get(o, "pending"));
        json_array_append_new(list, o);
    }
    page_set_bool(ctx, "has_snapshots", rows.n > 0);
    page_set_bool(ctx, "any_pending", pending);
    return OK;
}

/* ---- the page ---- */

static err *context(struct rq *rq, json_t **ctx)
{
    const struct lc *lc;
    struct row r;

    TRY(project_page(rq, "export", "Export", &r, ctx));
    TRY(project_config(rq->scope, rq_int(rq, "id"), &lc, NULL, NULL));
    TRY(formats(rq, lc, *ctx));
    TRY(views(rq, *ctx));
    TRY(snapshots(rq, *ctx));
    TRY(shown_set(rq, *ctx));
    page_set_bool(*ctx, "has_video", frames_wanted(lc));
    page_set_text(*ctx, "api_text",
                  arena_printf(rq->a,
                               "curl -H 'Authorization: Token …' -o project-%lld.json "
                               "'%s/api/projects/%lld/export?exportType=JSON'",
                               (long long)rq_int(rq, "id"), rq_base_url(rq),
                               (long long)rq_int(rq, "id")));
    return OK;
}

err *page_export(struct rq *rq)
{
    json_t *ctx;

    TRY(context(rq, &ctx));
    return page_render(rq, "projects/export", ctx);
}

/* ---- its form ---- */

static bool is_ticked(struct rq *rq, const char *name)
{
    const char *sent = rq_form(rq, name);

    return sent && strcmp(sent, "true") == 0;
}

static void tasks_write(struct rq *rq, struct jw *w)
{
    const char *which = rq_form(rq, "tasks");
    int64_t view;

    jw_key(w, "task_filter_options");
    jw_obj(w);
    if (which && text_starts(which, "view-") && int_parse(which + 5, 1, INT32_MAX, &view))
        jw_ki64(w, "view", view);
    else if (which && strcmp(which, "finished") == 0)
        jw_kstr(w, "finished", "only");
    else if (which && strcmp(which, "unfinished") == 0)
        jw_kstr(w, "finished", "exclude");
    else if (which && strcmp(which, "annotated") == 0)
        jw_kbool(w, "only_with_annotations", true);
    jw_end(w);
}

static void only_id_write(struct rq *rq, struct jw *w, const char *field, const char *key)
{
    jw_key(w, key);
    jw_obj(w);
    jw_kbool(w, "only_id", !is_ticked(rq, field));
    jw_end(w);
}

/* The form in the words of the API. */
static const char *body_of(struct rq *rq)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, 1 << 20);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "title", rq_form(rq, "title") ? rq_form(rq, "title") : "");
    tasks_write(rq, &w);
    jw_key(&w, "annotation_filter_options");
    jw_obj(&w);
    jw_kbool(&w, "usual", is_ticked(rq, "usual"));
    jw_kbool(&w, "ground_truth", is_ticked(rq, "ground_truth"));
    jw_kbool(&w, "skipped", is_ticked(rq, "skipped"));
    jw_end(&w);
    jw_key(&w, "serialization_options");
    jw_obj(&w);
    only_id_write(rq, &w, "people", "annotations__completed_by");
    only_id_write(rq, &w, "predictions", "predictions");
    only_id_write(rq, &w, "drafts", "drafts");
    jw_kbool(&w, "interpolate_key_frames", is_ticked(rq, "frames"));
    jw_kbool(&w, "include_annotation_history", is_ticked(rq, "history"));
    jw_end(&w);
    jw_end(&w);
    return b.buf;
}

static err *refused(struct rq *rq, err *e)
{
    json_t *ctx;

    TRY(context(rq, &ctx));
    if (!page_field_errors(ctx, e))
        return e;
    rs_status(rq, 400);
    return page_render(rq, "projects/export", ctx);
}

static err *make(struct rq *rq)
{
    const char *body = body_of(rq), *which = rq_form(rq, "tasks");
    json_t *question = NULL, *brief;
    int64_t id, job;
    struct jin in;

    if (which && strcmp(which, "shown") == 0)
        TRY(shown_read(rq, &question, &brief));
    TRY(jin_read(rq->a, &B_SNAPSHOT, (struct span){body, strlen(body)}, false, 10, &in));
    return snapshot_create(rq->scope, rq_int(rq, "id"), &in, question ? question_text(rq->a, question) : NULL, &id, &job);
}

static err *drop(struct rq *rq)
{
    int64_t id;

    if (!rq_form(rq, "snapshot") || !int_parse(rq_form(rq, "snapshot"), 1, INT32_MAX, &id))
        return verr_one(rq->a, NULL, "Which snapshot?");
    return snapshot_delete(rq->scope, rq_int(rq, "id"), id);
}

err *page_export_post(struct rq *rq)
{
    const char *action;
    bool dropping;
    err *e;

    TRY(rq_body(rq));
    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    action = rq_form(rq, "action");
    dropping = action && strcmp(action, "delete") == 0;
    e = dropping ? drop(rq) : make(rq);
    if (e)
        return e->kind == ERR_VALIDATION ? refused(rq, e) : e;
    return page_see_other(rq, project_page_href(rq->a, rq_int(rq, "id"), "export#snapshots-title"), "good",
                          dropping ? "The snapshot was deleted." : "The snapshot is being made.");
}
