/* The task stream. Sources are tried in the reference's order; a candidate's row is locked first and its places are counted again
 * under that lock, so that two annotators who ask at the same moment never get the same last place. */
#include "core/stream.h"

#include <string.h>

#include "base/cfg.h"
#include "base/clock.h"
#include "core/draft.h"
#include "core/fields.h"
#include "core/prediction.h"
#include "core/stream.sql.h"
#include "core/task.h"
#include "core/wire.h"

enum {
    PASSED_MOST = 50,     /* candidates lost to others before giving up */
    DEEPEN_US = 3000,     /* a search by depth that took longer than this moves its cursors up */
    CURSOR_LAG = 200      /* the cursor follows only when it lies this far behind: fewer writes, and few rows to look over again */
};

/* One search: what the project says, and candidates that others took in between. */
struct search {
    struct scope *s;
    int64_t project;
    struct row settings;
    int64_t passed[PASSED_MOST];
    size_t n_passed;
    struct rows draws;    /* of uniform sampling */
    int next_draw;
    bool drawn;
    int64_t task, inner_id;
};

static struct db_arg passed_arg(struct search *q)
{
    return db_i64s(q->s->a, q->passed, q->n_passed);
}

typedef err *source(struct search *q, bool *found);

static err *picked(struct search *q, err *e, const struct row *r, bool *found)
{
    TRY(e);
    if (*found) {
        q->task = row_i64(r, STREAM_AHEAD_TASK);
        q->inner_id = row_i64(r, STREAM_AHEAD_INNER_ID);
    }
    return OK;
}

static err *from_deepest(struct search *q, bool *found)
{
    int64_t started_us = clock_mono_us();
    struct row r;

    *found = false;
    if (row_i64(&q->settings, STREAM_PROJECT_MAXIMUM_ANNOTATIONS) <= 1)
        return OK;
    TRY(picked(q, db_opt(q->s->db, SQL_stream_deepest, DB_ARGS(db_i64(q->project), db_i64(q->s->user), passed_arg(q)), &r, found),
               &r, found));
    if (clock_mono_us() - started_us <= DEEPEN_US)
        return OK;
    return db_exec(q->s->db, SQL_stream_deepen, DB_ARGS(db_i64(q->project), db_i64(q->s->user)), NULL);
}

/* The cursor moves when the candidate lies far beyond it. */
static err *advance(struct search *q, int64_t low)
{
    if (q->inner_id - low <= CURSOR_LAG)
        return OK;
    return db_exec(q->s->db, SQL_stream_advance,
                   DB_ARGS(db_i64(q->project), db_i64(q->s->user), db_i64(low), db_i64(q->inner_id)), NULL);
}

static err *from_sequence(struct search *q, bool *found)
{
    int64_t low = row_i64(&q->settings, STREAM_PROJECT_LOW_INNER_ID);
    struct row r;

    TRY(picked(q, db_opt(q->s->db, SQL_stream_revisited, DB_ARGS(db_i64(q->project), db_i64(q->s->user), passed_arg(q)), &r, found),
               &r, found));
    if (*found)
        return OK;
    TRY(picked(q, db_opt(q->s->db, SQL_stream_ahead,
                         DB_ARGS(db_i64(q->project), db_i64(q->s->user), db_i64(low), passed_arg(q)), &r, found), &r, found));
    return *found ? advance(q, low) : OK;
}

/* Each call goes on through the draws of this search. */
static err *from_random(struct search *q, bool *found)
{
    struct row r;

    if (!q->drawn)
        TRY(db_many(q->s->db, SQL_stream_draws, DB_ARGS(db_i64(q->project), db_i64(cfg.random_next_task_sample_size)), &q->draws));
    q->drawn = true;
    for (*found = false; !*found && q->next_draw < q->draws.n; q->next_draw++) {
        struct row draw = rows_at(&q->draws, q->next_draw);
        if (row_null(&draw, STREAM_DRAWS_TASK))
            return OK;
        TRY(picked(q, db_opt(q->s->db, SQL_stream_drawn,
                             DB_ARGS(db_i64(q->project), db_i64(q->s->user), db_i64(row_i64(&draw, STREAM_DRAWS_TASK))), &r, found),
                   &r, found));
    }
    return OK;
}

/* Fills what the others leave out: candidates that somebody was writing to, and under uniform sampling those that chance missed. */
static err *from_rest(struct search *q, bool *found)
{
    int64_t low = row_i64(&q->settings, STREAM_PROJECT_LOW_INNER_ID);
    struct row r;

    TRY(picked(q, db_opt(q->s->db, SQL_stream_busy,
                         DB_ARGS(db_i64(q->project), db_i64(q->s->user), db_i64(low), passed_arg(q)), &r, found), &r, found));
    return *found ? db_exec(q->s->db, SQL_stream_wait, DB_ARGS(db_i64(q->task)), NULL) : OK;
}

static err *from_postponed(struct search *q, bool *found)
{
    struct row r;

    return picked(q, db_opt(q->s->db, SQL_stream_postponed, DB_ARGS(db_i64(q->project), db_i64(q->s->user), passed_arg(q)), &r, found),
                  &r, found);
}

static err *from_skipped(struct search *q, bool *found)
{
    const char *mode = row_text(&q->settings, STREAM_PROJECT_SKIP_QUEUE);
    struct row r;

    *found = false;
    if (!mode || strcmp(mode, "REQUEUE_FOR_ME") != 0)
        return OK;
    return picked(q, db_opt(q->s->db, SQL_stream_skipped, DB_ARGS(db_i64(q->project), db_i64(q->s->user), passed_arg(q)), &r, found),
                  &r, found);
}

/* Take the lock of the picked task; *lock stays NULL when somebody else was quicker. */
static err *take(struct search *q, const char **lock)
{
    struct row r;
    bool found;

    *lock = NULL;
    TRY(db_opt(q->s->db, SQL_stream_take,
               DB_ARGS(db_i64(q->project), db_i64(q->s->user), db_i64(q->task), db_i64(cfg.task_lock_ttl_s)), &r, &found));
    if (found)
        *lock = arena_strdup(q->s->a, row_text(&r, STREAM_TAKE_UNIQUE_ID));
    return OK;
}

/* Candidates of one source until one can be taken. */
static err *try_source(struct search *q, source *from, const char **lock)
{
    bool found;

    *lock = NULL;
    while (q->n_passed < PASSED_MOST) {
        TRY(from(q, &found));
        if (!found)
            return OK;
        TRY(take(q, lock));
        if (*lock)
            return OK;
        q->passed[q->n_passed++] = q->task;
    }
    return OK;
}

static bool is(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

static err *search(struct search *q, struct stream_task *out)
{
    const char *sampling = row_text(&q->settings, STREAM_PROJECT_SAMPLING);
    bool random = is(sampling, "Uniform sampling") || is(sampling, "Uncertainty sampling");
    const char *queue = !random ? "Sequence queue" : is(sampling, "Uniform sampling") ? "Uniform random queue" : "Active learning or random queue";
    const struct {
        source *from;
        const char *queue;
    } sources[] = {
        {from_deepest, "Breadth first queue"},
        {random ? from_random : from_sequence, queue},
        {from_rest, queue},
        {from_postponed, "Postponed draft queue"},
        {from_skipped, "Skipped queue"},
    };

    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        TRY(try_source(q, sources[i].from, &out->lock));
        if (out->lock) {
            out->task = q->task;
            out->queue = sources[i].queue;
            return OK;
        }
    }
    return err_new(q->s->a, ERR_NOT_FOUND, "There are no tasks for %s", q->s->email);
}

static err *held(struct search *q, struct stream_task *out, bool *found)
{
    struct row r;

    TRY(db_opt(q->s->db, SQL_stream_held, DB_ARGS(db_i64(q->project), db_i64(q->s->user)), &r, found));
    if (*found)
        *out = (struct stream_task){row_i64(&r, STREAM_HELD_TASK), "Task lock",
                                    arena_strdup(q->s->a, row_text(&r, STREAM_HELD_UNIQUE_ID)), NULL};
    return OK;
}

err *stream_next(struct scope *s, int64_t project, struct stream_task *out)
{
    struct search q = {.s = s, .project = project};
    bool found;

    *out = (struct stream_task){0};
    TRY(db_opt(s->db, SQL_stream_project, DB_ARGS(SCOPE_ARGS(s), db_i64(project)), &q.settings, &found));
    if (!found)
        return err_new(s->a, ERR_NOT_FOUND, "No Project matches the given query.");
    TRY(held(&q, out, &found));
    if (!found)
        TRY(search(&q, out));
    if (row_bool(&q.settings, STREAM_PROJECT_SHOW_COLLAB_PREDICTIONS))
        out->model_version = row_text(&q.settings, STREAM_PROJECT_MODEL_VERSION);
    return db_exec(s->db, SQL_stream_remember, DB_ARGS(db_i64(project), db_i64(s->user), db_i64(out->task)), NULL);
}

/* ---------------------------------------------------------------- answers */

static err *children_write(struct scope *s, struct jw *w, const struct stream_task *t, const struct row *task)
{
    struct rows rows = {0};

    jw_key(w, "predictions");
    jw_arr(w);
    if (t->model_version && task_row_has_predictions(task)) {
        TRY(prediction_rows(s, &t->task, 1, t->model_version, &rows));
        for (int i = 0; i < rows.n; i++) {
            struct row r = rows_at(&rows, i);
            prediction_write(w, &r);
        }
    }
    jw_end(w);
    jw_key(w, "annotations");
    jw_arr(w);
    jw_end(w);
    jw_key(w, "drafts");
    jw_arr(w);
    rows.n = 0;
    if (task_row_has_drafts(task))
        TRY(draft_rows(s, &t->task, 1, true, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        draft_write(w, &r);
    }
    jw_end(w);
    return OK;
}

err *stream_write(struct scope *s, struct jw *w, const struct stream_task *t)
{
    struct row r;

    TRY(task_row(s, t->task, &r));
    jw_obj(w);
    jw_ki64(w, "id", t->task);
    TRY(children_write(s, w, t, &r));
    jw_kstr(w, "unique_lock_id", t->lock);
    task_fields_write(w, &r, TASK_LIST, NULL);
    jw_kstr(w, "queue", t->queue);
    jw_end(w);
    return OK;
}

err *stream_history_write(struct scope *s, struct jw *w, int64_t project)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_stream_history, DB_ARGS(SCOPE_ARGS(s), db_i64(project), db_i64(cfg.label_stream_history_limit)), &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        jw_obj(w);
        wire_ki64(w, "taskId", &r, STREAM_HISTORY_TASK);
        wire_ki64(w, "annotationId", &r, STREAM_HISTORY_ANNOTATION);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}
