/* The next task out of what a query finds. The rules of the stream without one, with all its sources and cursors, are core/stream.c. */
#include "dm/next.h"

#include <string.h>

#include "dm/dm.sql.h"
#include "dm/run.h"

enum { TRIES = 20 };      /* candidates whose last place others took in between */

/* SELECT t.id FROM … WHERE of unfinished tasks of the query that the caller has not done yet. */
static void open_tasks(struct sqlb *b, const struct scope *s, const struct dm_query *q)
{
    sqlb_lit(b, "SELECT t.id FROM task t CROSS JOIN LATERAL task_places(t.id, t.overlap, t.ground_truth_annotations, t.annotators, ");
    sqlb_param(b, db_i64(q->context->project));
    sqlb_lit(b, "::int4, ");
    sqlb_param(b, db_i64(s->user));
    sqlb_lit(b, "::int4) o WHERE NOT t.is_labeled AND NOT o.mine AND ");
    dm_where(b, q);
}

/* *task is 0 when there is none. */
static err *first_of(struct scope *s, struct sqlb *b, int64_t *task)
{
    struct rows rows;
    struct row r;

    *task = 0;
    TRY(dm_run(s, b, &rows));
    if (rows.n == 0)
        return OK;
    r = rows_at(&rows, 0);
    *task = row_i64(&r, 0);
    return OK;
}

static err *find(struct scope *s, const struct dm_query *q, bool unoccupied, const char *sampling, int64_t *task)
{
    struct sqlb b;

    sqlb_init(&b, s->a);
    open_tasks(&b, s, q);
    if (unoccupied)
        sqlb_lit(&b, " AND NOT o.occupied");
    sqlb_lit(&b, " ORDER BY ");
    if (sampling && strcmp(sampling, "Sequential sampling") != 0)
        sqlb_lit(&b, "random()");
    else
        dm_order(&b, q);
    sqlb_lit(&b, " LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED");
    return first_of(s, &b, task);
}

/* A task of the query that the caller has a lock on. */
static err *find_held(struct scope *s, const struct dm_query *q, int64_t *task)
{
    struct sqlb b;

    sqlb_init(&b, s->a);
    open_tasks(&b, s, q);
    sqlb_lit(&b, " AND EXISTS (SELECT FROM task_lock l WHERE l.task_id = t.id AND l.user_id = ");
    sqlb_param(&b, db_i64(s->user));
    sqlb_lit(&b, "::int4 AND l.expires_at > now()) ORDER BY ");
    dm_order(&b, q);
    sqlb_lit(&b, " LIMIT 1");
    return first_of(s, &b, task);
}

err *dm_next_of_query(struct scope *s, const struct dm_query *q, struct stream_task *out)
{
    int64_t task;

    TRY(find(s, q, true, NULL, &task));
    if (!task)
        TRY(find(s, q, false, NULL, &task));
    return task ? stream_give(s, q->context->project, task, "Data manager queue", out) : stream_none(s);
}

err *dm_next_of_view(struct scope *s, const struct dm_query *q, struct stream_task *out)
{
    int64_t task;
    struct row r;
    const char *sampling;

    TRY(find_held(s, q, &task));
    if (task)
        return stream_give(s, q->context->project, task, "Task lock", out);
    TRY(db_one(s->db, SQL_dm_sampling, DB_ARGS(db_i64(q->context->project)), &r));
    sampling = row_text(&r, DM_SAMPLING_SAMPLING);
    for (int i = 0; i < TRIES; i++) {
        TRY(find(s, q, true, sampling, &task));
        if (!task)
            return stream_none(s);
        TRY(stream_give(s, q->context->project, task, row_text(&r, DM_SAMPLING_QUEUE), out));
        if (out->lock)
            return OK;
    }
    return stream_none(s);
}
