/* Settings of the labelling interface: the configuration and what it asks for. */
#include "api/bodies.h"
#include "api/gallery.h"
#include "base/cfg.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "core/task.h"
#include "page/fields.h"
#include "page/project_page.h"
#include "page/relabel.h"
#include "page/settings.h"

enum { LABELS_SHOWN = 12 };

static const char *labels_text(struct arena *a, const struct lc_control *c)
{
    struct strbuf b;

    strbuf_init(&b, a, 1 << 20);
    for (size_t i = 0; i < c->n_labels && i < LABELS_SHOWN; i++)
        strbuf_printf(&b, "%s%s", i ? ", " : "", c->labels[i].key);
    if (c->n_labels > LABELS_SHOWN)
        strbuf_printf(&b, " and %s more", page_count(a, (int64_t)c->n_labels - LABELS_SHOWN));
    return b.buf;
}

static const char *targets_text(struct arena *a, const struct lc_control *c)
{
    struct strbuf b;

    strbuf_init(&b, a, 1 << 20);
    for (size_t i = 0; i < c->n_to_name; i++)
        strbuf_printf(&b, "%s%s", i ? ", " : "", c->to_name[i]);
    return b.buf;
}

static json_t *controls(struct arena *a, const struct lc *lc)
{
    json_t *list = json_array();

    for (size_t i = 0; i < lc_control_count(lc); i++) {
        const struct lc_control *c = lc_control_at(lc, i);
        json_t *o = json_object();
        page_set_text(o, "name", c->name);
        page_set_text(o, "type", c->type);
        page_set_text(o, "to_text", targets_text(a, c));
        page_set_text(o, "labels_text", labels_text(a, c));
        json_array_append_new(list, o);
    }
    return list;
}

/* What the preview draws. */
static err *first_task(struct rq *rq, int64_t project, json_t *ctx)
{
    struct rows rows;
    struct row r;

    json_object_set_new(ctx, "first_task", json_null());
    TRY(task_list_page(rq->scope, project, 0, 1, &rows));
    if (rows.n == 0)
        return OK;
    r = rows_at(&rows, 0);
    page_set_int(ctx, "first_task", task_row_id(&r));
    return OK;
}

static const char *used_text(struct arena *a, int64_t annotations)
{
    if (annotations == 0)
        return NULL;
    return arena_printf(a,
                        "%s made with this configuration. The tags that they use cannot be removed or renamed; "
                        "what becomes of their labels is asked when you save.",
                        page_counted(a, annotations, "annotation was", "annotations were"));
}

err *settings_labeling_fill(struct rq *rq, const struct row *r, json_t *ctx)
{
    int64_t id = rq_int(rq, "id");
    const char *sent = rq_form(rq, "label_config");
    const struct lc *lc;

    TRY(project_config(rq->scope, id, &lc, NULL, NULL));
    json_object_set_new(
        ctx, "values",
        json_pack("{s:s}", "label_config", sent ? sent : row_text(r, PROJECT_BY_IDS_LABEL_CONFIG)));
    json_object_set_new(ctx, "config_error", json_null());
    json_object_set(ctx, "gallery", gallery_groups());
    page_set_text(ctx, "used_text",
                  used_text(rq->a, row_i64(r, PROJECT_BY_IDS_TOTAL_ANNOTATIONS_NUMBER)));
    page_set_bool(ctx, "has_controls", lc_control_count(lc) > 0);
    json_object_set_new(ctx, "controls", controls(rq->a, lc));
    page_set_text(ctx, "fields_text", project_page_fields(rq->a, lc));
    TRY(relabel_fill(rq, settings_config_sent(rq), ctx));
    return first_task(rq, id, ctx);
}

/* An empty field means the chosen template. */
const char *settings_config_sent(const struct rq *rq)
{
    const char *own = rq_form(rq, "label_config"), *template = rq_form(rq, "template");

    if (own && own[strspn(own, " \t\r\n")] != '\0')
        return own;
    return template ? template : own ? own : "";
}

static err *labeling_body(struct rq *rq, struct jin *in)
{
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, (size_t)cfg.upload_max_bytes);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_kstr(&w, "label_config", settings_config_sent(rq));
    jw_end(&w);
    TRY(strbuf_check(&b));
    return jin_read(rq->a, &B_PROJECT, (struct span){b.buf, b.len}, true, 10, in);
}

/* The API only protects tags in use; people say what becomes of labels, and of each of them. */
err *settings_labeling_save(struct rq *rq, const char **done)
{
    int64_t id = rq_int(rq, "id"), job;
    struct relabelling change;
    struct jin in;

    TRY(labeling_body(rq, &in));
    TRY(relabel_read(rq, jin_text(&in, "label_config"), &change));
    if (!change.decided)
        TRY(project_config_check(rq->scope, id, jin_text(&in, "label_config"), true, "label_config", NULL));
    TRY(project_update(rq->scope, id, &in, &job));
    return relabel_do(rq, &change, done);
}
