/* The job "import" does an import that was left to it: in one transaction, as a request would, so it is done once or not at all.
 * Payload: {"project": id, "import": id}. */
#include "base/clock.h"
#include "core/auth.h"
#include "import/record.h"
#include "import/record.sql.h"
#include "jobs/aside.h"

struct importing {
    struct job *j;
    struct job_aside aside;
    struct scope scope;
    struct imp_work work;
    int64_t id, started_us;
};

static err *progress(void *to, int64_t tasks)
{
    struct importing *i = to;

    return job_aside_beat(&i->aside, tasks);
}

static err *import_tx(struct db *db, void *arg)
{
    struct importing *i = arg;
    const char *answer;
    struct row r;

    TRY(db_one(db, SQL_import_record_lock, DB_ARGS(db_i64(i->id)), &r));
    if (row_bool(&r, IMPORT_RECORD_LOCK_FINISHED))
        return OK;
    TRY(imp_request_run(&i->scope, &i->work.q));
    return imp_record_end(&i->scope, i->id, &i->work.q, (double)(clock_mono_us() - i->started_us) / 1e6, &answer);
}

/* What the client would have been told at once. */
static bool is_refusal(const err *e)
{
    return e->kind == ERR_VALIDATION || e->kind == ERR_PARSE || e->kind == ERR_NOT_FOUND || e->kind == ERR_PERMISSION ||
           e->kind == ERR_TOO_LARGE || e->kind == ERR_UNPROCESSABLE;
}

static err *run(struct importing *i)
{
    struct job *j = i->j;

    auth_nobody(&i->scope, j->a, j->db);
    TRY(auth_as_member(&i->scope, i->work.by, i->work.organization));
    TRY(imp_record_open(j->a, &i->work));
    TRY(job_aside_open(j, 0, &i->aside));
    TRY(job_aside_beat(&i->aside, 0));
    i->work.q.options.progress = progress;
    i->work.q.options.progress_to = i;
    return tx_run(j->db, TX_WRITE, import_tx, i);
}

err *job_import(struct job *j)
{
    struct importing i = {.j = j, .started_us = clock_mono_us()};
    err *e;

    if (!job_number(j, j->payload, "import", &i.id))
        return err_new(j->a, ERR_BAD_REQUEST, "No import in the payload");
    TRY(imp_record_work(j->a, j->db, i.id, &i.work));
    if (i.work.done)
        return OK;
    e = run(&i);
    if (e && !is_refusal(e))
        return e;
    if (e)
        TRY(imp_record_failed(j->db, i.id, e));
    imp_record_clean(j->a, &i.work);
    return e;
}
