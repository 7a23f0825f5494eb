/* Handlers of imports and uploaded files: a JSON body, form text, or files; one transaction each. */
#include "api/handlers.h"

#include <string.h>

#include "base/cfg.h"
#include "base/clock.h"
#include "core/fields.h"
#include "core/project.h"
#include "core/scope.h"
#include "import/file.h"
#include "import/upload.sql.h"
#include "json/verr.h"

/* What one request brings, and what came of it. */
struct import_run {
    struct rq *rq;
    struct imp_options options;
    struct imp_result result;
    struct upload *uploads;
    size_t n_uploads;
};

/* ---------------------------------------------------------------- the request */

static err *form_text(struct import_run *run, struct importer *im)
{
    const char *text = rq_form(run->rq, "url");

    if (!text)
        return OK;
    if (jspan_type((struct span){text, strlen(text)}) == JSON_T_NONE || jspan_check(run->rq->a, (struct span){text, strlen(text)}, (int)cfg.json_max_depth))
        return verr_one(run->rq->a, "url", "Only JSON text can be imported from this field in this release.");
    return imp_json(im, (struct span){text, strlen(text)}, 0);
}

static err *file_import(struct import_run *run, struct importer *im, const struct rq_file *f)
{
    struct upload *u = &run->uploads[run->n_uploads++];

    return imp_file(run->rq->scope, im, run->options.project, f->name, f->path, f->size_bytes, u);
}

static bool is_empty(struct rq *rq)
{
    const char *length = rq_header(rq, "Content-Length");

    return !length || !*length || strcmp(length, "0") == 0;
}

static err *import_tx(struct db *db, void *arg)
{
    struct import_run *run = arg;
    struct rq *rq = run->rq;
    struct importer *im;

    (void)db;
    run->n_uploads = 0;
    TRY(imp_begin(rq->scope, &run->options, &im));
    if (!rq->body_is_form && !is_empty(rq))
        TRY(imp_json(im, rq->body, 0));
    for (size_t i = 0; i < rq->nfiles; i++)
        TRY(file_import(run, im, &rq->files[i]));
    TRY(form_text(run, im));
    return imp_end(im, &run->result);
}

static void counts_write(struct jw *w, const struct import_run *run)
{
    jw_ki64(w, "task_count", run->result.tasks);
    if (run->options.commit) {
        jw_ki64(w, "annotation_count", run->result.annotations);
        jw_ki64(w, "prediction_count", run->result.predictions);
    } else {
        jw_knull(w, "annotation_count");
        jw_knull(w, "prediction_count");
    }
}

/* {".json": 1} for files; a JSON body gives [], as clients of the reference see it. */
static void formats_write(struct jw *w, const struct import_run *run)
{
    jw_key(w, "found_formats");
    if (run->n_uploads == 0) {
        jw_raw(w, "[]");
        return;
    }
    jw_obj(w);
    for (size_t i = 0; i < run->n_uploads; i++) {
        int64_t n = 0;
        bool first = true;
        for (size_t j = 0; j < run->n_uploads; j++) {
            bool same = strcmp(run->uploads[i].extension, run->uploads[j].extension) == 0;
            n += same;
            first = first && (!same || j >= i);
        }
        if (first)
            jw_ki64(w, arena_printf(run->rq->a, ".%s", run->uploads[i].extension), n);
    }
    jw_end(w);
}

static void answer_write(const struct import_run *run, int64_t started_us)
{
    struct jw *w = rs_json_status(run->rq, 201);

    jw_obj(w);
    counts_write(w, run);
    jw_kf64(w, "duration", (double)(clock_mono_us() - started_us) / 1e6);
    jw_key(w, "file_upload_ids");
    jw_arr(w);
    for (size_t i = 0; i < run->n_uploads; i++)
        jw_i64(w, run->uploads[i].id);
    jw_end(w);
    jw_kbool(w, "could_be_tasks_list", false);
    formats_write(w, run);
    jw_key(w, "data_columns");
    jw_arr(w);
    for (size_t i = 0; run->n_uploads && i < run->result.n_columns; i++)
        jw_str(w, run->result.columns[i]);
    jw_end(w);
    if (run->options.return_ids && run->options.commit) {
        jw_key(w, "task_ids");
        jw_arr(w);
        for (int64_t i = 0; i < run->result.tasks; i++)
            jw_i64(w, run->result.ids[i]);
        jw_end(w);
    }
    jw_end(w);
}

err *api_import(struct rq *rq)
{
    struct import_run run = {.rq = rq, .options = {.project = rq_int(rq, "id")}};
    int64_t started_us = clock_mono_us();

    TRY(rq_query_bool(rq, "commit_to_project", true, &run.options.commit));
    TRY(rq_query_bool(rq, "return_task_ids", false, &run.options.return_ids));
    if (rq_query(rq, "preannotated_from_fields"))
        return verr_one(rq->a, "preannotated_from_fields", "Not available in this release.");
    TRY(rq_body(rq));
    run.uploads = arena_array(rq->a, rq->nfiles + 1, sizeof *run.uploads);
    TRY(tx_run(rq->scope->db, TX_WRITE, import_tx, &run));
    answer_write(&run, started_us);
    return OK;
}

/* ---------------------------------------------------------------- uploaded files */

/* ids=[1,2] as JSON, turned into an int4[] text. */
static err *upload_ids(struct rq *rq, const char **out)
{
    const char *text = rq_query(rq, "ids");
    json_t *list, *item;
    struct strbuf b;
    size_t i;

    *out = NULL;
    if (!text || !*text)
        return OK;
    if (jin_parse(rq->a, (struct span){text, strlen(text)}, 2, &list) || !json_is_array(list))
        return verr_one(rq->a, "ids", "Expected a list of items but got type \"str\".");
    strbuf_init(&b, rq->a, 1u << 20);
    strbuf_putc(&b, '{');
    json_array_foreach(list, i, item) {
        if (!json_is_integer(item) || json_integer_value(item) < 0 || json_integer_value(item) > INT32_MAX)
            return verr_one(rq->a, "ids", "A valid integer is required.");
        strbuf_printf(&b, "%s%lld", i ? "," : "", (long long)json_integer_value(item));
    }
    strbuf_putc(&b, '}');
    TRY(strbuf_check(&b));
    *out = b.buf;
    return OK;
}

err *api_upload_list(struct rq *rq)
{
    static const struct field fields[] = {
        {"id", UPLOAD_LIST_ID, 'i'}, {"file", UPLOAD_LIST_FILE, 's'}, {"size", UPLOAD_LIST_SIZE, 'i'}};
    const char *ids;
    struct rows rows;
    struct jw *w;
    bool all;

    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(upload_ids(rq, &ids));
    TRY(rq_query_bool(rq, "all", false, &all));
    TRY(upload_list(rq->scope, rq_int(rq, "id"), ids, all, &rows));
    w = rs_json(rq);
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        jw_obj(w);
        for (size_t f = 0; f < sizeof fields / sizeof *fields; f++)
            field_write(w, &r, &fields[f]);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

/* nginx sends the bytes, with ranges; nothing in the file may run in this origin. */
err *api_upload_get(struct rq *rq)
{
    const char *name = rq_arg(rq, "name");
    int64_t project = rq_int(rq, "project");

    TRY(upload_find(rq->scope, project, name));
    rs_type(rq, upload_type(rq->a, name));
    rs_header(rq, "Content-Security-Policy", "sandbox; default-src 'none'");
    rs_header(rq, "Cache-Control", "private, max-age=3600");
    rs_accel(rq, arena_printf(rq->a, "/_files/upload/%lld/%s", (long long)project, name));
    return OK;
}
