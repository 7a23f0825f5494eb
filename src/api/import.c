/* Handlers of imports: a JSON body, files, or the address of a file; one transaction each. Uploaded
 * files as such are uploads.c. */
#include "api/handlers.h"

#include <string.h>
#include <unistd.h>

#include "api/idlist.h"
#include "base/cfg.h"
#include "base/clock.h"
#include "core/project.h"
#include "core/scope.h"
#include "http/spool.h"
#include "import/file.h"
#include "import/preannotate.h"
#include "import/predictions.h"
#include "jobs/wait.h"
#include "net/fetch.h"
#include "json/verr.h"

/* Bytes in a temporary file that are to be imported. */
struct source {
    const char *name, *path;
    int64_t size_bytes;
};

/* What one request brings, and what came of it. */
struct import_run {
    struct rq *rq;
    struct imp_options options;
    struct imp_result result;
    struct source *sources;
    size_t n_sources;
    struct upload *uploads;
    size_t n_uploads;
    const char *ids; /* reimport: of the files */
    bool as_rows;
};

/* ---------------------------------------------------------------- the request */

/* Of several files in one field the last one counts, as on the reference server. */
static bool is_replaced(const struct rq *rq, size_t i)
{
    for (size_t j = i + 1; j < rq->nfiles; j++)
        if (strcmp(rq->files[i].field, rq->files[j].field) == 0)
            return true;
    return false;
}

static void sources_of_files(struct import_run *run)
{
    const struct rq *rq = run->rq;

    for (size_t i = 0; i < rq->nfiles; i++)
        if (!is_replaced(rq, i))
            run->sources[run->n_sources++] =
                (struct source){rq->files[i].name, rq->files[i].path, rq->files[i].size_bytes};
}

/* Text that is JSON, or would be with other quotes, is no address. */
static bool is_json(struct arena *a, const char *text)
{
    char *quoted = arena_strdup(a, text);

    for (char *p = quoted; *p; p++)
        if (*p == '\'')
            *p = '"';
    return jspan_type((struct span){quoted, strlen(quoted)}) != JSON_T_NONE &&
           jspan_check(a, (struct span){quoted, strlen(quoted)}, (int)cfg.json_max_depth) == OK;
}

static err *url_read(struct rq *rq, const char *url, int fd, struct source *s)
{
    const struct fetch_options o = {.guard = cfg.ssrf_protection_enabled,
                                    .timeout_ms = cfg.import_fetch_ms,
                                    .most_bytes = cfg.upload_max_bytes};
    struct fetched f;

    if (is_json(rq->a, url)) {
        s->name = "inplace.json";
        s->size_bytes = (int64_t)strlen(url);
        return spool_write(rq->a, fd, url, strlen(url));
    }
    TRY(fetch_file(rq->a, url, &o, fd, &f));
    s->name = fetch_name(rq->a, f.url);
    s->size_bytes = f.size_bytes;
    return OK;
}

static err *source_of_url(struct import_run *run)
{
    struct rq *rq = run->rq;
    const char *url = rq_form(rq, "url");
    struct source *s = &run->sources[run->n_sources];
    err *e;
    int fd;

    if (rq->nform == 0)
        return verr_one(rq->a, NULL, "load_tasks: No data found in DATA or in FILES");
    if (!url || !*url)
        return verr_one(rq->a, NULL, "\"url\" is not found in request data");
    TRY(spool_named(rq->a, &s->path, &fd));
    e = url_read(rq, url, fd, s);
    close(fd);
    run->n_sources++;
    return e;
}

/* Done before the transaction: nobody waits for somebody's web server with the project locked. */
static err *sources_read(struct import_run *run)
{
    struct rq *rq = run->rq;

    TRY(rq_body(rq));
    run->sources = arena_array(rq->a, rq->nfiles + 1, sizeof *run->sources);
    run->uploads = arena_array(rq->a, rq->nfiles + 1, sizeof *run->uploads);
    sources_of_files(run);
    return rq->body_is_form && rq->nfiles == 0 ? source_of_url(run) : OK;
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
    if (!rq->body_is_form)
        TRY(imp_json(im, is_empty(rq) ? (struct span){"", 0} : rq->body, 0));
    for (size_t i = 0; i < run->n_sources; i++) {
        const struct source *s = &run->sources[i];
        TRY(imp_file(rq->scope, im, run->options.project, s->name, s->path, s->size_bytes,
                     &run->uploads[i]));
        run->n_uploads++;
    }
    return imp_end(im, &run->result);
}

/* ---------------------------------------------------------------- the answer */

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

/* {".json": 1} for files. */
static void formats_write(struct jw *w, const struct import_run *run)
{
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

static bool could_be_tasks_list(const struct import_run *run)
{
    for (size_t i = 0; i < run->n_uploads; i++)
        if (imp_is_rows(run->uploads[i].extension))
            return true;
    return false;
}

static void columns_write(struct jw *w, const struct import_run *run)
{
    jw_key(w, "data_columns");
    jw_arr(w);
    for (size_t i = 0; i < run->result.n_columns; i++)
        jw_str(w, run->result.columns[i]);
    jw_end(w);
}

static void duration_write(struct jw *w, int64_t started_us)
{
    jw_kf64(w, "duration", (double)(clock_mono_us() - started_us) / 1e6);
}

static void task_ids_write(struct jw *w, const struct import_run *run)
{
    jw_key(w, "task_ids");
    jw_arr(w);
    for (size_t i = 0; i < run->result.n_runs; i++)
        for (int64_t id = 0; id < run->result.runs[i].n; id++)
            jw_i64(w, run->result.runs[i].first + id);
    jw_end(w);
}

static void answer_write(const struct import_run *run, int64_t started_us)
{
    struct jw *w = rs_json_status(run->rq, 201);

    jw_obj(w);
    counts_write(w, run);
    duration_write(w, started_us);
    jw_key(w, "file_upload_ids");
    jw_arr(w);
    for (size_t i = 0; i < run->n_uploads; i++)
        jw_i64(w, run->uploads[i].id);
    jw_end(w);
    jw_kbool(w, "could_be_tasks_list", could_be_tasks_list(run));
    jw_key(w, "found_formats");
    if (run->n_uploads)
        formats_write(w, run);
    else
        jw_raw(w, "[]"); /* a JSON body, as clients of the reference server see it */
    columns_write(w, run);
    if (run->options.return_ids && run->options.commit)
        task_ids_write(w, run);
    jw_end(w);
}

err *api_import(struct rq *rq)
{
    struct import_run run = {.rq = rq, .options = {.project = rq_int(rq, "id")}};
    int64_t started_us = clock_mono_us();
    const char **fields;
    size_t n;

    TRY(rq_query_switch(rq, "commit_to_project", true, &run.options.commit));
    TRY(rq_query_switch(rq, "return_task_ids", false, &run.options.return_ids));
    n = rq_query_all(rq, "preannotated_from_fields", &fields);
    run.options.preannotate = preannotate_fields(rq->a, fields, n, &run.options.n_preannotate);
    TRY(project_check_visible(rq->scope, run.options.project));
    TRY(sources_read(&run));
    TRY(tx_run(rq->scope->db, TX_WRITE, import_tx, &run));
    TRY(job_wait(rq->scope->db, run.result.job, NULL));
    answer_write(&run, started_us);
    return OK;
}

/* ---------------------------------------------------------------- once more */

static err *reimport_tx(struct db *db, void *arg)
{
    struct import_run *run = arg;
    struct scope *s = run->rq->scope;
    struct importer *im;

    (void)db;
    TRY(imp_begin(s, &run->options, &im));
    TRY(upload_open(s, run->options.project, run->ids, &run->uploads, &run->n_uploads));
    if (run->n_uploads == 0)
        return OK;
    TRY(upload_tasks_delete(s, run->options.project, run->ids));
    for (size_t i = 0; i < run->n_uploads; i++)
        TRY(imp_kept(s, im, &run->uploads[i], run->as_rows));
    return imp_end(im, &run->result);
}

static void reimport_write(const struct import_run *run, int status, int64_t started_us)
{
    const char *ids = jin_json(&run->rq->in, "file_upload_ids");
    struct jw *w = rs_json_status(run->rq, status);

    jw_obj(w);
    counts_write(w, run);
    duration_write(w, started_us);
    jw_kraw(w, "file_upload_ids", run->ids ? ids : "[]");
    jw_key(w, "found_formats");
    formats_write(w, run);
    columns_write(w, run);
    jw_end(w);
}

err *api_reimport(struct rq *rq)
{
    struct import_run run = {.rq = rq, .options = {.project = rq_int(rq, "id"), .commit = true}};
    int64_t started_us = clock_mono_us();

    TRY(project_check_visible(rq->scope, run.options.project));
    TRY(idlist_read(rq->a, "file_upload_ids", jin_tree(&rq->in, "file_upload_ids"), &run.ids));
    run.as_rows = jin_bool(&rq->in, "files_as_tasks_list", true);
    if (!run.ids || strcmp(run.ids, "{}") == 0) {
        reimport_write(&run, 200, started_us);
        return OK;
    }
    TRY(tx_run(rq->scope->db, TX_WRITE, reimport_tx, &run));
    TRY(job_wait(rq->scope->db, run.result.job, NULL));
    reimport_write(&run, 201, started_us);
    return OK;
}

/* ---------------------------------------------------------------- predictions */

struct predictions_run {
    struct rq *rq;
    int64_t created;
};

static err *predictions_tx(struct db *db, void *arg)
{
    struct predictions_run *run = arg;

    (void)db;
    return imp_predictions(run->rq->scope, rq_int(run->rq, "id"), run->rq->body, &run->created);
}

err *api_import_predictions(struct rq *rq)
{
    struct predictions_run run = {.rq = rq};
    struct jw *w;

    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    TRY(rq_body(rq));
    if (rq->body_is_form)
        return verr_one(rq->a, NULL, "Expected a list of predictions");
    TRY(tx_run(rq->scope->db, TX_WRITE, predictions_tx, &run));
    w = rs_json_status(rq, 201);
    jw_obj(w);
    jw_ki64(w, "created", run.created);
    jw_end(w);
    return OK;
}
