/* The job "import" does an import that was left to it: in one transaction, as a request would, so it is done once or not at all. Its row of
 * project_import is held for all of it: whoever takes the job over waits for the end, and finds it done or nothing of it there.
 * Payload: {"project": id, "import": id}. */
#include "base/clock.h"
#include "core/auth.h"
#include "import/record.h"
#include "import/record.sql.h"
#include "import/resumable.h"
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
    struct imp_request *q = &i->work.q;
    const char *answer;
    struct row r;

    TRY(db_one(db, SQL_import_record_lock, DB_ARGS(db_i64(i->id)), &r));
    if (row_bool(&r, IMPORT_RECORD_LOCK_FINISHED))
        return OK;
    TRY(job_check(i->j));
    TRY(imp_request_run(&i->scope, q));
    if (q->n_parts && q->options.commit)
        TRY(resumable_take(&i->scope, q->options.project, q->parts, q->n_parts, true));
    return imp_record_end(&i->scope, i->id, q, (double)(clock_mono_us() - i->started_us) / 1e6, &answer);
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

struct failing {
    struct importing *i;
    const err *why;
};

/* Only as long as the job is ours: whoever has taken it over needs the files. */
static err *failed_tx(struct db *db, void *arg)
{
    const struct failing *f = arg;

    TRY(job_beat(f->i->j, NULL, NULL));
    return imp_record_failed(db, f->i->id, f->why);
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
        TRY(tx_run(j->db, TX_WRITE, failed_tx, &(struct failing){&i, e}));
    imp_record_clean(j->a, &i.work);
    return e;
}
