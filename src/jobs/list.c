/* Jobs of a project for people and API. */
#include "jobs/list.h"

#include <string.h>

#include "core/overlap.h"
#include "core/project.h"
#include "core/wire.h"
#include "dm/action.h"
#include "jobs/job.h"
#include "jobs/list.sql.h"

/* Kinds that people may stop, because every step leaves the project in order; what they are called, others by their line in jobs.def. */
static const struct {
    const char *kind, *title;
    bool can_cancel;
} kinds[] = {
    {"action", NULL, true},
    {"tasks_delete", "Delete all tasks", true},
    {"overlap", "Bring the annotations per task to all tasks", false},
    {"review_queue", "Sort out what waits for a review", false},
    {"skip_queue", "Count skipped tasks anew", false},
    {"import", "Import tasks", false},
    {"export", "Write a snapshot", false},
    {"export_convert", "Convert a snapshot", false},
    {"storage_sync", "Synchronize a storage", false},
    {"ml_predict", "Retrieve predictions", true},
    {"ml_train", "Train the model", false},
    {"trash_purge", "Empty the trash", false},
    {"trash_restore", "Bring back from the trash", true},
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };

static bool can_cancel(const char *kind)
{
    for (size_t i = 0; i < N_KINDS; i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].can_cancel;
    return false;
}

static const char *title_of(const char *kind, const char *action)
{
    const struct dm_action *a = action ? dm_action_find(action) : NULL;

    if (a)
        return a->title;
    for (size_t i = 0; i < N_KINDS; i++)
        if (kinds[i].title && strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].title;
    for (const struct job_def *d = job_defs; d->kind; d++)
        if (strcmp(d->kind, kind) == 0)
            return d->doc;
    return kind;
}

static bool is_over(const char *state)
{
    return strcmp(state, "waiting") != 0 && strcmp(state, "running") != 0;
}

static void row_write(struct jw *w, const struct row *r)
{
    const char *kind = row_text(r, JOB_LIST_KIND);

    jw_obj(w);
    wire_ki64(w, "id", r, JOB_LIST_ID);
    jw_kstr(w, "kind", kind);
    jw_kstr(w, "title", title_of(kind, row_text(r, JOB_LIST_ACTION)));
    wire_kstr(w, "state", r, JOB_LIST_STATE);
    wire_ktime(w, "created_at", r, JOB_LIST_CREATED_AT);
    wire_ktime(w, "started_at", r, JOB_LIST_STARTED_AT);
    wire_ktime(w, "finished_at", r, JOB_LIST_FINISHED_AT);
    wire_ki64(w, "created_by", r, JOB_LIST_CREATED_BY);
    wire_ki64(w, "done", r, JOB_LIST_DONE);
    wire_ki64(w, "total", r, JOB_LIST_TOTAL);
    wire_kf64(w, "rate", r, JOB_LIST_RATE);
    jw_kbool(w, "can_cancel", can_cancel(kind) && !is_over(row_text(r, JOB_LIST_STATE)));
    wire_kraw(w, "result", r, JOB_LIST_RESULT);
    wire_kstr(w, "error", r, JOB_LIST_ERROR);
    jw_end(w);
}

static err *missing(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No Job matches the given query.");
}

err *job_write(struct scope *s, struct jw *w, int64_t project, int64_t job)
{
    struct rows rows;
    struct row r;

    TRY(project_check_visible(s, project));
    TRY(db_many(s->db, SQL_job_list, DB_ARGS(db_i64(project), db_i64(job), db_bool(true)), &rows));
    if (rows.n == 0)
        return missing(s);
    r = rows_at(&rows, 0);
    row_write(w, &r);
    return OK;
}

err *job_list_write(struct scope *s, struct jw *w, int64_t project, bool ended)
{
    struct rows rows;

    TRY(project_check_visible(s, project));
    TRY(db_many(s->db, SQL_job_list, DB_ARGS(db_i64(project), db_null(), db_bool(ended)), &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        row_write(w, &r);
    }
    jw_end(w);
    return OK;
}

static int64_t number_or_0(const struct row *r, int col)
{
    return row_null(r, col) ? 0 : row_i64(r, col);
}

static const char *trash_kind(const char *action)
{
    const struct dm_action *a = action ? dm_action_find(action) : NULL;

    if (!a || !(a->flags & (ACT_TRASHES_TASKS | ACT_TRASHES_ANNOTATIONS)))
        return NULL;
    return a->flags & ACT_TRASHES_TASKS ? "task" : "annotation";
}

static struct job_line line_of(const struct row *r)
{
    const char *kind = row_text(r, JOB_LIST_KIND), *state = row_text(r, JOB_LIST_STATE);

    return (struct job_line){
        .id = row_i64(r, JOB_LIST_ID),
        .done = number_or_0(r, JOB_LIST_DONE),
        .total = number_or_0(r, JOB_LIST_TOTAL),
        .title = title_of(kind, row_text(r, JOB_LIST_ACTION)),
        .state = state,
        .error = row_text(r, JOB_LIST_ERROR),
        .detail = row_text(r, JOB_LIST_DETAIL),
        .created_at = row_text(r, JOB_LIST_CREATED_AT),
        .finished_at = row_text(r, JOB_LIST_FINISHED_AT),
        .trash_kind = row_null(r, JOB_LIST_MOMENT) ? NULL : trash_kind(row_text(r, JOB_LIST_ACTION)),
        .moment = row_text(r, JOB_LIST_MOMENT),
        .is_over = is_over(state),
        .can_cancel = can_cancel(kind) && !is_over(state),
    };
}

err *job_lines(struct scope *s, int64_t project, bool ended, struct job_line **out, size_t *n)
{
    struct rows rows;

    TRY(project_check_visible(s, project));
    TRY(db_many(s->db, SQL_job_list, DB_ARGS(db_i64(project), db_null(), db_bool(ended)), &rows));
    *n = (size_t)rows.n;
    *out = arena_array(s->a, *n + 1, sizeof **out);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        (*out)[i] = line_of(&r);
    }
    return OK;
}

/* A deletion that stops half-way leaves a cohort to be drawn again, as its end would have. */
err *job_cancel(struct scope *s, int64_t project, int64_t job)
{
    const char *names[N_KINDS];
    struct rows rows;
    size_t n = 0;
    int64_t done;

    for (size_t i = 0; i < N_KINDS; i++)
        if (kinds[i].can_cancel)
            names[n++] = kinds[i].kind;
    TRY(project_check_visible(s, project));
    TRY(db_many(s->db, SQL_job_list, DB_ARGS(db_i64(project), db_i64(job), db_bool(true)), &rows));
    if (rows.n == 0)
        return missing(s);
    TRY(db_exec(s->db, SQL_job_cancel, DB_ARGS(db_i64(project), db_i64(job), db_texts(s->a, names, n)), &done));
    if (done == 0)
        return err_new(s->a, ERR_CONFLICT, "The job is over, or none that can be stopped.");
    return overlap_redraw(s->db, project, NULL);
}

err *job_outcome(struct db *db, int64_t job, struct job_outcome *out)
{
    struct row r;

    TRY(db_one(db, SQL_job_outcome, DB_ARGS(db_i64(job)), &r));
    *out = (struct job_outcome){row_text(&r, JOB_OUTCOME_STATE), row_json(&r, JOB_OUTCOME_RESULT), row_text(&r, JOB_OUTCOME_ERROR)};
    return OK;
}
