/* The pages of the trash: deleted projects of the organization; deleted tasks and annotations of a project, by the moment of their
 * deletion. Both bring back and remove for good. */
#include <string.h>

#include "api/handlers.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/project.h"
#include "core/scope.h"
#include "core/trash.h"
#include "core/trash.sql.h"
#include "core/wire.h"
#include "page/project_page.h"
#include "page/trash.h"

enum { PROJECTS = 100, GROUPS = 100 /* lines of a page */, BACK_MOST = 4096 };

/* "30 days"; NULL: what is deleted goes at once. */
const char *trash_keep_text(struct arena *a)
{
    if (cfg.trash_keep_s == 0)
        return NULL;
    if (cfg.trash_keep_s < 2 * 86400)
        return page_counted(a, (cfg.trash_keep_s + 3599) / 3600, "hour", "hours");
    return page_counted(a, cfg.trash_keep_s / 86400, "day", "days");
}

static void time_set(struct rq *rq, json_t *o, const char *key, const struct row *r, int col)
{
    page_set_time(rq->a, o, key, wire_time_text(rq->a, row_text(r, col)));
}

static err *unknown_action(struct rq *rq)
{
    return err_new(rq->a, ERR_BAD_REQUEST, "Unknown action.");
}

/* What parts/trash_cells needs besides times: the address, the fields that say which, the buttons. confirm: what is to be typed before
 * it is gone for good, or NULL. */
static void row_set(json_t *o, const char *href, json_t *fields, const char *restore, const char *purge, const char *confirm)
{
    page_set_text(o, "post_href", href);
    json_object_set_new(o, "fields", fields);
    page_set_text(o, "restore", restore);
    page_set_text(o, "purge", purge);
    page_set_text(o, "confirm", confirm);
}

/* ---- projects ---- */

static const char *title_of(struct arena *a, const struct row *r)
{
    const char *title = row_text(r, TRASH_PROJECTS_TITLE);

    return *title ? title : arena_printf(a, "Project %lld", (long long)row_i64(r, TRASH_PROJECTS_ID));
}

static json_t *project_object(struct rq *rq, const struct row *r)
{
    const char *id = arena_printf(rq->a, "%lld", (long long)row_i64(r, TRASH_PROJECTS_ID));
    json_t *o = json_object();

    page_set_text(o, "id", id);
    page_set_text(o, "text", title_of(rq->a, r));
    row_set(o, "/trash", json_pack("[{s:s, s:s}]", "name", "project", "value", id), "restore_project", "purge_project", title_of(rq->a, r));
    page_set_text(o, "tasks_text", page_count(rq->a, row_i64(r, TRASH_PROJECTS_TASKS)));
    page_set_text(o, "by_text", row_text(r, TRASH_PROJECTS_DELETED_BY_NAME));
    time_set(rq, o, "deleted", r, TRASH_PROJECTS_DELETED_AT);
    time_set(rq, o, "expires", r, TRASH_PROJECTS_EXPIRES_AT);
    return o;
}

/* The moment that the address or a form names; NULL when it is none. */
static const char *moment_of(const char *text)
{
    return text && *text && jin_is_time(text) ? text : NULL;
}

/* The way on from a page that is full; `more` says where the next one begins. New reference. */
static json_t *way_on(struct rq *rq, const char *moment, const char *more)
{
    return json_pack("{s:n, s:n, s:s}", "text", "prev_href", "next_href",
                     arena_printf(rq->a, "?before=%s%s", url_encode(rq->a, moment), more));
}

static err *set_projects(struct rq *rq, json_t *ctx)
{
    json_t *list = json_array(), *pager = json_null();
    const char *before = moment_of(rq_query(rq, "before")), *id = rq_query(rq, "id");
    int64_t before_id = 0;
    struct rows rows;

    if (id && !int_parse(id, 1, INT32_MAX, &before_id))
        before = NULL;
    TRY(trash_projects(rq->scope, before, before_id, PROJECTS, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        json_array_append_new(list, project_object(rq, &r));
    }
    if (rows.n == PROJECTS) {
        struct row last = rows_at(&rows, rows.n - 1);
        pager = way_on(rq, row_text(&last, TRASH_PROJECTS_DELETED_AT),
                       arena_printf(rq->a, "&id=%lld", (long long)row_i64(&last, TRASH_PROJECTS_ID)));
    }
    json_object_set_new(ctx, "trashed", list);
    page_set_bool(ctx, "has_trashed", rows.n > 0);
    json_object_set_new(ctx, "pager", pager);
    return OK;
}

/* `error`: what was wrong with the form that was sent, or NULL. */
static err *show_projects(struct rq *rq, const char *error)
{
    json_t *ctx = page_context(rq, "Trash");

    TRY(set_projects(rq, ctx));
    page_set_text(ctx, "keep_text", trash_keep_text(rq->a));
    page_set_text(ctx, "error", error);
    if (error)
        rs_status(rq, 400);
    return page_render(rq, "trash", ctx);
}

err *page_trash(struct rq *rq)
{
    return show_projects(rq, NULL);
}

static bool same_trimmed(struct arena *a, const char *one, const char *other)
{
    return strcmp(text_trim(a, one, strlen(one)), text_trim(a, other, strlen(other))) == 0;
}

/* Was its name typed? What is not in the trash is the purge's to refuse. */
static err *confirmed(struct rq *rq, int64_t project, bool *yes)
{
    const char *typed = rq_form(rq, "confirm");
    struct rows rows;
    struct row r;

    *yes = true;
    TRY(trash_project(rq->scope, project, &rows));
    if (rows.n == 0)
        return OK;
    r = rows_at(&rows, 0);
    *yes = typed && same_trimmed(rq->a, typed, title_of(rq->a, &r));
    return OK;
}

static err *purge_project(struct rq *rq, int64_t project)
{
    int64_t job;
    bool yes;

    TRY(confirmed(rq, project, &yes));
    if (!yes)
        return show_projects(rq, "Nothing was deleted: type the name of the project as it stands here.");
    TRY(trash_project_purge(rq->scope, project, &job));
    return page_see_other(rq, "/trash", "good", "The project is gone for good.");
}

err *page_trash_post(struct rq *rq)
{
    const char *action, *text;
    int64_t project = 0;

    TRY(rq_body(rq));
    action = rq_form(rq, "action");
    text = rq_form(rq, "project");
    if (text)
        (void)int_parse(text, 1, INT32_MAX, &project);
    if (action && strcmp(action, "restore_project") == 0) {
        TRY(trash_project_restore(rq->scope, project));
        return page_see_other(rq, project_page_href(rq->a, project, "data"), "good", "The project is back.");
    }
    if (!action || strcmp(action, "purge_project") != 0)
        return unknown_action(rq);
    return purge_project(rq, project);
}

/* ---- tasks and annotations ---- */

/* "3 tasks and 1 annotation"; NULL for neither. */
static const char *counts_text(struct arena *a, const struct trash_counts *n)
{
    const char *tasks = n->tasks ? page_counted(a, n->tasks, "task", "tasks") : "";
    const char *annotations = n->annotations ? page_counted(a, n->annotations, "annotation", "annotations") : "";

    if (n->tasks + n->annotations == 0)
        return NULL;
    return arena_printf(a, "%s%s%s", tasks, *tasks && *annotations ? " and " : "", annotations);
}

static const char *group_text(struct arena *a, const struct row *r)
{
    bool tasks = strcmp(row_text(r, TRASH_GROUPS_KIND), "task") == 0;
    int64_t n = row_i64(r, TRASH_GROUPS_N), first = row_i64(r, TRASH_GROUPS_FIRST);

    if (n == 1)
        return arena_printf(a, tasks ? "Task %lld" : "An annotation of task %lld", (long long)first);
    return tasks ? page_counted(a, n, "task", "tasks") : page_counted(a, n, "annotation", "annotations");
}

static json_t *group_object(struct rq *rq, const struct row *r)
{
    json_t *o = json_object();

    page_set_text(o, "text", group_text(rq->a, r));
    row_set(o, project_page_href(rq->a, rq_int(rq, "id"), "trash"),
            json_pack("[{s:s, s:s}, {s:s, s:s}]", "name", "kind", "value", row_text(r, TRASH_GROUPS_KIND), "name", "moment", "value",
                      row_text(r, TRASH_GROUPS_DELETED_AT)),
            "restore", "purge", NULL);
    page_set_text(o, "by_text", row_text(r, TRASH_GROUPS_DELETED_BY_NAME));
    time_set(rq, o, "deleted", r, TRASH_GROUPS_DELETED_AT);
    time_set(rq, o, "expires", r, TRASH_GROUPS_EXPIRES_AT);
    return o;
}

static err *set_groups(struct rq *rq, json_t *ctx)
{
    json_t *list = json_array(), *pager = json_null();
    struct rows rows;

    TRY(trash_groups(rq->scope, rq_int(rq, "id"), moment_of(rq_query(rq, "before")), GROUPS, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        json_array_append_new(list, group_object(rq, &r));
    }
    if (rows.n == GROUPS) {
        struct row last = rows_at(&rows, rows.n - 1);
        pager = way_on(rq, row_text(&last, TRASH_GROUPS_DELETED_AT), "");
    }
    json_object_set_new(ctx, "groups", list);
    page_set_bool(ctx, "has_groups", rows.n > 0);
    json_object_set_new(ctx, "pager", pager);
    return OK;
}

err *page_project_trash(struct rq *rq)
{
    struct trash_counts n;
    struct row r;
    json_t *ctx;

    TRY(project_page(rq, "data", "Trash", &r, &ctx));
    TRY(trash_counts(rq->scope, rq_int(rq, "id"), &n));
    TRY(set_groups(rq, ctx));
    page_set_text(ctx, "count_text", counts_text(rq->a, &n));
    page_set_text(ctx, "keep_text", trash_keep_text(rq->a));
    return page_render(rq, "projects/trash", ctx);
}

/* One group, or (no kind) everything. */
static err *choice_read(struct rq *rq, struct trash_choice *c)
{
    const char *kind = rq_form(rq, "kind"), *moment = rq_form(rq, "moment");

    *c = (struct trash_choice){.tasks = true, .annotations = true};
    if (!kind || !*kind)
        return OK;
    c->tasks = strcmp(kind, "task") == 0;
    c->annotations = !c->tasks;
    c->moment = moment_of(moment);
    return c->moment ? OK : unknown_action(rq);
}

static const char *result_text(struct arena *a, const struct trash_done *done, const char *what)
{
    const char *counts = counts_text(a, &done->n);

    if (!counts)
        return "Nothing of it was in the trash any more.";
    return arena_printf(a, done->later ? "%s %s so far: this goes on in the background." : "%s %s.", counts, what);
}

err *page_project_trash_post(struct rq *rq)
{
    const char *action, *back, *href = project_page_href(rq->a, rq_int(rq, "id"), "trash");
    struct trash_choice c;
    struct trash_done done;

    TRY(rq_body(rq));
    TRY(choice_read(rq, &c));
    action = rq_form(rq, "action") ? rq_form(rq, "action") : "";
    if (strcmp(action, "restore") == 0) {
        TRY(trash_restore(rq->scope, rq_int(rq, "id"), &c, &done));
        back = rq_form(rq, "back");
        if (back && *back == '?' && strlen(back) < BACK_MOST)      /* undone where it was done: the table as it was */
            href = arena_printf(rq->a, "%s%s", project_page_href(rq->a, rq_int(rq, "id"), "data"), back);
        return page_see_other(rq, href, "good", result_text(rq->a, &done, "brought back"));
    }
    if (strcmp(action, "purge") != 0)
        return unknown_action(rq);
    TRY(trash_purge(rq->scope, rq_int(rq, "id"), &c, &done));
    return page_see_other(rq, href, "good", result_text(rq->a, &done, "gone for good"));
}
