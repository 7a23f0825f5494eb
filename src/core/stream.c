/* The task stream. Sources are tried in the reference's order; a candidate's row is locked first and its places are counted again
 * under that lock, so that two annotators who ask at the same moment never get the same last place. */
#include "core/stream.h"

#include <string.h>

#include "base/cfg.h"
#include "base/clock.h"
#include "core/annotation.h"
#include "core/draft.h"
#include "core/fields.h"
#include "core/pause.h"
#include "core/prediction.h"
#include "core/review.h"
#include "core/stream.sql.h"
#include "core/task.h"
#include "core/wire.h"

enum {
    PASSED_MOST = 50,     /* candidates lost to others before giving up */
    DEEPEN_US = 3000,     /* a search by depth that took longer than this moves its cursors up */
    CURSOR_LAG = 200,     /* a cursor follows only when it lies this far behind: fewer writes, and few rows to look over again */
    CLUSTERS = 50,        /* uncertainty sampling: how many clusters are looked at, */
    LOOK_AHEAD = 500      /* and how many predictions of unfinished tasks in all of them, per request */
};

/* Parts of a project with a cursor each (stream_cursor.part). */
enum part { ALL, WIDE, NARROW, TRUTH, N_PARTS };

/* One search: what the project says, and candidates that others took in between. */
struct search {
    struct scope *s;
    int64_t project;
    struct stream_task *out;
    struct row settings;
    struct db_arg wide;          /* which tasks are in the set by their overlap; null: all */
    enum part part;              /* the same, as the part whose cursor serves */
    int64_t low[N_PARTS];        /* cursors, */
    int64_t reached[N_PARTS];    /* and where they could be by now */
    int64_t passed[PASSED_MOST];
    size_t n_passed;
    struct rows draws;           /* candidates of the source that runs, in turn */
    int next_draw;
    bool drawn;
    int64_t task, inner_id;
};

typedef err *source(struct search *q, bool *found);

static struct db_arg passed_arg(struct search *q)
{
    return db_i64s(q->s->a, q->passed, q->n_passed);
}

static bool is(const char *text, const char *word)
{
    return text && strcmp(text, word) == 0;
}

/* Are tasks assigned by hand? Then everybody gets what they were assigned, in order; sampling and overlap say nothing. */
static bool assigned_only(const struct search *q)
{
    return row_bool(&q->settings, STREAM_PROJECT_ASSIGNED_ONLY);
}

static struct db_arg assigned_arg(const struct search *q)
{
    return db_bool(assigned_only(q));
}

/* A candidate. All queries that find one have the same columns. */
static err *pick(struct search *q, const struct sql_query *query, const struct db_arg *args, size_t n_args, bool *found)
{
    struct row r;

    TRY(db_opt(q->s->db, query, args, n_args, &r, found));
    if (*found) {
        q->task = row_i64(&r, STREAM_AHEAD_TASK);
        q->inner_id = row_i64(&r, STREAM_AHEAD_INNER_ID);
    }
    return OK;
}

/* ---------------------------------------------------------------- sources */

static err *from_deepest(struct search *q, bool *found)
{
    int64_t started_us = clock_mono_us();

    *found = false;
    if (row_i64(&q->settings, STREAM_PROJECT_MAXIMUM_ANNOTATIONS) <= 1)
        return OK;
    TRY(pick(q, SQL_stream_deepest, DB_ARGS(db_i64(q->project), db_i64(q->s->user), passed_arg(q), q->wide), found));
    if (clock_mono_us() - started_us <= DEEPEN_US)
        return OK;
    return db_exec(q->s->db, SQL_stream_deepen, DB_ARGS(db_i64(q->project), db_i64(q->s->user)), NULL);
}

static err *ahead(struct search *q, enum part part, bool *found)
{
    int64_t from = q->reached[part] > q->low[part] ? q->reached[part] : q->low[part];
    struct db_arg project = db_i64(q->project), member = db_i64(q->s->user), low = db_i64(from), passed = passed_arg(q);

    if (part == WIDE)
        TRY(pick(q, SQL_stream_ahead_wide, DB_ARGS(project, member, low, passed), found));
    else if (part == TRUTH)
        TRY(pick(q, SQL_stream_ahead_truth, DB_ARGS(project, member, low, passed, q->wide), found));
    else
        TRY(pick(q, SQL_stream_ahead, DB_ARGS(project, member, low, passed, db_bool(part == NARROW)), found));
    q->reached[part] = *found ? q->inner_id : row_i64(&q->settings, STREAM_PROJECT_NEXT_INNER_ID);
    return OK;
}

/* In order: what lies behind the cursor, then from it on. */
static err *from_part(struct search *q, enum part part, bool *found)
{
    TRY(pick(q, SQL_stream_revisited,
             DB_ARGS(db_i64(q->project), db_i64(q->s->user), passed_arg(q), q->wide, db_bool(part == TRUTH)), found));
    return *found ? OK : ahead(q, part, found);
}

static err *from_sequence(struct search *q, bool *found)
{
    return from_part(q, q->part, found);
}

/* The next of the drawn candidates that is to be had; each call goes on where the last one stopped. */
static err *from_drawn(struct search *q, bool *found)
{
    q->drawn = true;
    for (*found = false; !*found && q->next_draw < q->draws.n; q->next_draw++) {
        struct row draw = rows_at(&q->draws, q->next_draw);
        TRY(pick(q, SQL_stream_drawn,
                 DB_ARGS(db_i64(q->project), db_i64(q->s->user), db_i64(row_i64(&draw, STREAM_DRAWS_TASK)), passed_arg(q), q->wide), found));
    }
    return OK;
}

static err *draw(struct search *q, enum part part)
{
    struct db_arg project = db_i64(q->project), tries = db_i64(cfg.random_next_task_sample_size);

    TRY(db_many(q->s->db, SQL_stream_draws, DB_ARGS(project, tries, q->wide, db_bool(part == TRUTH)), &q->draws));
    if (q->draws.n > 0)
        return OK;
    if (part == TRUTH)
        return db_many(q->s->db, SQL_stream_scattered_truth, DB_ARGS(project, tries), &q->draws);
    if (part == WIDE)
        return db_many(q->s->db, SQL_stream_scattered_wide, DB_ARGS(project, tries), &q->draws);
    return db_many(q->s->db, SQL_stream_scattered, DB_ARGS(project, tries), &q->draws);
}

static err *from_random(struct search *q, bool *found)
{
    if (!q->drawn)
        TRY(draw(q, q->part));
    return from_drawn(q, found);
}

/* Lowest score first, in the cluster that the caller knows least. */
static err *from_uncertain(struct search *q, bool *found)
{
    struct db_arg version = db_text(row_text(&q->settings, STREAM_PROJECT_MODEL_VERSION));

    if (!q->drawn)
        TRY(db_many(q->s->db, SQL_stream_uncertain,
                    DB_ARGS(db_i64(q->project), db_i64(q->s->user), version, q->wide, db_i64(CLUSTERS), db_i64(LOOK_AHEAD)), &q->draws));
    TRY(from_drawn(q, found));
    if (q->draws.n > 0)
        return OK;
    return db_exec(q->s->db, SQL_stream_uncertain_pass,
                   DB_ARGS(db_i64(q->project), db_i64(q->s->user), version, db_i64(CLUSTERS), db_i64(LOOK_AHEAD)), NULL);
}

static err *from_truths(struct search *q, bool *found)
{
    return from_part(q, TRUTH, found);
}

static err *from_random_truths(struct search *q, bool *found)
{
    if (!q->drawn)
        TRY(draw(q, TRUTH));
    return from_drawn(q, found);
}

/* Candidates that somebody was writing to when the others passed over them. */
static err *from_busy(struct search *q, bool *found)
{
    struct db_arg project = db_i64(q->project), member = db_i64(q->s->user), low = db_i64(q->low[q->part]), passed = passed_arg(q);

    TRY(pick(q, SQL_stream_busy_revisited, DB_ARGS(project, member, passed, q->wide), found));
    if (!*found && q->part == WIDE)
        TRY(pick(q, SQL_stream_busy_wide, DB_ARGS(project, member, low, passed), found));
    else if (!*found)
        TRY(pick(q, SQL_stream_busy, DB_ARGS(project, member, low, passed, db_bool(q->part == NARROW)), found));
    return *found ? db_exec(q->s->db, SQL_stream_wait, DB_ARGS(db_i64(q->task)), NULL) : OK;
}

static err *from_postponed(struct search *q, bool *found)
{
    return pick(q, SQL_stream_postponed, DB_ARGS(db_i64(q->project), db_i64(q->s->user), passed_arg(q), assigned_arg(q)), found);
}

static err *from_assigned(struct search *q, bool *found)
{
    return pick(q, SQL_stream_assigned, DB_ARGS(db_i64(q->project), db_i64(q->s->user), passed_arg(q)), found);
}

static err *from_skipped(struct search *q, bool *found)
{
    *found = false;
    if (!is(row_text(&q->settings, STREAM_PROJECT_SKIP_QUEUE), "REQUEUE_FOR_ME"))
        return OK;
    return pick(q, SQL_stream_skipped, DB_ARGS(db_i64(q->project), db_i64(q->s->user), passed_arg(q), assigned_arg(q)), found);
}

/* ---------------------------------------------------------------- the search */

/* Take the lock of the picked task; not *taken when somebody else was quicker. */
static err *take(struct search *q, const char *queue, bool *taken)
{
    struct row r;

    TRY(db_opt(q->s->db, SQL_stream_take,
               DB_ARGS(db_i64(q->project), db_i64(q->s->user), db_i64(q->task), db_i64(cfg.task_lock_ttl_s)), &r, taken));
    if (*taken)
        *q->out = (struct stream_task){q->task, queue, arena_strdup(q->s->a, row_text(&r, STREAM_TAKE_UNIQUE_ID)), NULL, STREAM_NONE};
    return OK;
}

/* Candidates of one source until one can be taken. */
static err *try_source(struct search *q, source *from, const char *queue, bool *taken)
{
    bool found;

    q->drawn = false;
    q->draws.n = q->next_draw = 0;
    for (*taken = false; !*taken && q->n_passed < PASSED_MOST;) {
        TRY(from(q, &found));
        if (!found)
            return OK;
        TRY(take(q, queue, taken));
        if (!*taken)
            q->passed[q->n_passed++] = q->task;
    }
    return OK;
}

static err *search_assigned(struct search *q)
{
    bool taken;

    TRY(try_source(q, from_assigned, "Manually assigned queue", &taken));
    if (!taken)
        TRY(try_source(q, from_postponed, "Postponed draft queue", &taken));
    return taken ? OK : try_source(q, from_skipped, "Skipped queue", &taken);
}

/* Every kind of sampling ends in order, and with the tasks that others were writing to: nobody is sent away while something is left. */
static err *search(struct search *q)
{
    const char *sampling = row_text(&q->settings, STREAM_PROJECT_SAMPLING);
    bool uniform = is(sampling, "Uniform sampling"), uncertain = is(sampling, "Uncertainty sampling"), random = uniform || uncertain;
    bool truths = row_bool(&q->settings, STREAM_PROJECT_ANNOTATOR_EVALUATION_ENABLED);
    const char *queue = uniform ? "Uniform random queue" : uncertain ? "Active learning or random queue" : "Sequence queue";
    const struct {
        bool used;
        source *from;
        const char *queue;
    } sources[] = {
        {truths && random, from_random_truths, "Onboarding ground truth queue"},
        {truths, from_truths, "Onboarding ground truth queue"},
        {true, from_deepest, "Breadth first queue"},
        {uncertain && !row_null(&q->settings, STREAM_PROJECT_MODEL_VERSION), from_uncertain, queue},
        {random, from_random, queue},
        {true, from_sequence, queue},
        {true, from_busy, queue},
        {true, from_postponed, "Postponed draft queue"},
        {true, from_skipped, "Skipped queue"},
    };
    bool taken = false;

    for (size_t i = 0; !taken && i < sizeof sources / sizeof *sources; i++)
        if (sources[i].used)
            TRY(try_source(q, sources[i].from, sources[i].queue, &taken));
    return OK;
}

static err *held(struct search *q, bool *found)
{
    struct row r;

    TRY(db_opt(q->s->db, SQL_stream_held, DB_ARGS(db_i64(q->project), db_i64(q->s->user), q->wide, assigned_arg(q)), &r, found));
    if (*found)
        *q->out = (struct stream_task){row_i64(&r, STREAM_HELD_TASK), "Task lock",
                                       arena_strdup(q->s->a, row_text(&r, STREAM_HELD_UNIQUE_ID)), NULL, STREAM_NONE};
    return OK;
}

/* show_overlap_first: tasks of higher overlap, or, when the caller has seen them all, the others. */
static err *narrow_set(struct search *q)
{
    struct row r;
    bool wide;

    q->wide = db_null();
    q->part = ALL;
    if (!row_bool(&q->settings, STREAM_PROJECT_SHOW_OVERLAP_FIRST) || assigned_only(q))
        return OK;
    TRY(db_one(q->s->db, SQL_stream_wide, DB_ARGS(db_i64(q->project), db_i64(q->s->user), db_i64(q->low[WIDE])), &r));
    wide = !row_null(&r, STREAM_WIDE_FROM_INNER_ID);
    q->reached[WIDE] = wide ? row_i64(&r, STREAM_WIDE_FROM_INNER_ID) : row_i64(&q->settings, STREAM_PROJECT_NEXT_INNER_ID);
    q->wide = db_bool(wide);
    q->part = wide ? WIDE : NARROW;
    return OK;
}

/* Cursors that were left far behind move up. The last thing in the transaction: whoever reopens a task waits here for its end. */
static err *advance(struct search *q)
{
    struct row gate;
    bool open = false;

    for (int part = 0; part < N_PARTS; part++) {
        if (q->reached[part] - q->low[part] <= CURSOR_LAG)
            continue;
        if (!open)
            TRY(db_opt(q->s->db, SQL_stream_gate, DB_ARGS(db_i64(q->project)), &gate, &open));
        if (!open)
            return OK;
        TRY(db_exec(q->s->db, SQL_stream_advance,
                    DB_ARGS(db_i64(q->project), db_i64(q->s->user), db_i64(part), db_i64(q->reached[part])), NULL));
    }
    return OK;
}

static err *begin(struct search *q)
{
    bool found;

    *q->out = (struct stream_task){0};
    TRY(db_opt(q->s->db, SQL_stream_project, DB_ARGS(SCOPE_ARGS(q->s), db_i64(q->project)), &q->settings, &found));
    if (!found)
        return err_new(q->s->a, ERR_NOT_FOUND, "No Project matches the given query.");
    TRY(pause_check(q->s, q->project));
    q->low[ALL] = row_i64(&q->settings, STREAM_PROJECT_LOW_INNER_ID);
    q->low[WIDE] = row_i64(&q->settings, STREAM_PROJECT_LOW_WIDE);
    q->low[NARROW] = row_i64(&q->settings, STREAM_PROJECT_LOW_NARROW);
    q->low[TRUTH] = row_i64(&q->settings, STREAM_PROJECT_LOW_TRUTH);
    return narrow_set(q);
}

/* Which predictions are shown with the chosen task; and it enters the history. */
static err *remember(struct search *q)
{
    if (row_bool(&q->settings, STREAM_PROJECT_SHOW_COLLAB_PREDICTIONS))
        q->out->model_version = row_text(&q->settings, STREAM_PROJECT_MODEL_VERSION);
    TRY(db_later(q->s->db, SQL_stream_remember, DB_ARGS(db_i64(q->project), db_i64(q->s->user), db_i64(q->out->task))));
    return task_ahead(q->s, q->out->task);
}

/* What most searches ask: has the caller a task already, is one left behind the cursor, is one ahead. */
static err *look_ahead(struct search *q)
{
    const char *sampling = row_text(&q->settings, STREAM_PROJECT_SAMPLING);
    struct db_arg project = db_i64(q->project), member = db_i64(q->s->user), passed = passed_arg(q);

    TRY(db_ahead(q->s->db, SQL_stream_held, DB_ARGS(project, member, q->wide, assigned_arg(q))));
    if (assigned_only(q) || q->part != ALL || row_i64(&q->settings, STREAM_PROJECT_MAXIMUM_ANNOTATIONS) > 1 || is(sampling, "Uniform sampling") ||
        is(sampling, "Uncertainty sampling") || row_bool(&q->settings, STREAM_PROJECT_ANNOTATOR_EVALUATION_ENABLED))
        return OK;
    TRY(db_ahead(q->s->db, SQL_stream_revisited, DB_ARGS(project, member, passed, q->wide, db_bool(false))));
    return db_ahead(q->s->db, SQL_stream_ahead, DB_ARGS(project, member, db_i64(q->low[ALL]), passed, db_bool(false)));
}

/* What came back from a review comes first, or last when it was postponed. No lock: the place in the task is the annotator's already. */
static err *rejected(struct search *q, bool postponed, bool *found)
{
    struct row r;

    *found = false;
    if (!row_bool(&q->settings, STREAM_PROJECT_HAS_REVIEWS))
        return OK;
    TRY(db_opt(q->s->db, SQL_stream_rejected,
               DB_ARGS(db_i64(q->project), db_i64(q->s->user), db_bool(postponed), db_bool(assigned_only(q) && scope_own_only(q->s))), &r, found));
    if (*found)
        *q->out = (struct stream_task){.task = row_i64(&r, STREAM_REJECTED_TASK), .show = STREAM_OWN,
                                       .queue = postponed ? "Postponed draft queue" : "Rejected queue"};
    return OK;
}

static err *next_tx(struct db *db, void *arg)
{
    const struct search *given = arg;
    struct search q = {.s = given->s, .project = given->project, .out = given->out};
    bool found;

    (void)db;
    TRY(begin(&q));
    TRY(look_ahead(&q));
    TRY(rejected(&q, false, &found));
    if (!found)
        TRY(held(&q, &found));
    if (!found)
        TRY(assigned_only(&q) ? search_assigned(&q) : search(&q));
    if (!q.out->task)
        TRY(rejected(&q, true, &found));
    if (q.out->task)
        TRY(remember(&q));
    return advance(&q);
}

err *stream_next(struct scope *s, int64_t project, struct stream_task *out)
{
    struct search q = {.s = s, .project = project, .out = out};

    TRY(tx_run(s->db, TX_WRITE, next_tx, &q));
    /* Only now: what a search for nothing has found out about cursors is kept. */
    return out->task ? OK : stream_none(s);
}

err *stream_none(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "There are no tasks for %s", s->email);
}

err *stream_give(struct scope *s, int64_t project, int64_t task, const char *queue, struct stream_task *out)
{
    struct search q = {.s = s, .project = project, .out = out, .task = task};
    bool taken;

    TRY(begin(&q));
    TRY(take(&q, queue, &taken));
    if (!taken)
        *out = (struct stream_task){.task = task, .queue = queue};
    return remember(&q);
}

/* ---------------------------------------------------------------- answers */

/* The annotations that come along, each with its reviews. */
static err *annotations_write(struct scope *s, struct jw *w, const struct stream_task *t, const struct row *task)
{
    struct rows rows = {0}, reviews = {0};

    if (t->show != STREAM_NONE) {
        TRY(annotation_rows(s, &t->task, 1, true, &rows));
        TRY(review_rows(s, task_row_project(task), &t->task, 1, &reviews));
    }
    jw_key(w, "annotations");
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        if (t->show == STREAM_OWN && annotation_author(&r) != s->user)
            continue;
        annotation_write_open(w, &r, ANNOTATION_USER_ID);
        review_list_write(w, &reviews, t->task, annotation_id(&r));
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

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
    TRY(annotations_write(s, w, t, task));
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
    struct feedback feedback;
    struct row r;

    TRY(task_row(s, t->task, &r));
    TRY(feedback_read(s, &t->task, 1, &(struct feedback_wish){.comments = task_row_discussed(&r)}, &feedback));
    jw_obj(w);
    jw_ki64(w, "id", t->task);
    TRY(children_write(s, w, t, &r));
    jw_kstr(w, "unique_lock_id", t->lock);
    task_fields_write(w, &r, TASK_LIST, &feedback, NULL);
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
