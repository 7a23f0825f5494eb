/* Handlers of /api/projects/: lists, settings, label configuration, the stream. */
#include "api/handlers.h"

#include <string.h>

#include "api/etag.h"
#include "api/idlist.h"
#include "api/paging.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/member.h"
#include "core/names.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "core/scope.h"
#include "core/script.h"
#include "core/stream.h"
#include "core/wire.h"
#include "dm/list.h"
#include "dm/next.h"
#include "dm/view.h"
#include "jobs/wait.h"
#include "json/verr.h"
#include "ml/predict.h"

enum {
    PROJECT_PAGE = 30,
    PROJECT_PAGE_MOST = 100,
    PROJECT_PAGE_HUGE = 10000000,    /* the legacy client asks for this many and wants them all */
    MEMBERS_SHOWN = 16,
    PROJECT_BATCH = 200              /* rows fetched at a time */
};

typedef void row_writer(struct jw *w, const struct row *r, const char *include);

static void write_full(struct jw *w, const struct row *r, const char *include)
{
    project_write(w, r, include, false);
}

static void write_counts(struct jw *w, const struct row *r, const char *include)
{
    (void)include;
    project_counts_write(w, r);
}

/* Rows of the ids in batches, so that a list of every project needs the memory of one batch. */
static err *batches_write(struct rq *rq, struct jw *w, const struct rows *ids, row_writer *write, const char *include)
{
    int64_t batch[PROJECT_BATCH];

    for (int i = 0; i < ids->n; i += PROJECT_BATCH) {
        struct arena_mark m = arena_mark(rq->a);
        struct rows rows;
        size_t n = 0;
        for (int j = i; j < ids->n && n < PROJECT_BATCH; j++) {
            struct row r = rows_at(ids, j);
            batch[n++] = row_i64(&r, PROJECT_IDS_ID);
        }
        TRY(project_rows(rq->scope, batch, n, &rows));
        for (int j = 0; j < rows.n; j++) {
            struct row r = rows_at(&rows, j);
            write(w, &r, include);
        }
        TRY(rs_flush(rq));
        if (ids->n > PROJECT_BATCH)
            arena_rewind(rq->a, m);
    }
    return OK;
}

static err *archived_read(struct rq *rq, struct db_arg *out)
{
    bool on;

    TRY(rq_query_bool(rq, "archived", false, &on));
    *out = rq_query(rq, "archived") ? db_bool(on) : db_null();
    return OK;
}

static err *list(struct rq *rq, row_writer *write)
{
    struct project_filter f = {.title = rq_query(rq, "title"), .search = rq_query(rq, "search"), .pinned = rq_query(rq, "filter"), .ordering = rq_query(rq, "ordering")};
    struct paging p;
    struct rows ids;
    int64_t total, size;
    struct jw *w;

    TRY(idlist_query(rq, "ids", &f.ids));
    TRY(idlist_query(rq, "workspaces", &f.workspaces));
    TRY(archived_read(rq, &f.archived));
    TRY(paging_read(rq, PROJECT_PAGE, 0, false, &p));
    size = p.size;
    if (size > PROJECT_PAGE_MOST && size < PROJECT_PAGE_HUGE)
        p.size = PROJECT_PAGE_MOST;
    if (p.page == 0) {
        TRY(project_total(rq->scope, &f, &total));
        TRY(paging_check(rq, &p, total));
    }
    TRY(project_ids(rq->scope, &f, p.size, (p.page - 1) * p.size, &ids, &total));
    TRY(paging_check(rq, &p, total));
    w = rs_json(rq);
    paging_open(rq, w, &p, total);
    TRY(batches_write(rq, w, &ids, write, rq_query(rq, "include")));
    jw_end(w);
    jw_end(w);
    return OK;
}

err *api_project_list(struct rq *rq)
{
    return list(rq, write_full);
}

err *api_project_counts(struct rq *rq)
{
    return list(rq, write_counts);
}

/* Who works here is for those who may know it, and not where the client asked for other fields. */
static err *members_write(struct rq *rq, struct jw *w, int64_t id)
{
    int64_t most;

    if (!scope_can(rq->scope, PERM_PROJECTS_MEMBERS) || rq_query(rq, "include"))
        return OK;
    TRY(rq_query_int(rq, "members_limit", MEMBERS_SHOWN, &most));
    return member_summary_write(rq->scope, w, id, most < 1 ? 1 : most);
}

/* Only while the organization has scripts on. */
static err *script_write(struct rq *rq, struct jw *w, int64_t id)
{
    struct script now;

    if (rq_query(rq, "include"))
        return OK;
    TRY(script_current(rq->scope, id, &now));
    if (now.on)
        jw_kstr(w, "custom_script", now.text);
    return OK;
}

static err *answer(struct rq *rq, int64_t id, int status, bool fresh)
{
    struct row r;

    struct jw *w;

    TRY(project_row(rq->scope, id, &r));
    etag_set(rq, &r, PROJECT_BY_IDS_UPDATED_AT);
    w = rs_json_status(rq, status);
    jw_obj(w);
    project_fields_write(w, &r, fresh ? NULL : rq_query(rq, "include"), fresh);
    TRY(members_write(rq, w, id));
    TRY(script_write(rq, w, id));
    jw_end(w);
    return OK;
}

err *api_project_create(struct rq *rq)
{
    int64_t id;

    TRY(project_create(rq->scope, &rq->in, &id));
    if (jin_text(&rq->in, "custom_script"))
        TRY(script_set(rq->scope, id, jin_text(&rq->in, "custom_script")));
    return answer(rq, id, 201, true);
}

err *api_project_get(struct rq *rq)
{
    return answer(rq, rq_int(rq, "id"), 200, false);
}

struct patch_run {
    struct rq *rq;
    int64_t job;
};

static err *patch_tx(struct db *db, void *arg)
{
    struct patch_run *run = arg;

    (void)db;
    TRY(etag_guard(run->rq, STAMP_PROJECT, rq_int(run->rq, "id")));
    TRY(project_update(run->rq->scope, rq_int(run->rq, "id"), &run->rq->in, &run->job));
    if (!jin_has(&run->rq->in, "custom_script"))
        return OK;
    return script_set(run->rq->scope, rq_int(run->rq, "id"), jin_text(&run->rq->in, "custom_script"));
}

/* In a big project the tasks follow by a job; the counters of the answer are those of after it, unless it takes too long. */
err *api_project_patch(struct rq *rq)
{
    struct patch_run run = {.rq = rq};

    TRY(tx_run(rq->scope->db, TX_WRITE, patch_tx, &run));
    TRY(job_wait(rq->scope->db, run.job, NULL));
    return answer(rq, rq_int(rq, "id"), 200, false);
}

err *api_project_delete(struct rq *rq)
{
    TRY(etag_guard(rq, STAMP_PROJECT, rq_int(rq, "id")));
    TRY(project_delete(rq->scope, rq_int(rq, "id")));
    return rs_no_content(rq);
}

err *api_project_annotators(struct rq *rq)
{
    struct scope *s = rq->scope;
    struct rows rows;
    struct jw *w;

    TRY(project_check_visible(s, rq_int(rq, "id")));
    TRY(db_many(s->db, SQL_project_annotators, DB_ARGS(SCOPE_ARGS(s), db_i64(rq_int(rq, "id"))), &rows));
    w = rs_json(rq);
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        jw_obj(w);
        wire_ki64(w, "id", &r, PROJECT_ANNOTATORS_ID);
        wire_kstr(w, "first_name", &r, PROJECT_ANNOTATORS_FIRST_NAME);
        wire_kstr(w, "last_name", &r, PROJECT_ANNOTATORS_LAST_NAME);
        wire_kstr(w, "email", &r, PROJECT_ANNOTATORS_EMAIL);
        wire_kstr(w, "avatar", &r, PROJECT_ANNOTATORS_AVATAR);
        wire_kstr(w, "username", &r, PROJECT_ANNOTATORS_USERNAME);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

/* ---------------------------------------------------------------- label configuration */

/* This route answers a refused configuration without the envelope: {"label_config": […]}. */
err *api_config_validate(struct rq *rq)
{
    struct lc *lc;

    TRY(lc_parse(rq->a, jin_text(&rq->in, "label_config"), "label_config", &lc));
    return rs_no_content(rq);
}

err *api_project_config_get(struct rq *rq)
{
    struct row r;
    struct jw *w;

    TRY(project_row(rq->scope, rq_int(rq, "id"), &r));
    w = rs_json(rq);
    jw_obj(w);
    wire_kstr(w, "label_config", &r, PROJECT_BY_IDS_LABEL_CONFIG);
    jw_end(w);
    return OK;
}

err *api_project_config_validate(struct rq *rq)
{
    bool essential;
    struct jw *w;

    TRY(project_config_check(rq->scope, rq_int(rq, "id"), jin_text(&rq->in, "label_config"), true, NULL, &essential));
    w = rs_json(rq);
    jw_obj(w);
    jw_key(w, "config_essential_data_has_changed");
    if (essential)
        jw_bool(w, true);
    else
        jw_null(w);
    jw_end(w);
    return OK;
}

err *api_project_sample_task(struct rq *rq)
{
    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    return api_template_sample_task(rq);
}

err *api_template_sample_task(struct rq *rq)
{
    struct lc *lc;
    struct jw *w;

    TRY(lc_parse(rq->a, jin_text(&rq->in, "label_config"), "label_config", &lc));
    w = rs_json(rq);
    jw_obj(w);
    if (jin_bool(&rq->in, "include_annotation_and_prediction", false))
        jw_kraw(w, "sample_task", lc_sample_full(lc, rq->a, rq->scope->user));
    else
        jw_kraw(w, "sample_task", lc_sample_task(lc, rq->a));
    jw_end(w);
    return OK;
}

/* ---------------------------------------------------------------- the stream */

/* The JSON body of a GET, NULL when there is none. */
static err *body_tree(struct rq *rq, json_t **out)
{
    *out = NULL;
    TRY(rq_body(rq));
    if (rq->body_is_form || rq->body.len == 0)
        return OK;
    return jin_parse(rq->a, rq->body, (int)cfg.json_max_depth, out);
}

static bool asks(const json_t *body, const char *key)
{
    const json_t *v = json_object_get(body, key);

    return v && !json_is_null(v);
}

/* Which tasks: those of a view, those of the filters, ordering or selection in the body, or (json NULL) all. */
static err *next_query(struct rq *rq, int64_t project, int64_t *view, json_t **json)
{
    int64_t of_view;

    TRY(rq_query_int(rq, "view", 0, view));
    if (*view) {
        TRY(view_query(rq->scope, *view, &of_view, json));
        return of_view == project ? OK : verr_one(rq->a, "view", "Project and View mismatch");
    }
    TRY(body_tree(rq, json));
    if (!asks(*json, "filters") && !asks(*json, "ordering") && !asks(*json, "selectedItems"))
        *json = NULL;
    return OK;
}

static bool reviews(const struct rq *rq)
{
    const char *mode = rq_query(rq, "mode");

    return mode && strcmp(mode, "review") == 0;
}

static err *review_answer(struct rq *rq, int64_t project, const json_t *json)
{
    struct stream_task t;

    TRY(dm_next_review(rq->scope, project, json, &t));
    return stream_write(rq->scope, rs_json(rq), &t);
}

err *api_next(struct rq *rq)
{
    int64_t project = rq_int(rq, "id"), view;
    struct dm_context context;
    struct dm_query query;
    struct stream_task t;
    json_t *json;

    TRY(next_query(rq, project, &view, &json));
    if (reviews(rq))
        return review_answer(rq, project, json);
    if (!json) {
        TRY(stream_next(rq->scope, project, &t));
        if (t.model_version && *t.model_version)
            TRY(ml_predict_shown(rq->scope, project, t.task));
        return stream_write(rq->scope, rs_json(rq), &t);
    }
    TRY(dm_context_read(rq->scope, project, &context));
    context.all_tasks = true;
    TRY(dm_compile(rq->a, &context, json, &query));
    TRY(view ? dm_next_of_view(rq->scope, &query, &t) : dm_next_of_query(rq->scope, &query, &t));
    return stream_write(rq->scope, rs_json(rq), &t);
}

err *api_stream_history(struct rq *rq)
{
    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    return stream_history_write(rq->scope, rs_json(rq), rq_int(rq, "id"));
}
