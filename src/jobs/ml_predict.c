/* The job "ml_predict": predictions of all tasks of a project that have none of the backend's version, in batches by inner_id.
 * Payload: {"backend": id, "project": id, "batch": tasks per request, "by": user}. A backend that fails is tried again with the job. */
#include "core/scope.h"
#include "jobs/job.h"
#include "jobs/ml_predict.sql.h"
#include "ml/predict.h"

struct predicting {
    struct job *j;
    struct ml_backend b;
    int64_t after, batch, done;
};

static err *noted(struct db *db, void *arg)
{
    struct predicting *p = arg;
    struct arena *a = p->j->a;

    (void)db;
    return job_beat(p->j, arena_printf(a, "{\"after\":%lld,\"done\":%lld}", (long long)p->after, (long long)p->done),
                    arena_printf(a, "{\"tasks\":%lld}", (long long)p->done));
}

/* *more false: no task is left. */
static err *batch_predict(struct scope *s, struct predicting *p, bool *more)
{
    const char *problem;
    struct rows rows;
    int64_t *ids, stored;

    TRY(db_many(s->db, SQL_ml_predict_batch, DB_ARGS(db_i64(p->b.project), db_i64(p->after), db_i64(p->batch)), &rows));
    *more = rows.n > 0;
    if (!*more)
        return OK;
    ids = arena_array(s->a, (size_t)rows.n, sizeof *ids);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        ids[i] = row_i64(&r, ML_PREDICT_BATCH_ID);
        p->after = row_i64(&r, ML_PREDICT_BATCH_INNER_ID);
    }
    TRY(ml_predict(s, &p->b, ids, (size_t)rows.n, false, 0, &stored, &problem));
    if (problem)
        return err_new(s->a, ERR_UPSTREAM, "%s", problem);
    p->done += stored;
    return tx_run(s->db, TX_WRITE, noted, p);
}

err *job_ml_predict(struct job *j)
{
    struct scope s = {.a = j->a, .db = j->db, .organization = j->organization, .role = "OW", .permissions = UINT64_MAX};
    struct predicting p = {.j = j};
    struct arena_mark m;
    int64_t id;
    bool more;
    err *e;

    if (!job_number(j, j->payload, "backend", &id) || !job_number(j, j->payload, "batch", &p.batch) || !job_number(j, j->payload, "by", &s.user))
        return err_new(j->a, ERR_BAD_REQUEST, "No backend, batch or user in the payload");
    if (j->checkpoint)
        (void)(job_number(j, j->checkpoint, "after", &p.after) && job_number(j, j->checkpoint, "done", &p.done));
    e = ml_read(&s, id, &p.b);
    if (e)
        return e->kind == ERR_NOT_FOUND ? OK : e;
    m = arena_mark(j->a);
    do {
        TRY(batch_predict(&s, &p, &more));
        arena_rewind(j->a, m);
        TRY(job_go_on(j));
    } while (more);
    return OK;
}
