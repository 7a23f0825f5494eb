/* Handlers of imports: a JSON body, files, or the address of a file; one transaction each. Uploaded
 * files as such are uploads.c. */
#include "api/handlers.h"

#include <string.h>
#include <unistd.h>

#include "api/idlist.h"
#include "base/cfg.h"
#include "base/clock.h"
#include "base/text.h"
#include "core/project.h"
#include "core/scope.h"
#include "http/spool.h"
#include "import/preannotate.h"
#include "import/record.h"
#include "import/resumable.h"
#include "jobs/wait.h"
#include "net/fetch.h"
#include "json/verr.h"

/* What one request brings. */
struct import_run {
    struct rq *rq;
    struct imp_request q;
    const char *key;    /* the client's, so that it is done once; NULL = none */
    const char *answer; /* with a key: the text of the answer */
    struct imp_record record;
    int64_t started_us;
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
            run->q.sources[run->q.n_sources++] =
                (struct imp_source){rq->files[i].name, rq->files[i].path, rq->files[i].size_bytes};
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

static err *url_read(struct rq *rq, const char *url, int fd, struct imp_source *s)
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
    struct imp_source *s = &run->q.sources[run->q.n_sources];
    err *e;
    int fd;

    if (rq->nform == 0)
        return verr_one(rq->a, NULL, "load_tasks: No data found in DATA or in FILES");
    if (!url || !*url)
        return verr_one(rq->a, NULL, "\"url\" is not found in request data");
    TRY(spool_named(rq->a, &s->path, &fd));
    e = url_read(rq, url, fd, s);
    close(fd);
    run->q.n_sources++;
    return e;
}

static bool is_empty(struct rq *rq)
{
    const char *length = rq_header(rq, "Content-Length");

    return !length || !*length || strcmp(length, "0") == 0;
}

/* Done before the transaction: nobody waits for somebody's web server with the project locked. */
static err *sources_read(struct import_run *run)
{
    struct rq *rq = run->rq;

    run->q.n_parts = rq_query_all(rq, "upload", &run->q.parts);
    if (run->q.n_parts) {
        run->q.sources = arena_array(rq->a, run->q.n_parts, sizeof *run->q.sources);
        return resumable_sources(rq->scope, run->q.options.project, run->q.parts, run->q.n_parts, run->q.sources, &run->q.n_sources);
    }
    TRY(rq_body(rq));
    run->q.sources = arena_array(rq->a, rq->nfiles + 1, sizeof *run->q.sources);
    run->q.has_body = !rq->body_is_form;
    run->q.body = is_empty(rq) ? (struct span){"", 0} : rq->body;
    sources_of_files(run);
    return rq->body_is_form && rq->nfiles == 0 ? source_of_url(run) : OK;
}

/* ---------------------------------------------------------------- the client's key */

static err *key_read(struct import_run *run)
{
    struct rq *rq = run->rq;

    run->key = rq_header(rq, "Idempotency-Key");
    if (!run->key || !*run->key)
        run->key = rq_query(rq, "idempotency_key");
    if (run->key && !*run->key)
        run->key = NULL;
    if (run->key && (strlen(run->key) > IMPORT_KEY_MOST || !utf8_valid(run->key, strlen(run->key))))
        return verr_one(rq->a, "idempotency_key", "Ensure this field has no more than %d characters.", IMPORT_KEY_MOST);
    if (!run->key && run->q.n_parts && run->q.options.commit)
        run->key = resumable_import_key(rq->a, run->q.parts, run->q.n_parts);
    return OK;
}

static double seconds_of(const struct import_run *run)
{
    return (double)(clock_mono_us() - run->started_us) / 1e6;
}

/* With a key: whoever comes second waits for the first one's end and gets the same answer. */
static err *import_tx(struct db *db, void *arg)
{
    struct import_run *run = arg;
    struct scope *s = run->rq->scope;

    (void)db;
    run->answer = NULL;
    if (run->key)
        TRY(imp_record_begin(s, &run->q, run->key, &run->record));
    if (run->record.known)
        return OK;
    if (run->q.n_parts && run->q.options.commit)
        TRY(resumable_take(s, run->q.options.project, run->q.parts, run->q.n_parts, false));
    TRY(imp_request_run(s, &run->q));
    return run->key ? imp_record_end(s, run->record.id, &run->q, seconds_of(run), &run->answer) : OK;
}

static err *later_tx(struct db *db, void *arg)
{
    struct import_run *run = arg;

    (void)db;
    return imp_record_later(run->rq->scope, &run->q, run->key, &run->record);
}

/* ---------------------------------------------------------------- files of other tools */

static err *choice_read(struct rq *rq, const char *name, const char *usual, const char *other, bool *out)
{
    const char *text = rq_query(rq, name);

    *out = text && strcmp(text, other) == 0;
    if (!text || *out || strcmp(text, usual) == 0)
        return OK;
    return verr_one(rq->a, name, "\"%s\" is not a valid choice.", text);
}

static err *foreign_read(struct rq *rq, struct imp_request *q)
{
    struct imp_foreign *o = &q->foreign;

    TRY(choice_read(rq, "on_error", "stop", "skip", &q->skip));
    o->format = rq_query_text(rq, "import_format");
    o->prefix = rq_query_text(rq, "image_prefix");
    o->extension = rq_query_text(rq, "image_extension");
    o->model_version = rq_query_text(rq, "model_version");
    if (!o->model_version)
        o->model_version = "imported";
    TRY(choice_read(rq, "import_as", "annotations", "predictions", &o->predictions));
    return rq_query_switch(rq, "take_config", false, &o->take_config);
}

/* ---------------------------------------------------------------- the answer */

/* {"import": 7} of one that a job does. */
static void number_write(struct import_run *run)
{
    struct jw *w = rs_json_status(run->rq, 201);

    jw_obj(w);
    jw_ki64(w, run->q.kind == IMP_REIMPORT ? "reimport" : "import", run->record.id);
    jw_end(w);
}

static void answer_write(struct import_run *run)
{
    if (run->record.known && !run->record.answer)
        number_write(run);
    else if (run->record.known)
        jw_raw(rs_json_status(run->rq, 201), run->record.answer);
    else if (run->answer)
        jw_raw(rs_json_status(run->rq, 201), run->answer);
    else
        imp_request_write(rs_json_status(run->rq, 201), &run->q, seconds_of(run));
}

/* At once, or with async=1 by a job that the client asks about. */
static err *perform(struct import_run *run)
{
    struct db *db = run->rq->scope->db;
    bool later;

    TRY(rq_query_switch(run->rq, "async", false, &later));
    TRY(key_read(run));
    TRY(tx_run(db, TX_WRITE, later ? later_tx : import_tx, run));
    if (later && !(run->record.known && run->record.answer)) {
        number_write(run);
        return OK;
    }
    TRY(job_wait(db, run->q.result.job, NULL));
    answer_write(run);
    return OK;
}

err *api_import(struct rq *rq)
{
    struct import_run run = {.rq = rq, .started_us = clock_mono_us()};
    struct imp_options *o = &run.q.options;
    const char **fields;
    size_t n;

    o->project = rq_int(rq, "id");
    TRY(rq_query_switch(rq, "commit_to_project", true, &o->commit));
    TRY(rq_query_switch(rq, "return_task_ids", false, &o->return_ids));
    n = rq_query_all(rq, "preannotated_from_fields", &fields);
    o->preannotate = preannotate_fields(rq->a, fields, n, &o->n_preannotate);
    TRY(foreign_read(rq, &run.q));
    TRY(project_check_visible(rq->scope, o->project));
    TRY(sources_read(&run));
    return perform(&run);
}

/* ---------------------------------------------------------------- once more */

err *api_reimport(struct rq *rq)
{
    struct import_run run = {.rq = rq, .started_us = clock_mono_us()};

    run.q = (struct imp_request){.kind = IMP_REIMPORT, .options = {.project = rq_int(rq, "id"), .commit = true}};
    TRY(project_check_visible(rq->scope, run.q.options.project));
    TRY(idlist_read(rq->a, "file_upload_ids", jin_tree(&rq->in, "file_upload_ids"), &run.q.ids));
    run.q.as_rows = jin_bool(&rq->in, "files_as_tasks_list", true);
    if (run.q.ids && strcmp(run.q.ids, "{}") != 0)
        return perform(&run);
    imp_request_write(rs_json_status(rq, 200), &run.q, seconds_of(&run));
    return OK;
}

/* ---------------------------------------------------------------- predictions */

err *api_import_predictions(struct rq *rq)
{
    struct import_run run = {.rq = rq, .started_us = clock_mono_us()};

    run.q = (struct imp_request){.kind = IMP_PREDICTIONS, .options = {.project = rq_int(rq, "id"), .commit = true}};
    TRY(project_check_visible(rq->scope, run.q.options.project));
    TRY(rq_body(rq));
    if (rq->body_is_form)
        return verr_one(rq->a, NULL, "Expected a list of predictions");
    run.q.has_body = true;
    run.q.body = rq->body;
    return perform(&run);
}

/* ---------------------------------------------------------------- remembered ones */

err *api_import_get(struct rq *rq)
{
    return imp_record_write(rq->scope, rs_json(rq), rq_int(rq, "id"), rq_int(rq, "import"), false);
}

err *api_reimport_get(struct rq *rq)
{
    return imp_record_write(rq->scope, rs_json(rq), rq_int(rq, "id"), rq_int(rq, "reimport"), true);
}
