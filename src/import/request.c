/* Doing an import, and its answer. Where it comes from (a request, a job) is not known here. */
#include "import/request.h"

#include <stdio.h>
#include <string.h>

#include "core/event.h"
#include "import/adopt.h"
#include "import/file.h"
#include "import/predictions.h"

/* ---- doing it ---- */

static err *refused(void *to, const char *file, int64_t row, const char *why)
{
    struct imp_request *q = to;

    report_add(q->report, file, row, NULL, why);
    return OK;
}

static err *tasks_run(struct scope *s, struct imp_request *q)
{
    struct imp_options o = q->options;
    struct importer *im;
    bool done = false;

    q->n_uploads = 0;
    if (q->foreign.format)
        TRY(adopt_run(s, q, &done));
    if (done)
        return OK;
    if (q->skip) {
        q->report = report_new(s->a, true);
        o.refused = refused;
        o.refused_to = q;
    }
    TRY(imp_begin(s, &o, &im));
    if (q->has_body)
        TRY(imp_json(im, q->body, 0));
    for (size_t i = 0; i < q->n_sources; i++) {
        const struct imp_source *f = &q->sources[i];
        TRY(imp_file(s, im, q->options.project, f->name, f->path, f->size_bytes, &q->uploads[i]));
        q->n_uploads++;
    }
    return imp_end(im, &q->result);
}

static err *reimport_run(struct scope *s, struct imp_request *q)
{
    struct importer *im;

    TRY(imp_begin(s, &q->options, &im));
    TRY(upload_open(s, q->options.project, q->ids, &q->uploads, &q->n_uploads));
    if (q->n_uploads == 0)
        return OK;
    TRY(upload_tasks_delete(s, q->options.project, q->ids));
    for (size_t i = 0; i < q->n_uploads; i++)
        TRY(imp_kept(s, im, &q->uploads[i], q->as_rows));
    return imp_end(im, &q->result);
}

static err *run(struct scope *s, struct imp_request *q)
{
    switch (q->kind) {
    case IMP_REIMPORT:
        return reimport_run(s, q);
    case IMP_PREDICTIONS:
        return imp_predictions(s, &q->options, q->body, &q->created);
    default:
        q->uploads = arena_array(s->a, q->n_sources + 1, sizeof *q->uploads);
        return tasks_run(s, q);
    }
}

/* For webhooks: what was imported, in numbers. */
static err *announce(struct scope *s, const struct imp_request *q)
{
    static const char *const kinds[] = {"import", "reimport", "predictions"};

    if (!s->hooks || !q->options.commit)
        return OK;
    return event_object(s, "IMPORT_COMPLETED", q->options.project,
                        arena_printf(s->a,
                                     "{\"import\":{\"kind\":\"%s\",\"task_count\":%lld,\"annotation_count\":%lld,"
                                     "\"prediction_count\":%lld}}",
                                     kinds[q->kind], (long long)q->result.tasks, (long long)q->result.annotations,
                                     (long long)(q->kind == IMP_PREDICTIONS ? q->created : q->result.predictions)));
}

err *imp_request_run(struct scope *s, struct imp_request *q)
{
    TRY(run(s, q));
    return announce(s, q);
}

/* ---- the answer ---- */

static void counts_write(struct jw *w, const struct imp_request *q)
{
    jw_ki64(w, "task_count", q->result.tasks);
    if (q->options.commit) {
        jw_ki64(w, "annotation_count", q->result.annotations);
        jw_ki64(w, "prediction_count", q->result.predictions);
    } else {
        jw_knull(w, "annotation_count");
        jw_knull(w, "prediction_count");
    }
}

/* {".json": 1} for files. */
static void formats_write(struct jw *w, const struct imp_request *q)
{
    jw_obj(w);
    for (size_t i = 0; i < q->n_uploads; i++) {
        char key[64];
        int64_t n = 0;
        bool first = true;
        for (size_t j = 0; j < q->n_uploads; j++) {
            bool same = strcmp(q->uploads[i].extension, q->uploads[j].extension) == 0;
            n += same;
            first = first && (!same || j >= i);
        }
        snprintf(key, sizeof key, ".%s", q->uploads[i].extension);
        if (first)
            jw_ki64(w, key, n);
    }
    jw_end(w);
}

static bool could_be_tasks_list(const struct imp_request *q)
{
    for (size_t i = 0; i < q->n_uploads; i++)
        if (imp_is_rows(q->uploads[i].extension))
            return true;
    return false;
}

static void columns_write(struct jw *w, const struct imp_request *q)
{
    jw_key(w, "data_columns");
    jw_arr(w);
    for (size_t i = 0; i < q->result.n_columns; i++)
        jw_str(w, q->result.columns[i]);
    jw_end(w);
}

static void task_ids_write(struct jw *w, const struct imp_request *q)
{
    jw_key(w, "task_ids");
    jw_arr(w);
    for (size_t i = 0; i < q->result.n_runs; i++)
        for (int64_t id = 0; id < q->result.runs[i].n; id++)
            jw_i64(w, q->result.runs[i].first + id);
    jw_end(w);
}

static void tasks_write(struct jw *w, const struct imp_request *q)
{
    jw_key(w, "file_upload_ids");
    jw_arr(w);
    for (size_t i = 0; i < q->n_uploads; i++)
        jw_i64(w, q->uploads[i].id);
    jw_end(w);
    jw_kbool(w, "could_be_tasks_list", could_be_tasks_list(q));
    jw_key(w, "found_formats");
    if (q->n_uploads)
        formats_write(w, q);
    else
        jw_raw(w, "[]"); /* a JSON body, as clients of the reference server see it */
    columns_write(w, q);
    if (q->options.return_ids && q->options.commit)
        task_ids_write(w, q);
    if (q->found) {
        jw_key(w, "recognised");
        adopt_write(w, q);
    }
    if (q->skip && q->report) {
        jw_key(w, "skipped");
        report_write(w, q->report);
    }
}

/* "{1,2}" as it came. */
static void reimport_write(struct jw *w, const struct imp_request *q)
{
    jw_key(w, "file_upload_ids");
    jw_arr(w);
    for (const char *p = q->ids ? q->ids + 1 : ""; *p && *p != '}'; p += strcspn(p, ",}") + (p[strcspn(p, ",}")] == ','))
        jw_rawn(w, p, strcspn(p, ",}"));
    jw_end(w);
    jw_key(w, "found_formats");
    formats_write(w, q);
    columns_write(w, q);
}

void imp_request_write(struct jw *w, const struct imp_request *q, double duration_s)
{
    jw_obj(w);
    if (q->kind == IMP_PREDICTIONS) {
        jw_ki64(w, "created", q->created);
    } else {
        counts_write(w, q);
        jw_kf64(w, "duration", duration_s);
        if (q->kind == IMP_REIMPORT)
            reimport_write(w, q);
        else
            tasks_write(w, q);
    }
    jw_end(w);
}
