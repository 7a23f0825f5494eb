/* The next task out of what a query finds. The rules of the stream without one, with all its sources and cursors, are core/stream.c. */
#include "dm/next.h"

#include <string.h>

#include "core/review_stream.h"
#include "dm/dm.sql.h"
#include "dm/list.h"
#include "dm/run.h"

enum {
    TRIES = 20,           /* candidates whose last place others took in between */
    CANDIDATES = 100,     /* looked for at once */
};

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

struct wish {
    const struct dm_query *q;
    bool unoccupied, at_random;
};

static void wished_tasks(struct sqlb *b, const struct scope *s, const struct wish *w)
{
    open_tasks(b, s, w->q);
    if (w->unoccupied)
        sqlb_lit(b, " AND NOT o.occupied");
}

static void wished_order(struct sqlb *b, const struct wish *w)
{
    sqlb_lit(b, " ORDER BY ");
    if (w->at_random)
        sqlb_lit(b, "random()");
    else
        dm_order(b, w->q);
}

/* The first that nobody has locked; of `ids` only, if there are any. */
static err *lock_first(struct scope *s, const struct wish *w, const int64_t *ids, size_t n, int64_t *task)
{
    struct sqlb b;

    sqlb_init(&b, s->a);
    wished_tasks(&b, s, w);
    if (n > 0) {
        sqlb_lit(&b, " AND t.id = ANY (");
        sqlb_param(&b, db_i64s(s->a, ids, n));
        sqlb_lit(&b, "::int4[])");
    }
    wished_order(&b, w);
    sqlb_lit(&b, " LIMIT 1 FOR NO KEY UPDATE OF t SKIP LOCKED");
    return first_of(s, &b, task);
}

/* Whoever locks rows must sort all of them, and alone: the top of an order is found without. Whether others occupy a task takes a look
 * beside it, and is asked of these only. */
static err *candidates(struct scope *s, const struct wish *w, int64_t *ids, size_t *n)
{
    struct sqlb b;
    struct rows rows;

    sqlb_init(&b, s->a);
    sqlb_lit(&b, "SELECT t.id FROM task t WHERE NOT t.is_labeled AND ");
    sqlb_param(&b, db_i64(s->user));
    sqlb_lit(&b, "::int4 <> ALL (t.annotators) AND ");
    dm_where(&b, w->q);
    wished_order(&b, w);
    sqlb_lit(&b, " LIMIT ");
    sqlb_param(&b, db_i64(CANDIDATES));
    sqlb_lit(&b, "::int8");
    TRY(dm_run(s, &b, &rows));
    for (*n = 0; *n < (size_t)rows.n; (*n)++) {
        struct row r = rows_at(&rows, (int)*n);
        ids[*n] = row_i64(&r, 0);
    }
    return OK;
}

/* By id the index gives tasks in order, and the first that can be locked is soon found. */
static err *find(struct scope *s, const struct wish *w, int64_t *task)
{
    int64_t ids[CANDIDATES];
    size_t n;

    *task = 0;
    if (!w->at_random && dm_by_id(w->q))
        return lock_first(s, w, NULL, 0, task);
    TRY(candidates(s, w, ids, &n));
    if (n > 0)
        TRY(lock_first(s, w, ids, n, task));
    return *task || n < CANDIDATES ? OK : lock_first(s, w, NULL, 0, task);
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

    TRY(find(s, &(struct wish){.q = q, .unoccupied = true}, &task));
    if (!task)
        TRY(find(s, &(struct wish){.q = q}, &task));
    return task ? stream_give(s, q->context->project, task, "Data manager queue", out) : stream_none(s);
}

err *dm_next_of_view(struct scope *s, const struct dm_query *q, struct stream_task *out)
{
    int64_t task;
    struct wish wish = {.q = q, .unoccupied = true};
    struct row r;
    const char *sampling;

    TRY(find_held(s, q, &task));
    if (task)
        return stream_give(s, q->context->project, task, "Task lock", out);
    TRY(db_one(s->db, SQL_dm_sampling, DB_ARGS(db_i64(q->context->project)), &r));
    sampling = row_text(&r, DM_SAMPLING_SAMPLING);
    wish.at_random = strcmp(sampling, "Sequential sampling") != 0;
    for (int i = 0; i < TRIES; i++) {
        TRY(find(s, &wish, &task));
        if (!task)
            return stream_none(s);
        TRY(stream_give(s, q->context->project, task, row_text(&r, DM_SAMPLING_QUEUE), out));
        if (out->lock)
            return OK;
    }
    return stream_none(s);
}

/* ---------------------------------------------------------------- to review */

/* Tasks that have something for this reviewer; own: also what they annotated themselves. */
static void waiting_tasks(struct sqlb *b, const struct scope *s, bool own)
{
    sqlb_lit(b, "SELECT t.id FROM task t WHERE t.total_annotations > t.reviewed_annotations AND ");
    if (own)
        return;
    sqlb_lit(b, "review_waits(t.id, ");
    sqlb_param(b, db_i64(s->user));
    sqlb_lit(b, "::int4, false) AND ");
}

/* The same where they are in a queue. A task may be there twice. */
static void queued_tasks(struct sqlb *b, const struct scope *s, const struct dm_query *q, bool own)
{
    sqlb_lit(b, "SELECT t.id FROM review_queue r JOIN task t ON t.id = r.task_id WHERE r.project_id = ");
    sqlb_param(b, db_i64(q->context->project));
    sqlb_lit(b, "::int4 AND ");
    if (own)
        return;
    sqlb_lit(b, "r.author <> ");
    sqlb_param(b, db_i64(s->user));
    sqlb_lit(b, "::int4 AND ");
}

/* The order by id is that of the queue, too, and its index gives it. */
static void waiting_order(struct sqlb *b, const struct dm_query *q)
{
    sqlb_lit(b, " ORDER BY ");
    if (!q->context->review_queue || !dm_by_id(q))
        dm_order(b, q);
    else
        sqlb_add_literal(b, q->descending ? "r.inner_id DESC" : "r.inner_id");
}

/* The first in order. */
static err *find_to_review(struct scope *s, const struct dm_query *q, int64_t *task)
{
    bool own = strcmp(s->role, "RE") != 0;
    struct sqlb b;

    sqlb_init(&b, s->a);
    if (q->context->review_queue)
        queued_tasks(&b, s, q, own);
    else
        waiting_tasks(&b, s, own);
    dm_where(&b, q);
    sqlb_lit(&b, " AND NOT EXISTS (SELECT FROM review_lock l WHERE l.task_id = t.id AND l.expires_at > now() AND l.user_id <> ");
    sqlb_param(&b, db_i64(s->user));
    sqlb_lit(&b, "::int4)");
    waiting_order(&b, q);
    sqlb_lit(&b, " LIMIT 1");
    return first_of(s, &b, task);
}

struct review_search {
    struct scope *s;
    const struct dm_query *q;
    struct stream_task *out;
};

static err *review_tx(struct db *db, void *arg)
{
    struct review_search *r = arg;
    int64_t task;

    (void)db;
    TRY(find_to_review(r->s, r->q, &task));
    return task ? review_give(r->s, r->q->context->project, task, r->out) : stream_none(r->s);
}

err *dm_next_review(struct scope *s, int64_t project, const json_t *query, struct stream_task *out)
{
    struct dm_context context;
    struct dm_query q;

    if (!query)
        return review_next(s, project, out);
    TRY(review_check(s, project));
    TRY(dm_context_read(s, project, &context));
    TRY(dm_compile(s->a, &context, query, &q));
    return tx_run(s->db, TX_WRITE, review_tx, &(struct review_search){s, &q, out});
}
