/* The jobs "export" and "export_convert" write files of snapshots. Payload: {"project": id, "export": id} or {"project": id,
 * "converted": id, "resources": 0 or 1, "corrected": 0 or 1}.
 *
 * A file is written in one go, from one picture of the database; a runner that dies leaves nothing that counts, and the next one begins
 * again. The picture's transaction is all that the job's connection does meanwhile, so heartbeats and progress go over a second one. */
#include "base/cfg.h"
#include "base/text.h"
#include "core/auth.h"
#include "core/event.h"
#include "core/scope.h"
#include "export/choice.h"
#include "export/outfile.h"
#include "export/snapshot.h"
#include "export/snapshot.sql.h"
#include "jobs/aside.h"
#include "storage/local.h"

#include <time.h>
#include <unistd.h>

struct writing {
    struct job *j;
    struct job_aside aside;
    int64_t row;                 /* project_export.id or converted_export.id */
    int64_t project;
    struct scope scope;
    const struct exp_format *format;
    struct exp_options options;
    struct outfile *file;
    const char *extension;
    const char *name, *md5;      /* name: "export/8/0a1b2c3d4e5f.project-8-at-….json" */
    int64_t size_bytes, tasks, total;
    int64_t known;               /* rows that still wait for the file */
};

/* ---- writing ---- */

static void put(void *to, const char *p, size_t len)
{
    struct writing *w = to;

    outfile_put(w->file, p, len);
}

static err *flush(void *to)
{
    struct writing *w = to;

    TRY(job_aside_beat(&w->aside, w->tasks));
    return outfile_flush(w->file);
}

static void named(void *to, const char *extension)
{
    ((struct writing *)to)->extension = extension;
}

static err *write_tx(struct db *db, void *arg)
{
    struct writing *w = arg;
    const struct exp_out out = {.put = put, .flush = flush, .beat = flush, .to = w, .named = named, .tasks = &w->tasks};

    (void)db;
    return exp_write(&w->scope, w->format, &w->options, &out);
}

/* ---- a file and its row ---- */

static err *scope_of(struct writing *w, const struct row *r, int by, int organization)
{
    auth_nobody(&w->scope, w->j->a, w->j->db);
    if (row_null(r, by))
        return err_new(w->j->a, ERR_PERMISSION, "The account that asked for this export is gone.");
    return auth_as_member(&w->scope, row_i64(r, by), row_i64(r, organization));
}

static const char *stem_of(const struct writing *w)
{
    time_t now = time(NULL);
    struct tm tm;
    char when[32];

    gmtime_r(&now, &tm);
    strftime(when, sizeof when, "%Y-%m-%d-%H-%M", &tm);
    return arena_printf(w->j->a, "project-%lld-at-%s-%.8s", (long long)w->project, when, w->md5);
}

/* Files of the same minute and content still have names of their own: something random stands before the stem that clients see. */
static err *write_file(struct writing *w, const char *stem)
{
    struct arena *a = w->j->a;

    TRY(job_aside_open(w->j, w->total, &w->aside));
    TRY(outfile_open(a, w->project, &w->file));
    TRY(tx_run(w->j->db, TX_SNAPSHOT, write_tx, w));
    TRY(outfile_end(w->file, &w->md5, &w->size_bytes));
    w->name = arena_printf(a, "export/%lld/%s.%s.%s", (long long)w->project, hex_random(a, 6), stem ? stem : stem_of(w),
                           w->extension);
    return outfile_keep(w->file, w->name);
}

static void forget_file(const struct writing *w)
{
    unlink(arena_printf(w->j->a, "%s/%s", cfg.data_dir, w->name));
}

static err *snapshot_tx(struct db *db, void *arg)
{
    struct writing *w = arg;

    TRY(db_exec(db, SQL_snapshot_written, DB_ARGS(db_i64(w->row), db_text(w->name), db_i64(w->size_bytes), db_text(w->md5),
                                                  db_i64(w->tasks)), &w->known));
    if (w->known > 0)
        TRY(event_object(&w->scope, "EXPORT_COMPLETED", w->project,
                         arena_printf(w->j->a, "{\"export\":{\"id\":%lld,\"status\":\"completed\",\"task_number\":%lld,\"md5\":\"%s\"}}",
                                      (long long)w->row, (long long)w->tasks, w->md5)));
    return job_beat(w->j, NULL, NULL);
}

static err *convert_tx(struct db *db, void *arg)
{
    struct writing *w = arg;

    TRY(db_exec(db, SQL_snapshot_was_converted, DB_ARGS(db_i64(w->row), db_text(w->name), db_i64(w->size_bytes)), &w->known));
    return job_beat(w->j, NULL, NULL);
}

/* Somebody may have removed the snapshot meanwhile. */
static err *note_file(struct writing *w, tx_fn *fn)
{
    TRY(tx_run(w->j->db, TX_WRITE, fn, w));
    if (w->known == 0)
        forget_file(w);
    return OK;
}

/* ---- the jobs ---- */

static err *numbers(struct writing *w, const char *key)
{
    if (job_number(w->j, w->j->payload, "project", &w->project) && job_number(w->j, w->j->payload, key, &w->row))
        return OK;
    return err_new(w->j->a, ERR_BAD_REQUEST, "No project or %s in the payload", key);
}

err *job_export(struct job *j)
{
    struct writing w = {.j = j};
    struct exp_choice c;
    struct row r;
    bool there;

    TRY(numbers(&w, "export"));
    TRY(db_opt(j->db, SQL_snapshot_to_write, DB_ARGS(db_i64(w.row)), &r, &there));
    if (!there || row_bool(&r, SNAPSHOT_TO_WRITE_FINISHED))
        return OK;
    TRY(scope_of(&w, &r, SNAPSHOT_TO_WRITE_CREATED_BY, SNAPSHOT_TO_WRITE_ORGANIZATION));
    TRY(exp_choice_read(j->a, row_json(&r, SNAPSHOT_TO_WRITE_TASK_FILTER_OPTIONS),
                        row_json(&r, SNAPSHOT_TO_WRITE_ANNOTATION_FILTER_OPTIONS),
                        row_json(&r, SNAPSHOT_TO_WRITE_SERIALIZATION_OPTIONS), &c));
    TRY(exp_choice_open(&w.scope, w.project, row_json(&r, SNAPSHOT_TO_WRITE_QUERY), &c));
    w.total = row_i64(&r, SNAPSHOT_TO_WRITE_TOTAL);
    w.format = exp_format_find("JSON");
    w.options = (struct exp_options){.project = w.project, .all_tasks = true, .frames = c.frames, .choice = &c};
    TRY(write_file(&w, NULL));
    return note_file(&w, snapshot_tx);
}

static bool is_set(struct job *j, const char *key)
{
    int64_t v;

    return job_number(j, j->payload, key, &v) && v != 0;
}

err *job_export_convert(struct job *j)
{
    struct writing w = {.j = j};
    struct row r;
    bool there;

    TRY(numbers(&w, "converted"));
    TRY(db_opt(j->db, SQL_snapshot_to_convert, DB_ARGS(db_i64(w.row)), &r, &there));
    if (!there || row_bool(&r, SNAPSHOT_TO_CONVERT_FINISHED))
        return OK;
    TRY(scope_of(&w, &r, SNAPSHOT_TO_CONVERT_CREATED_BY, SNAPSHOT_TO_CONVERT_ORGANIZATION));
    w.format = exp_format_find(row_text(&r, SNAPSHOT_TO_CONVERT_EXPORT_TYPE));
    if (!w.format)
        return err_new(j->a, ERR_VALIDATION, "No such format");
    w.options = (struct exp_options){.project = w.project, .all_tasks = true, .own_files = true, .local = local_open, .resources = is_set(j, "resources"),
                                     .corrected = is_set(j, "corrected")};
    TRY(snapshot_map(j->a, row_text(&r, SNAPSHOT_TO_CONVERT_FILE), &w.options.snapshot));
    TRY(write_file(&w, snapshot_stem(j->a, row_text(&r, SNAPSHOT_TO_CONVERT_FILE))));
    return note_file(&w, convert_tx);
}
