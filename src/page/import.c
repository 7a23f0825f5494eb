/* The import tab: files, pasted JSON and addresses into an existing project. */
#include "api/handlers.h"

#include "core/project.h"
#include "core/scope.h"
#include "page/intake.h"
#include "page/project_page.h"

static err *context(struct rq *rq, json_t **ctx)
{
    const struct lc *lc;
    struct row r;

    TRY(project_page(rq, "import", "Import", &r, ctx));
    TRY(project_config(rq->scope, rq_int(rq, "id"), &lc, NULL, NULL));
    intake_fields(rq, *ctx);
    json_object_set_new(*ctx, "told", json_null());
    page_set_text(*ctx, "look_href", arena_printf(rq->a, "/api/projects/%lld/import", (long long)rq_int(rq, "id")));
    json_object_set_new(*ctx, "can_take_config", json_boolean(!lc_has_controls(lc) && scope_can(rq->scope, PERM_PROJECTS_CHANGE)));
    page_set_text(*ctx, "fields_text", project_page_fields(rq->a, lc));
    return OK;
}

err *page_import(struct rq *rq)
{
    json_t *ctx;

    TRY(context(rq, &ctx));
    return page_render(rq, "projects/import", ctx);
}

static err *refused(struct rq *rq, err *e, const char *stage)
{
    json_t *ctx;

    TRY(context(rq, &ctx));
    if (e && !intake_explain(rq->a, ctx, e, stage))
        return e;
    if (!e)
        page_set_text(json_object_get(ctx, "errors"), "files",
                      "Choose one or more files, paste JSON, or give an address.");
    rs_status(rq, 400);
    return page_render(rq, "projects/import", ctx);
}

struct import_run {
    struct rq *rq;
    struct intake in;
};

static err *run(struct db *db, void *arg)
{
    struct import_run *r = arg;

    (void)db;
    return intake_run(r->rq, rq_int(r->rq, "id"), &r->in);
}

/* The page once more, with what was left out: somebody asked for it, and it is told nowhere else. */
static err *imported_in_part(struct rq *rq, const struct intake *in, json_t *left_out)
{
    json_t *ctx;

    TRY(context(rq, &ctx));
    json_object_set_new(ctx, "left_out", left_out);
    page_set_text(ctx, "told", arena_printf(rq->a, "%s%s", page_counted(rq->a, in->result.tasks, "task", "tasks"), intake_told(rq->a, in)));
    page_set_text(json_object_get(ctx, "values"), "paste", "");
    page_set_text(json_object_get(ctx, "values"), "url", "");
    return page_render(rq, "projects/import", ctx);
}

err *page_import_post(struct rq *rq)
{
    struct import_run r = {.rq = rq};
    json_t *left_out;
    err *e;

    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(rq_body(rq));
    if (!intake_any(rq))
        return refused(rq, NULL, NULL);
    intake_options(rq, &r.in);
    e = intake_fetch(rq, rq_int(rq, "id"), &r.in);
    if (!e)
        e = tx_run(rq->scope->db, TX_WRITE, run, &r);
    if (e)
        return refused(rq, e, r.in.stage);
    left_out = intake_left_out(rq->a, &r.in);
    if (json_is_object(left_out))
        return imported_in_part(rq, &r.in, left_out);
    return page_see_other_imported(rq, project_page_href(rq->a, rq_int(rq, "id"), "data"), "", r.in.result.tasks, intake_told(rq->a, &r.in));
}
