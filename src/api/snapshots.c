/* Handlers of /api/projects/{id}/exports/: snapshots, their files, and their conversion. */
#include "api/handlers.h"

#include <string.h>

#include "core/project.h"
#include "core/scope.h"
#include "export/snapshot.h"
#include "jobs/wait.h"
#include "json/verr.h"
#include "storage/local.h"

static err *answer(struct rq *rq, int64_t id, int status)
{
    struct row r;

    TRY(snapshot_row(rq->scope, rq_int(rq, "id"), id, &r));
    snapshot_write(rs_json_status(rq, status), &r, status == 201);
    return OK;
}

err *api_snapshot_list(struct rq *rq)
{
    struct rows rows;
    struct jw *w;

    TRY(snapshot_rows(rq->scope, rq_int(rq, "id"), &rows));
    w = rs_json(rq);
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        snapshot_write(w, &r, false);
    }
    jw_end(w);
    return OK;
}

struct creation {
    struct rq *rq;
    int64_t id, job;
};

static err *create_tx(struct db *db, void *arg)
{
    struct creation *c = arg;

    (void)db;
    return snapshot_create(c->rq->scope, rq_int(c->rq, "id"), &c->rq->in, NULL, &c->id, &c->job);
}

/* Small ones are written when the answer goes out: clients that expect them finished find them so. */
err *api_snapshot_create(struct rq *rq)
{
    struct creation c = {.rq = rq};

    TRY(tx_run(rq->scope->db, TX_WRITE, create_tx, &c));
    TRY(job_wait(rq->scope->db, c.job, NULL));
    return answer(rq, c.id, 201);
}

err *api_snapshot_get(struct rq *rq)
{
    return answer(rq, rq_int(rq, "export"), 200);
}

err *api_snapshot_delete(struct rq *rq)
{
    TRY(snapshot_delete(rq->scope, rq_int(rq, "id"), rq_int(rq, "export")));
    return rs_no_content(rq);
}

/* ---- other formats ---- */

static err *convert_tx(struct db *db, void *arg)
{
    struct creation *c = arg;

    (void)db;
    return snapshot_convert(c->rq->scope, rq_int(c->rq, "id"), rq_int(c->rq, "export"),
                            jin_text(&c->rq->in, "export_type"), jin_bool(&c->rq->in, "download_resources", true),
                            jin_bool(&c->rq->in, "corrected", false), &c->id, &c->job);
}

err *api_snapshot_convert(struct rq *rq)
{
    struct creation c = {.rq = rq};
    struct jw *w;

    TRY(tx_run(rq->scope->db, TX_WRITE, convert_tx, &c));
    TRY(job_wait(rq->scope->db, c.job, NULL));
    w = rs_json(rq);
    jw_obj(w);
    jw_kstr(w, "export_type", jin_text(&rq->in, "export_type"));
    jw_ki64(w, "converted_format", c.id);
    jw_end(w);
    return OK;
}

/* ---- files ---- */

/* What goes out, and what it is called: the stem is the snapshot's, the extension the format's. */
struct sending {
    struct rq *rq;
    const char *stem;
    bool document; /* no format was asked for */
};

/* The name is said twice: browsers read one, the client library the other. As the reference server has it; what follows the last slash is
 * what clients take. */
static void named(void *to, const char *extension)
{
    const struct sending *send = to;
    struct rq *rq = send->rq;
    const char *name = arena_printf(rq->a, "%s.%s", send->stem, extension);

    if (send->document)
        name = arena_printf(rq->a, "export/%lld/%s", (long long)rq_int(rq, "id"), name);
    rs_type(rq, arena_printf(rq->a, "application/%s", extension));
    rs_header(rq, "Content-Disposition", arena_printf(rq->a, "attachment; filename=\"%s\"", name));
    rs_header(rq, "filename", name);
}

static void put(void *to, const char *p, size_t len)
{
    rs_write(((struct sending *)to)->rq, p, len);
}

static err *flush(void *to)
{
    return rs_flush(((struct sending *)to)->rq);
}

/* Nobody asked for this format before: it is made on the way out, and not kept. */
static err *convert_now(struct sending *send, const struct exp_format *f, const struct snapshot_file *file)
{
    const struct exp_out out = {.put = put, .flush = flush, .to = send, .named = named};
    struct rq *rq = send->rq;
    struct exp_options o = {.project = rq_int(rq, "id"), .all_tasks = true, .local = local_open};

    TRY(rq_query_bool(rq, "download_resources", true, &o.resources));
    TRY(rq_query_bool(rq, "corrected", false, &o.corrected));
    TRY(snapshot_map(rq->a, file->document, &o.snapshot));
    return exp_convert(rq->scope, f, &o, &out);
}

err *api_snapshot_download(struct rq *rq)
{
    const char *type = rq_query(rq, "exportType");
    const struct exp_format *f = exp_format_find(type && *type ? type : "JSON");
    struct snapshot_file file;
    struct sending send = {.rq = rq, .document = !type};

    TRY(project_check_visible(rq->scope, rq_int(rq, "id")));
    if (!f)
        return verr_one(rq->a, "exportType", "%s is not supported export format", type);
    TRY(snapshot_find_file(rq->scope, rq_int(rq, "id"), rq_int(rq, "export"), f->name, &file));
    send.stem = file.stem;
    if (!file.file)
        return convert_now(&send, f, &file);
    named(&send, strrchr(file.file, '.') + 1);
    rs_header(rq, "Cache-Control", "private");
    rs_accel(rq, arena_printf(rq->a, "/_files/%s", file.file));
    return OK;
}
