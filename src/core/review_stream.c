/* The stream of reviews. A reviewer goes on where they reviewed last, and once round. In big projects what waits for a review is found in a
 * queue (sql/README), which a job makes when somebody first asks what to review there; until then, and in small ones, the tasks are looked
 * through. */
#include "core/review_stream.h"

#include <string.h>

#include <sodium.h>

#include "base/cfg.h"
#include "core/pause.h"
#include "core/project.h"
#include "core/review.sql.h"
#include "db/queue.h"

enum { IN_HAND_S = 3600 };      /* after that another reviewer may get the task */

struct search {
    struct scope *s;
    int64_t project;
    struct row settings;
    struct stream_task *out;
};

err *review_check(struct scope *s, int64_t project)
{
    TRY(project_check_visible(s, project));
    TRY(scope_need(s, PERM_ANNOTATIONS_REVIEW));
    return pause_check(s, project);
}

static bool is_reviewer(const struct scope *s)
{
    return strcmp(s->role, "RE") == 0;
}

_Static_assert((int)REVIEW_AHEAD_TASK == (int)REVIEW_QUEUED_TASK, "column lists differ");

/* How one kind of stream is read: without a queue, and from it. */
struct way {
    const struct sql_query *walk, *queued;
};

static err *ask(const struct search *q, const struct sql_query *query, int64_t from, struct row *r, bool *found)
{
    return db_opt(q->s->db, query,
                  DB_ARGS(db_i64(q->project), db_i64(q->s->user), db_i64(from), db_bool(row_bool(&q->settings, REVIEW_STREAM_ONLY_FINISHED)),
                          db_bool(row_bool(&q->settings, REVIEW_STREAM_ONE_ACCEPTS)), db_bool(!is_reviewer(q->s))), r, found);
}

/* The queue is believed, but where all of the first that wait are just being changed: then the tasks are looked through after all. */
static err *pick(const struct search *q, struct way way, int64_t from, int64_t *task)
{
    struct row r;
    bool found;

    *task = 0;
    if (row_bool(&q->settings, REVIEW_STREAM_QUEUED)) {
        TRY(ask(q, way.queued, from, &r, &found));
        if (!row_null(&r, REVIEW_QUEUED_TASK))
            *task = row_i64(&r, REVIEW_QUEUED_TASK);
        if (*task || !row_bool(&r, REVIEW_QUEUED_WAITING))
            return OK;
    }
    TRY(ask(q, way.walk, from, &r, &found));
    *task = found ? row_i64(&r, REVIEW_AHEAD_TASK) : 0;
    return OK;
}

/* Where the round begins: after what was reviewed last, or anywhere. */
static int64_t first_of_round(const struct search *q)
{
    int64_t all = row_i64(&q->settings, REVIEW_STREAM_NEXT_INNER_ID);

    if (strcmp(row_text(&q->settings, REVIEW_STREAM_SAMPLING), "random") == 0)
        return all > 0 ? (int64_t)randombytes_uniform((uint32_t)all) : 0;
    return row_i64(&q->settings, REVIEW_STREAM_FROM_INNER_ID);
}

static err *choose(const struct search *q, int64_t *task)
{
    bool assigned = is_reviewer(q->s) && row_bool(&q->settings, REVIEW_STREAM_ONLY_ASSIGNED);
    bool others = is_reviewer(q->s) && row_bool(&q->settings, REVIEW_STREAM_OWN_WAITS);
    struct way way = {SQL_review_ahead, others ? SQL_review_queued_others : SQL_review_queued};
    int64_t from = first_of_round(q);

    if (assigned)
        way = (struct way){SQL_review_assigned, SQL_review_queued_assigned};
    else if (strcmp(row_text(&q->settings, REVIEW_STREAM_SAMPLING), "by_annotator") == 0)
        return pick(q, (struct way){SQL_review_by_author, SQL_review_queued_author}, row_i64(&q->settings, REVIEW_STREAM_LAST_AUTHOR), task);
    TRY(pick(q, way, from, task));
    return *task || from == 0 ? OK : pick(q, way, 0, task);
}

static err *settings_read(struct search *q)
{
    return db_one(q->s->db, SQL_review_stream, DB_ARGS(SCOPE_ARGS(q->s), db_i64(q->project)), &q->settings);
}

/* Somebody reviews here: from now on what waits is kept at hand. */
static err *queue_want(const struct search *q)
{
    struct arena *a = q->s->a;
    struct row r;

    if (row_bool(&q->settings, REVIEW_STREAM_QUEUED))
        return OK;
    TRY(db_one(q->s->db, SQL_review_queue_wanted, DB_ARGS(db_i64(q->project), db_i64(cfg.review_queue_tasks)), &r));
    if (!row_bool(&r, REVIEW_QUEUE_WANTED_WANTED))
        return OK;
    return queue_add(q->s->db, "review_queue", q->s->organization, arena_printf(a, "{\"project\":%lld}", (long long)q->project),
                     arena_printf(a, "%lld", (long long)q->project), NULL);
}

static err *take(struct search *q, int64_t task)
{
    *q->out = (struct stream_task){.task = task, .queue = "Review queue", .show = STREAM_ALL};
    if (row_bool(&q->settings, REVIEW_STREAM_SHOWS_PREDICTIONS))
        q->out->model_version = row_text(&q->settings, REVIEW_STREAM_MODEL_VERSION);
    return db_exec(q->s->db, SQL_review_take, DB_ARGS(db_i64(q->project), db_i64(q->s->user), db_i64(task), db_i64(IN_HAND_S)), NULL);
}

static err *next_tx(struct db *db, void *arg)
{
    struct search *q = arg;
    int64_t task = 0;

    (void)db;
    *q->out = (struct stream_task){0};
    TRY(settings_read(q));
    TRY(queue_want(q));
    if (row_null(&q->settings, REVIEW_STREAM_REMAINING) || row_i64(&q->settings, REVIEW_STREAM_REMAINING) > 0)
        TRY(choose(q, &task));
    return task ? take(q, task) : OK;
}

err *review_next(struct scope *s, int64_t project, struct stream_task *out)
{
    struct search q = {.s = s, .project = project, .out = out};

    TRY(review_check(s, project));
    TRY(tx_run(s->db, TX_WRITE, next_tx, &q));
    return out->task ? OK : stream_none(s);
}

err *review_give(struct scope *s, int64_t project, int64_t task, struct stream_task *out)
{
    struct search q = {.s = s, .project = project, .out = out};

    TRY(settings_read(&q));
    TRY(queue_want(&q));
    return take(&q, task);
}

/* ---------------------------------------------------------------- making the queue */

err *review_queue_begin(struct db *db, int64_t project, int slot)
{
    return db_exec(db, SQL_review_queue_slot, DB_ARGS(db_i64(project), db_i64(slot)), NULL);
}

err *review_queue_step(struct db *db, int64_t project, int64_t after, int64_t most, int64_t *last, bool *more)
{
    struct row r;

    TRY(db_one(db, SQL_review_queue_walk, DB_ARGS(db_i64(project), db_i64(after), db_i64(most)), &r));
    *more = row_i64(&r, REVIEW_QUEUE_WALK_N) == most;
    *last = row_null(&r, REVIEW_QUEUE_WALK_LAST) ? after : row_i64(&r, REVIEW_QUEUE_WALK_LAST);
    if (!row_null(&r, REVIEW_QUEUE_WALK_IDS))
        TRY(db_exec(db, SQL_review_queue_add, DB_ARGS(db_text(row_text(&r, REVIEW_QUEUE_WALK_IDS))), NULL));
    return *more ? OK : db_exec(db, SQL_review_queue_ready, DB_ARGS(db_i64(project)), NULL);
}
