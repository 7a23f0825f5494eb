/* The list of projects, and the addresses that lead to a list: / and /projects/{id}/. */
#include "api/handlers.h"

#include <string.h>

#include "api/bodies.h"
#include "base/clock.h"
#include "base/text.h"
#include "core/names.h"
#include "core/overview.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "core/wire.h"
#include "page/project_page.h"
#include "page/workspaces.h"

enum { PROJECTS_PAGE = 30 };

err *page_home(struct rq *rq)
{
    return rs_redirect(rq, 302, "/projects/");
}

err *page_project(struct rq *rq)
{
    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    return rs_redirect(rq, 302, project_page_href(rq->a, rq_int(rq, "id"), "data"));
}

/* ---- one card ---- */

static json_t *creator(struct arena *a, const char *json)
{
    json_t *u = json ? json_loads(json, 0, NULL) : NULL, *out = json_null();
    const char *first, *last, *email;

    if (u) {
        first = page_text_in(u, "first_name"), last = page_text_in(u, "last_name"), email = page_text_in(u, "email");
        out = json_object();
        page_set_text(out, "name",
                      *first || *last
                          ? arena_printf(a, "%s%s%s", first, *first && *last ? " " : "", last)
                          : email);
        page_set_face(a, out, names_initials(a, first, last, page_text_in(u, "username"), email), page_text_in(u, "avatar"));
        json_decref(u);
    }
    return out;
}

/* Figures and what may be done next. */
static void card_figures(struct rq *rq, json_t *c, const struct row *r, int64_t annotators, int64_t today)
{
    struct arena *a = rq->a;
    int64_t id = row_i64(r, PROJECT_BY_IDS_ID),
            done = row_i64(r, PROJECT_BY_IDS_FINISHED_TASK_NUMBER);
    int64_t total = row_i64(r, PROJECT_BY_IDS_TASK_NUMBER), waiting = project_page_waiting(r);
    bool may_label = waiting > 0 && scope_can(rq->scope, PERM_ANNOTATIONS_CREATE);

    page_set_bool(c, "has_tasks", total > 0);
    page_set_int(c, "done", done);
    page_set_int(c, "total_max", total ? total : 1);
    page_set_text(c, "percent_text",
                  arena_printf(a, "%lld %%", (long long)(total ? done * 100 / total : 0)));
    page_set_text(c, "done_text", page_count(a, done));
    page_set_text(c, "total_text", page_count(a, total));
    page_set_text(c, "done_href", project_page_href(a, id, "data?state=done"));
    page_set_text(c, "today_text", project_page_today(a, today));
    page_set_text(c, "annotators_text",
                  annotators ? page_counted(a, annotators, "annotator", "annotators") : NULL);
    page_set_text(c, "label_href", may_label ? project_page_href(a, id, "data?labeling=1") : NULL);
    page_set_text(c, "queue_text", may_label ? page_count(a, waiting) : NULL);
    page_set_text(c, "import_href",
                  total == 0 && scope_can(rq->scope, PERM_TASKS_CREATE)
                      ? project_page_href(a, id, "import")
                      : NULL);
}

static const char *state_text(const struct row *r)
{
    if (row_bool(r, PROJECT_BY_IDS_IS_DRAFT))
        return "Draft";
    return row_bool(r, PROJECT_BY_IDS_IS_PUBLISHED) ? NULL : "Not published";
}

static json_t *card(struct rq *rq, const struct row *r, int64_t annotators, int64_t today)
{
    struct arena *a = rq->a;
    const char *about = row_text(r, PROJECT_BY_IDS_DESCRIPTION);
    json_t *c = json_object();

    page_set_int(c, "id", row_i64(r, PROJECT_BY_IDS_ID));
    page_set_text(c, "href", project_page_href(a, row_i64(r, PROJECT_BY_IDS_ID), "data"));
    page_set_text(c, "title", project_page_title(a, r));
    page_set_text(c, "description", about ? about : "");
    page_set_text(c, "workspace_text", row_text(r, PROJECT_BY_IDS_WORKSPACE_TITLE));
    page_set_int(c, "workspace", row_null(r, PROJECT_BY_IDS_WORKSPACE) ? 0 : row_i64(r, PROJECT_BY_IDS_WORKSPACE));
    page_set_bool(c, "pinned", !row_null(r, PROJECT_BY_IDS_PINNED_AT));
    page_set_text(c, "state_text", state_text(r));
    json_object_set_new(c, "created_by", creator(a, row_json(r, PROJECT_BY_IDS_CREATED_BY)));
    page_set_time(a, c, "created", wire_time_text(a, row_text(r, PROJECT_BY_IDS_CREATED_AT)));
    card_figures(rq, c, r, annotators, today);
    return c;
}

static err *cards(struct rq *rq, const struct rows *ids, json_t **out)
{
    int64_t list[PROJECTS_PAGE], annotators[PROJECTS_PAGE], today[PROJECTS_PAGE], shown[PROJECTS_PAGE];
    struct rows rows;
    size_t n = 0;

    for (int i = 0; i < ids->n; i++) {
        struct row r = rows_at(ids, i);
        list[n++] = row_i64(&r, PROJECT_IDS_ID);
    }
    TRY(project_rows(rq->scope, list, n, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        shown[i] = row_i64(&r, PROJECT_BY_IDS_ID);
    }
    TRY(overview_annotators(rq->scope, shown, (size_t)rows.n, annotators));
    TRY(overview_today(rq->scope, shown, (size_t)rows.n, today));
    *out = json_array();
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        json_array_append_new(*out, card(rq, &r, annotators[i], today[i]));
    }
    return OK;
}

/* ---- the list ---- */

struct choice {
    const char *value, *text;
};

static json_t *choices(const struct choice *all, size_t n, const char *chosen)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "value", all[i].value, "text", all[i].text,
                                              "selected", strcmp(all[i].value, chosen ? chosen : "") == 0));
    return list;
}

static void choices_set(struct rq *rq, json_t *ctx)
{
    static const struct choice orderings[] = {{"", "Pinned first"}, {"-created_at", "Newest first"},
                                              {"created_at", "Oldest first"}, {"title", "Name"}};
    static const struct choice filters[] = {{"", "All projects"}, {"pinned_only", "Pinned"}, {"exclude_pinned", "Not pinned"}};

    json_object_set_new(ctx, "orderings", choices(orderings, sizeof orderings / sizeof *orderings, rq_query(rq, "ordering")));
    json_object_set_new(ctx, "filters", choices(filters, sizeof filters / sizeof *filters, rq_query(rq, "filter")));
}

/* "?search=…&ordering=…&page=N": what is asked for; page 0 leaves the number out. */
static const char *list_query(struct rq *rq, int64_t page)
{
    static const char *const kept[] = {"search", "ordering", "filter", "workspace"};
    struct strbuf b;

    strbuf_init(&b, rq->a, 1 << 16);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (rq_query(rq, kept[i]) && *rq_query(rq, kept[i]))
            strbuf_printf(&b, "%c%s=%s", b.len ? '&' : '?', kept[i], url_encode(rq->a, rq_query(rq, kept[i])));
    if (page > 0)
        strbuf_printf(&b, "%cpage=%lld", b.len ? '&' : '?', (long long)page);
    return b.buf;
}

/* 0: none is asked for. */
static int64_t query_page(struct rq *rq)
{
    int64_t page;

    return rq_query(rq, "page") && int_parse(rq_query(rq, "page"), 1, 1000000, &page) ? page : 0;
}

static err *any_at_all(struct scope *s, int64_t total, bool *any)
{
    const struct project_filter all = {.archived = db_null()};

    if (total == 0)
        TRY(project_total(s, &all, &total));
    *any = total > 0;
    return OK;
}

static json_t *list_context(struct rq *rq)
{
    json_t *ctx = page_context(rq, "Projects");

    json_object_set_new(json_object_get(ctx, "page"), "crumbs",
                        json_pack("[{s:n, s:s}]", "href", "text", "Projects"));
    return ctx;
}

/* 0: all. */
static int64_t query_workspace(struct rq *rq)
{
    int64_t id;

    return rq_query(rq, "workspace") && int_parse(rq_query(rq, "workspace"), 1, INT32_MAX, &id) ? id : 0;
}

/* Projects of archived workspaces are shown when one of those is chosen, and to a search. */
static err *filter_read(struct rq *rq, json_t *ctx, struct project_filter *f)
{
    const char *search = rq_query(rq, "search");
    int64_t workspace = query_workspace(rq);

    *f = (struct project_filter){.search = search && *search ? search : NULL,
                                 .pinned = rq_query(rq, "filter"),
                                 .ordering = rq_query(rq, "ordering"),
                                 .archived = db_null()};
    TRY(workspaces_beside(rq, workspace, ctx));
    if (workspace)
        f->workspaces = arena_printf(rq->a, "{%lld}", (long long)workspace);
    else if (!f->search)
        f->archived = db_bool(false);
    return OK;
}

err *page_projects(struct rq *rq)
{
    struct project_filter f;
    json_t *ctx = list_context(rq), *list;
    struct rows ids;
    int64_t total, page;
    bool any;

    TRY(filter_read(rq, ctx, &f));
    page = query_page(rq) > 0 ? query_page(rq) : 1;
    TRY(project_ids(rq->scope, &f, PROJECTS_PAGE, (page - 1) * PROJECTS_PAGE, &ids, &total));
    TRY(any_at_all(rq->scope, total, &any));
    TRY(cards(rq, &ids, &list));
    json_object_set_new(ctx, "projects", list);
    page_set_text(ctx, "search", f.search ? f.search : "");
    page_set_bool(ctx, "has_projects", any);
    page_set_text(ctx, "count_text",
                  total ? page_counted(rq->a, total, "project", "projects") : NULL);
    choices_set(rq, ctx);
    page_set_bool(ctx, "filtered", f.pinned && *f.pinned);
    page_set_text(ctx, "query", list_query(rq, page > 1 ? page : 0));
    json_object_set_new(ctx, "pager", page_pager(rq->a, (page - 1) * PROJECTS_PAGE, ids.n, total, list_query(rq, page - 1),
                                                 list_query(rq, page + 1)));
    return page_render(rq, "projects/list", ctx);
}

/* ---- pins ---- */

/* Pinned for everybody who sees the project, as the API's `pinned_at` says it. */
static err *pin(struct rq *rq, int64_t project, bool on)
{
    const char *at = on ? arena_printf(rq->a, "{\"pinned_at\": \"%s\"}", clock_iso(rq->a, clock_wall_us())) : "{\"pinned_at\": null}";
    struct jin in;
    int64_t job;

    TRY(jin_read(rq->a, &B_PROJECT, (struct span){at, strlen(at)}, true, 10, &in));
    return project_update(rq->scope, project, &in, &job);
}

err *page_projects_post(struct rq *rq)
{
    const char *action, *project;
    int64_t id;

    TRY(rq_body(rq));
    action = rq_form(rq, "action") ? rq_form(rq, "action") : "";
    project = rq_form(rq, "project") ? rq_form(rq, "project") : "";
    if (!int_parse(project, 1, INT32_MAX, &id))
        return err_new(rq->a, ERR_BAD_REQUEST, "A project number is expected, not \"%s\".", project);
    if (strcmp(action, "pin") != 0 && strcmp(action, "unpin") != 0)
        return err_new(rq->a, ERR_BAD_REQUEST, "There is no action \"%s\".", action);
    TRY(pin(rq, id, strcmp(action, "pin") == 0));
    return page_see_other(rq, arena_printf(rq->a, "/projects/%s", list_query(rq, query_page(rq))), NULL, NULL);
}
