/* The stream of reviews. A reviewer goes on where they reviewed last, and once round, so that what is reviewed already is not looked at again
 * and again; what came to be reviewed behind them is found in the second round. */
#include "core/review_stream.h"

#include <string.h>

#include <sodium.h>

#include "core/pause.h"
#include "core/project.h"
#include "core/review.sql.h"

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

static err *pick(const struct search *q, const struct sql_query *query, int64_t from, int64_t *task)
{
    struct row r;
    bool found;

    TRY(db_opt(q->s->db, query,
               DB_ARGS(db_i64(q->project), db_i64(q->s->user), db_i64(from), db_bool(row_bool(&q->settings, REVIEW_STREAM_ONLY_FINISHED)),
                       db_bool(row_bool(&q->settings, REVIEW_STREAM_ONE_ACCEPTS)), db_bool(!is_reviewer(q->s))), &r, &found));
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
    const struct sql_query *query = assigned ? SQL_review_assigned : SQL_review_ahead;
    int64_t from = first_of_round(q);

    if (!assigned && strcmp(row_text(&q->settings, REVIEW_STREAM_SAMPLING), "by_annotator") == 0)
        return pick(q, SQL_review_by_author, row_i64(&q->settings, REVIEW_STREAM_LAST_AUTHOR), task);
    TRY(pick(q, query, from, task));
    return *task || from == 0 ? OK : pick(q, query, 0, task);
}

static err *settings_read(struct search *q)
{
    return db_one(q->s->db, SQL_review_stream, DB_ARGS(SCOPE_ARGS(q->s), db_i64(q->project)), &q->settings);
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
    return take(&q, task);
}
