/* The job "ml_predict": predictions of the tasks of a project, or of some, that have none of the backend's version, in batches.
 * Payload: {"backend": id, "project": id, "batch": tasks per request, "by": user, "tasks": [id], absent = all}. A backend that fails is tried again with the job. */
#include "core/scope.h"
#include "jobs/job.h"
#include "jobs/ml_predict.sql.h"
#include "json/jin.h"
#include "ml/predict.h"

struct predicting {
    struct job *j;
    struct ml_backend b;
    const json_t *tasks;        /* NULL = all */
    int64_t after;              /* inner_id; of given tasks: how many of them are done */
    int64_t batch, done;
};

static err *noted(struct db *db, void *arg)
{
    struct predicting *p = arg;
    struct arena *a = p->j->a;

    (void)db;
    return job_beat(p->j, arena_printf(a, "{\"after\":%lld,\"done\":%lld}", (long long)p->after, (long long)p->done),
                    arena_printf(a, "{\"tasks\":%lld}", (long long)p->done));
}

static err *given_next(struct scope *s, struct predicting *p, int64_t **ids, size_t *n)
{
    *ids = arena_array(s->a, (size_t)p->batch, sizeof **ids);
    for (*n = 0; *n < (size_t)p->batch && (size_t)p->after < json_array_size(p->tasks); (*n)++)
        (*ids)[*n] = json_integer_value(json_array_get(p->tasks, (size_t)p->after++));
    return OK;
}

static err *tasks_next(struct scope *s, struct predicting *p, int64_t **ids, size_t *n)
{
    struct rows rows;

    if (p->tasks)
        return given_next(s, p, ids, n);
    TRY(db_many(s->db, SQL_ml_predict_batch, DB_ARGS(db_i64(p->b.project), db_i64(p->after), db_i64(p->batch)), &rows));
    *n = (size_t)rows.n;
    *ids = arena_array(s->a, *n + 1, sizeof **ids);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        (*ids)[i] = row_i64(&r, ML_PREDICT_BATCH_ID);
        p->after = row_i64(&r, ML_PREDICT_BATCH_INNER_ID);
    }
    return OK;
}

/* *more false: no task is left. */
static err *batch_predict(struct scope *s, struct predicting *p, bool *more)
{
    const char *problem;
    int64_t *ids, stored;
    size_t n;

    TRY(tasks_next(s, p, &ids, &n));
    *more = n > 0;
    if (!*more)
        return OK;
    TRY(ml_predict(s, &p->b, ids, n, false, 0, &stored, &problem));
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
    json_t *payload;
    int64_t id;
    bool more;
    err *e;

    if (!job_number(j, j->payload, "backend", &id) || !job_number(j, j->payload, "batch", &p.batch) || !job_number(j, j->payload, "by", &s.user))
        return err_new(j->a, ERR_BAD_REQUEST, "No backend, batch or user in the payload");
    TRY(jin_parse(j->a, (struct span){j->payload, strlen(j->payload)}, 4, &payload));
    p.tasks = json_object_get(payload, "tasks");
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
