/* The frame of a project's pages: crumbs, figures and tabs. What stands in the frame is in the file
 * of each tab. */
#include "page/project_page.h"

#include <string.h>

#include "core/overview.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "page/jobs.h"

const char *project_page_title(struct arena *a, const struct row *r)
{
    const char *title = row_text(r, PROJECT_BY_IDS_TITLE);

    if (title && *title)
        return title;
    return arena_printf(a, "Project %lld", (long long)row_i64(r, PROJECT_BY_IDS_ID));
}

int64_t project_page_waiting(const struct row *r)
{
    int64_t waiting =
        row_i64(r, PROJECT_BY_IDS_QUEUE_TOTAL) - row_i64(r, PROJECT_BY_IDS_QUEUE_DONE);

    return row_bool(r, PROJECT_BY_IDS_CONFIG_HAS_CONTROL_TAGS) && waiting > 0 ? waiting : 0;
}

const char *project_page_href(struct arena *a, int64_t id, const char *more)
{
    return arena_printf(a, "/projects/%lld/%s", (long long)id, more);
}

const char *project_page_today(struct arena *a, int64_t annotations)
{
    if (annotations == 0)
        return NULL;
    return arena_printf(a, "%s%s", page_count(a, annotations), annotations >= OVERVIEW_TODAY_MOST ? "+" : "");
}

const char *project_page_fields(struct arena *a, const struct lc *lc)
{
    size_t n;
    const struct lc_data_key *keys = lc_data_keys(lc, &n);
    struct strbuf b;

    strbuf_init(&b, a, LC_MAX_BYTES);
    for (size_t i = 0; i < n; i++)
        strbuf_printf(&b, "%s%s", i ? ", " : "", keys[i].key);
    return n ? b.buf : NULL;
}

bool project_page_table_hidden(struct rq *rq, const struct row *r)
{
    json_t *settings;
    bool hidden;

    if (strcmp(rq->scope->role, "RE") != 0)
        return false;
    settings = json_loads(row_json(r, PROJECT_BY_IDS_REVIEW_SETTINGS), 0, NULL);
    hidden = json_is_false(json_object_get(settings, "show_data_manager_to_reviewers"));
    json_decref(settings);
    return hidden;
}

static json_t *project_object(struct rq *rq, const struct row *r, int64_t annotators, int64_t today)
{
    struct arena *a = rq->a;
    int64_t id = row_i64(r, PROJECT_BY_IDS_ID);
    json_t *o = json_object();

    page_set_int(o, "id", id);
    page_set_text(o, "title", project_page_title(a, r));
    page_set_text(o, "done_text", page_count(a, row_i64(r, PROJECT_BY_IDS_FINISHED_TASK_NUMBER)));
    page_set_text(o, "total_text", page_count(a, row_i64(r, PROJECT_BY_IDS_TASK_NUMBER)));
    page_set_text(o, "today_text", project_page_today(a, today));
    page_set_text(o, "annotators_text",
                  annotators ? page_counted(a, annotators, "annotator", "annotators") : NULL);
    page_set_text(o, "review_href",
                  scope_can(rq->scope, PERM_ANNOTATIONS_REVIEW) && !row_null(r, PROJECT_BY_IDS_NUM_TASKS_WITH_ANNOTATIONS) &&
                          row_i64(r, PROJECT_BY_IDS_NUM_TASKS_WITH_ANNOTATIONS) > 0
                      ? project_page_href(a, id, "data?labeling=1&mode=review") : NULL);
    page_set_text(o, "label_href",
                  project_page_waiting(r) ? project_page_href(a, id, "data?labeling=1") : NULL);
    return o;
}

static void name_page(struct rq *rq, json_t *ctx, int64_t id, const char *project,
                      const char *title)
{
    if (!title)
        return;
    page_crumb(ctx, project_page_href(rq->a, id, "data"), title);
    page_set_text(json_object_get(ctx, "page"), "title",
                  arena_printf(rq->a, "%s · %s", title, project));
}

err *project_page(struct rq *rq, const char *tab, const char *title, struct row *r, json_t **ctx)
{
    int64_t id = rq_int(rq, "id"), annotators, today;
    const char *project;

    TRY(project_row(rq->scope, id, r));
    TRY(overview_annotators(rq->scope, &id, 1, &annotators));
    TRY(overview_today(rq->scope, &id, 1, &today));
    project = project_page_title(rq->a, r);
    *ctx = page_context(rq, project);
    name_page(rq, *ctx, id, project, title);
    json_object_set_new(*ctx, "project", project_object(rq, r, annotators, today));
    json_object_set_new(*ctx, "tab", json_pack("{s:b}", tab, 1));
    return page_jobs_add(rq, id, *ctx);
}
