/* A new project in one go: name, data and label configuration become a project together, or not at
 * all. */
#include "api/handlers.h"

#include <string.h>

#include "api/bodies.h"
#include "api/gallery.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/project.h"
#include "core/scope.h"
#include "page/config_error.h"
#include "page/fields.h"
#include "page/intake.h"
#include "page/project_page.h"
#include "page/workspaces.h"

/* A project to try: a few sentences to classify. */
static const char sample_config[] =
    "<View>\n"
    "  <Header value=\"What does this review say about the product?\"/>\n"
    "  <Text name=\"text\" value=\"$text\"/>\n"
    "  <Choices name=\"mood\" toName=\"text\" choice=\"single\" showInline=\"true\">\n"
    "    <Choice value=\"Positive\"/>\n"
    "    <Choice value=\"Neutral\"/>\n"
    "    <Choice value=\"Negative\"/>\n"
    "  </Choices>\n"
    "</View>";
static const char sample_tasks[] =
    "[{\"text\": \"The kettle boils fast and the handle stays cool. I would buy it again.\"},"
    " {\"text\": \"The lamp arrived with a crack across the shade, and nobody answered my "
    "letters.\"},"
    " {\"text\": \"It is a plain blue notebook with two hundred pages.\"},"
    " {\"text\": \"Six months of daily use and these boots still keep the rain out.\"},"
    " {\"text\": \"The manual promises ten hours of battery; I have never seen more than four.\"}]";

static const char *form_text(const struct rq *rq, const char *name)
{
    const char *text = rq_form(rq, name);

    return text ? text : "";
}

static bool blank(const char *s)
{
    return s[strspn(s, " \t\r\n")] == '\0';
}

/* ---- the form ---- */

static json_t *context(struct rq *rq)
{
    static const char *const fields[] = {"title", "description", "label_config"};
    json_t *ctx = page_context(rq, "New project");

    page_sent_values(rq, ctx, fields, sizeof fields / sizeof *fields);
    intake_fields(rq, ctx);
    json_object_set_new(ctx, "can_take_config", json_true());
    json_object_set_new(ctx, "look_href", json_null());
    json_object_set(ctx, "gallery", gallery_groups());
    json_object_set_new(ctx, "config_error", json_null());
    return ctx;
}

/* The workspace that was chosen in the form, or whose page leads here. */
static err *render(struct rq *rq, json_t *ctx)
{
    const char *chosen = rq->method == M_POST ? form_text(rq, "workspace") : rq_query(rq, "workspace");
    json_t *choices;

    TRY(workspaces_choices(rq, 0, NULL, &choices));
    choices_select(choices, chosen ? chosen : "");
    json_object_set_new(ctx, "workspaces", choices);
    page_set_bool(ctx, "has_workspaces", json_array_size(choices) > 1);
    return page_render(rq, "projects/new", ctx);
}

err *page_project_new(struct rq *rq)
{
    return render(rq, context(rq));
}

/* An empty configuration means that of the chosen template. */
static const char *chosen_config(const struct rq *rq)
{
    const char *own = form_text(rq, "label_config");

    return blank(own) ? form_text(rq, "template") : own;
}

/* e is an error of the form (stage NULL) or of the data. */
static err *refused(struct rq *rq, err *e, const char *stage)
{
    json_t *ctx = context(rq),
           *config = config_error_of(rq->a, chosen_config(rq), e->validation_json);

    if (config)
        json_object_set_new(ctx, "config_error", config);
    else if (stage ? !intake_explain(rq->a, ctx, e, stage) : !page_field_errors(ctx, e))
        return e;
    rs_status(rq, 400);
    return render(rq, ctx);
}

/* ---- creating ---- */

struct creation {
    struct rq *rq;
    struct jin in;
    struct intake data;
    int64_t id;
    bool sample;
};

/* What the page asks for, as the body that the API would get. Annotators see the project at once;
 * the settings can hide it. */
static err *body_read(struct creation *c)
{
    struct rq *rq = c->rq;
    const char *title = c->sample ? "Sample: mood of reviews" : form_text(rq, "title");
    const char *config = c->sample ? sample_config : chosen_config(rq);
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, (size_t)cfg.upload_max_bytes);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "title", blank(title) ? "New project" : title);
    jw_kstr(&w, "description",
            c->sample ? "A few sentences to classify. Press 1, 2 or 3, then submit."
                      : form_text(rq, "description"));
    if (!blank(config))
        jw_kstr(&w, "label_config", config);
    if (!c->sample && !blank(form_text(rq, "workspace")))
        jw_kstr(&w, "workspace", form_text(rq, "workspace"));
    jw_kbool(&w, "is_published", true);
    jw_end(&w);
    TRY(strbuf_check(&b));
    return jin_read(rq->a, &B_PROJECT, (struct span){b.buf, b.len}, false, 10, &c->in);
}

static err *sample_import(struct creation *c)
{
    const struct imp_options options = {.project = c->id, .commit = true};
    struct importer *im;

    TRY(imp_begin(c->rq->scope, &options, &im));
    TRY(imp_json(im, (struct span){sample_tasks, sizeof sample_tasks - 1}, 0));
    return imp_end(im, &c->data.result);
}

static err *create(struct db *db, void *arg)
{
    struct creation *c = arg;

    (void)db;
    c->data.stage = NULL;
    TRY(project_create(c->rq->scope, &c->in, &c->id));
    if (c->sample)
        return sample_import(c);
    return intake_any(c->rq) ? intake_run(c->rq, c->id, &c->data) : OK;
}

err *page_project_new_post(struct rq *rq)
{
    struct creation c = {.rq = rq};
    err *e;

    TRY(rq_body(rq));
    c.sample = strcmp(form_text(rq, "action"), "sample") == 0;
    e = body_read(&c);
    intake_options(rq, &c.data);
    if (!e && !c.sample)
        e = intake_fetch(rq, 0, &c.data);
    if (!e)
        e = tx_run(rq->scope->db, TX_WRITE, create, &c);
    if (e)
        return refused(rq, e, c.data.stage);
    if (c.data.result.tasks == 0)
        return page_see_other(rq, project_page_href(rq->a, c.id, "data"), "good", "Project created.");
    return page_see_other_imported(rq, project_page_href(rq->a, c.id, "data"), "Project created with ", c.data.result.tasks,
                                   c.data.request.found || c.data.request.skip ? intake_told(rq->a, &c.data) : ".");
}
