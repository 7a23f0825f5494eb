/* What the labelling page tells its scripts: project, user, rights, queue. Tasks and annotations go through the API.
 * templates/static/js/labelling.js names the keys. */
#include "page/labelling.h"

#include "api/gate.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "core/task.h"
#include "core/user.h"
#include "http/csrf.h"
#include "page/data.h"
#include "tmpl/tmpl.h"

/* `contrib/install-editor --version`: the address changes with the editor, so that browsers may keep its files for ever. */
#define EDITOR_VERSION "1.23.2"

static const char project_keys[] =
    "id,title,label_config,expert_instruction,show_instruction,show_skip_button,enable_empty_annotation,show_collab_predictions,"
    "reveal_preannotations_interactively,model_version,maximum_annotations,sampling,skip_queue";

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
    return json_pack("{s:b, s:b, s:b, s:b}", "annotate", scope_can(s, PERM_ANNOTATIONS_CREATE), "delete", scope_can(s, PERM_ANNOTATIONS_DELETE),
                     "ground_truth", scope_can(s, PERM_ANNOTATIONS_CHANGE) && !scope_own_only(s), "review", 0);
}

/* The task must be one of this project: the page shows its name. task 0: the stream. */
static err *task_asked(struct rq *rq, int64_t *task)
{
    const char *text = rq_query(rq, "task");
    int64_t project;

    *task = 0;
    if (!text)
        return scope_need(rq->scope, PERM_ANNOTATIONS_CREATE);
    if (!int_parse(text, 1, INT32_MAX, task))
        return task_missing(rq->scope);
    TRY(task_project(rq->scope, *task, &project));
    return project == rq_int(rq, "id") ? OK : task_missing(rq->scope);
}

static err *island(struct rq *rq, const struct row *r, int64_t task, const char *back, json_t **out)
{
    json_t *project, *user;

    TRY(project_json(rq, r, &project));
    TRY(user_json(rq, &user));
    *out = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:n, s:o, s:o, s:[], s:o, s:{s:I, s:I}}",
                     "base", cfg.base_path,
                     "editor_assets", arena_printf(rq->a, "%s/static/editor-%s/", cfg.base_path, EDITOR_VERSION),
                     "csrf", csrf_token(rq),
                     "back_href", back,
                     "mode", task ? "task" : "stream",
                     "task_id", task ? json_integer(task) : json_null(),
                     "view",
                     "project", project,
                     "user", user,
                     "users",
                     "can", rights(rq->scope),
                     "queue", "total", (json_int_t)row_i64(r, PROJECT_BY_IDS_QUEUE_TOTAL),
                     "done", (json_int_t)row_i64(r, PROJECT_BY_IDS_QUEUE_DONE));
    return OK;
}

err *labelling_page(struct rq *rq)
{
    const char *back;
    int64_t task;
    struct row r;
    json_t *ctx, *data;

    TRY(project_page(rq, "data", NULL, &r, &ctx));
    TRY(task_asked(rq, &task));
    back = arena_printf(rq->a, "%s%s", project_page_href(rq->a, rq_int(rq, "id"), "data"), data_query(rq));
    TRY(island(rq, &r, task, back, &data));
    json_object_set_new(ctx, "labelling", data);
    json_object_set_new(ctx, "back_href", json_string(back));
    json_object_set_new(ctx, "progress_text",
                        json_string(arena_printf(rq->a, "%s of %s done", page_count(rq->a, row_i64(&r, PROJECT_BY_IDS_QUEUE_DONE)),
                                                 page_count(rq->a, row_i64(&r, PROJECT_BY_IDS_QUEUE_TOTAL)))));
    gate_csp_editor(rq);
    return page_render(rq, "projects/label", ctx);
}
