/* Handlers of /api/projects/{id}/export: the formats, and the file itself, streamed. */
#include "api/handlers.h"

#include <string.h>
#include <time.h>

#include "base/cfg.h"
#include "base/text.h"
#include "core/project.h"
#include "core/scope.h"
#include "dm/view.h"
#include "export/choice.h"
#include "json/jin.h"
#include "json/verr.h"
#include "storage/local.h"

err *api_export_formats(struct rq *rq)
{
    const struct lc *lc;

    TRY(project_config(rq->scope, rq_int(rq, "id"), &lc, NULL, NULL));
    exp_formats_write(rq->a, rs_json(rq), lc);
    return OK;
}

/* Clients still ask; the reference server never lists anything here either. */
err *api_export_files(struct rq *rq)
{
    struct jw *w;

    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    w = rs_json(rq);
    jw_obj(w);
    jw_kraw(w, "export_files", "[]");
    jw_end(w);
    return OK;
}

/* One id or several, with commas between them. */
static err *ids_add(struct rq *rq, struct strbuf *b, const char *text)
{
    for (const char *end;; text = end + 1) {
        int64_t id;

        end = text + strcspn(text, ",");
        if (!int_parse(arena_strndup(rq->a, text, (size_t)(end - text)), INT32_MIN, INT32_MAX, &id))
            return verr_one(rq->a, "ids", "A valid integer is required.");
        strbuf_printf(b, "%s%lld", b->len ? "," : "{", (long long)id);
        if (!*end)
            return OK;
    }
}

static err *ids_read(struct rq *rq, const char **out)
{
    const char **texts;
    size_t n = rq_query_all(rq, "ids", &texts);
    struct strbuf b;

    *out = NULL;
    if (n == 0)
        return OK;
    strbuf_init(&b, rq->a, 64u << 20);
    for (size_t i = 0; i < n; i++)
        TRY(ids_add(rq, &b, texts[i]));
    strbuf_puts(&b, "}");
    TRY(strbuf_check(&b));
    *out = b.buf;
    return OK;
}

/* A view of the project, else a query as the list of tasks takes it; NULL = neither is given. */
static err *question_read(struct rq *rq, int64_t project, const char **out)
{
    int64_t view, of_view;
    json_t *tree;

    *out = rq_query(rq, "query") && *rq_query(rq, "query") ? rq_query(rq, "query") : NULL;
    TRY(rq_query_id(rq, "view", &view));
    if (view) {
        TRY(view_source(rq->scope, view, &of_view, out));
        return of_view == project ? OK : verr_one(rq->a, "view", "Project and View mismatch");
    }
    if (*out && (jin_parse(rq->a, (struct span){*out, strlen(*out)}, (int)cfg.json_max_depth, &tree) || !json_is_object(tree)))
        return verr_one(rq->a, "query", "Expected a JSON object.");
    return OK;
}

/* Tasks of a view or query, written as all of a direct export are. */
static err *choice_read(struct rq *rq, struct exp_options *o)
{
    struct exp_choice *c;
    const char *question;

    TRY(question_read(rq, o->project, &question));
    if (!question)
        return OK;
    if (o->ids)
        return verr_one(rq->a, "ids", "Either ids or a view or query, not both.");
    c = ARENA_NEW(rq->a, struct exp_choice);
    c->drafts = true;
    c->with_annotations = !o->all_tasks;
    o->choice = c;
    return exp_choice_open(rq->scope, o->project, question, c);
}

struct export_run {
    struct rq *rq;
    const struct exp_format *format;
    struct exp_options options;
};

/* project-<id>-at-<date and time>-<8 hex digits>.<extension>: the name that the client library reads. */
static const char *file_name(struct rq *rq, const char *extension)
{
    time_t now = time(NULL);
    struct tm tm;
    char when[32];

    gmtime_r(&now, &tm);
    strftime(when, sizeof when, "%Y-%m-%d-%H-%M", &tm);
    return arena_printf(rq->a, "project-%lld-at-%s-%s.%s", (long long)rq_int(rq, "id"), when, hex_random(rq->a, 4), extension);
}

static void named(void *to, const char *extension)
{
    struct export_run *e = to;
    struct rq *rq = e->rq;
    const char *name = file_name(rq, extension);

    rs_type(rq, arena_printf(rq->a, strcmp(extension, "zip") == 0 ? "application/%s" : "application/.%s", extension));
    rs_header(rq, "Content-Disposition", arena_printf(rq->a, "attachment; filename=\"%s\"", name));
    rs_header(rq, "filename", name);
}

static void put(void *to, const char *p, size_t len)
{
    rs_write(((struct export_run *)to)->rq, p, len);
}

static err *flush(void *to)
{
    return rs_flush(((struct export_run *)to)->rq);
}

static err *run(struct db *db, void *arg)
{
    struct export_run *e = arg;
    const struct exp_out out = {.put = put, .flush = flush, .to = e, .named = named};

    (void)db;
    return exp_write(e->rq->scope, e->format, &e->options, &out);
}

err *api_export(struct rq *rq)
{
    const char *type = rq_query(rq, "exportType") ? rq_query(rq, "exportType") : rq_query(rq, "export_type");
    struct export_run e = {.rq = rq, .options = {.project = rq_int(rq, "id"), .local = local_open}};

    TRY(project_check_visible(rq->scope, e.options.project));
    e.format = exp_format_find(type && *type ? type : "JSON");
    if (!e.format)
        return verr_one(rq->a, "exportType", "\"%s\" is not a format that this project can be exported to.", type);
    TRY(rq_query_bool(rq, "download_all_tasks", false, &e.options.all_tasks));
    TRY(rq_query_bool(rq, "interpolate_key_frames", false, &e.options.frames));
    TRY(rq_query_bool(rq, "download_resources", true, &e.options.resources));
    TRY(rq_query_bool(rq, "corrected", false, &e.options.corrected));
    TRY(ids_read(rq, &e.options.ids));
    TRY(choice_read(rq, &e.options));
    return tx_run(rq->scope->db, TX_SNAPSHOT, run, &e);
}
