/* Reviews: reading them, deciding, and taking decisions back. */
#include "core/review.h"

#include <string.h>

#include "core/annotation.h"
#include "core/args.h"
#include "core/auth.h"
#include "core/event.h"
#include "core/fields.h"
#include "core/pause.h"
#include "core/review.sql.h"
#include "core/task.h"
#include "json/verr.h"

_Static_assert((int)REVIEW_ROW_AUTHOR == (int)REVIEW_LIST_AUTHOR && (int)REVIEW_ROW_AUTHOR == (int)REVIEW_OF_ANNOTATION_AUTHOR &&
                   (int)REVIEW_ROW_AUTHOR == (int)REVIEW_OF_TASKS_AUTHOR,
               "column lists differ");

/* ---------------------------------------------------------------- reading */

err *review_list(struct scope *s, const struct review_filter *f, struct db_cursor *out)
{
    const struct sql_query *q = f->annotation ? SQL_review_of_annotation : SQL_review_list;

    return db_stream(s->db, q,
                     DB_ARGS(SCOPE_ARGS(s), db_opt_i64(f->annotation != 0, f->annotation), db_opt_i64(f->project != 0, f->project),
                             db_bool(f->descending)), out);
}

static err *missing(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No AnnotationReview matches the given query.");
}

err *review_row(struct scope *s, int64_t id, struct row *out)
{
    bool found;

    TRY(db_opt(s->db, SQL_review_row, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), out, &found));
    return found ? OK : missing(s);
}

void review_write(struct jw *w, const struct row *r)
{
    static const struct field fields[] = {
        {"id", REVIEW_ROW_ID, 'i'},
        {"annotation", REVIEW_ROW_ANNOTATION, 'i'},
        {"accepted", REVIEW_ROW_ACCEPTED, 'b'},
        {"created_by", REVIEW_ROW_CREATED_BY, 'i'},
        {"created_at", REVIEW_ROW_CREATED_AT, 't'},
        {"started_at", REVIEW_ROW_STARTED_AT, 't'},
        {"result", REVIEW_ROW_RESULT, 'j'},
        {"comment", REVIEW_ROW_COMMENT, 's'},
        {"remove_from_queue", REVIEW_ROW_REMOVE_FROM_QUEUE, 'b'},
        {"last_annotation_history", REVIEW_ROW_LAST_HISTORY, 'i'},
        {"previous_annotation_history", REVIEW_ROW_PREVIOUS_HISTORY, 'i'},
        {"fixed_annotation_history", REVIEW_ROW_FIXED_HISTORY, 'i'},
    };

    jw_obj(w);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        field_write(w, r, &fields[i]);
    jw_knull(w, "state");
    jw_end(w);
}

err *review_rows(struct scope *s, int64_t project, const int64_t *tasks, size_t n, struct rows *out)
{
    struct row r;

    *out = (struct rows){0};
    TRY(db_one(s->db, SQL_review_used, DB_ARGS(db_i64(project)), &r));
    return row_bool(&r, REVIEW_USED_USED) ? db_many(s->db, SQL_review_of_tasks, DB_ARGS(db_i64s(s->a, tasks, n)), out) : OK;
}

/* The first of an annotation: the rows are in the order of tasks and their annotations. */
static int first_of(const struct rows *rows, int64_t task, int64_t annotation)
{
    int low = 0, high = rows->n;

    while (low < high) {
        int mid = low + (high - low) / 2;
        struct row r = rows_at(rows, mid);
        int64_t at = row_i64(&r, REVIEW_ROW_TASK);
        if (at < task || (at == task && row_i64(&r, REVIEW_ROW_ANNOTATION) < annotation))
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

void review_list_write(struct jw *w, const struct rows *rows, int64_t task, int64_t annotation)
{
    jw_key(w, "reviews");
    jw_arr(w);
    for (int i = first_of(rows, task, annotation); i < rows->n; i++) {
        struct row r = rows_at(rows, i);
        if (row_i64(&r, REVIEW_ROW_ANNOTATION) != annotation)
            break;
        review_write(w, &r);
    }
    jw_end(w);
}

/* ---------------------------------------------------------------- what is decided */

struct decision {
    int64_t annotation, task, project;
    bool accepted, removed;
    bool restored;           /* what the review had made of it goes: the result is its author's again */
    const char *result;      /* what the reviewer made of it; NULL: as it was */
    const char *comment;
    struct row subject;
};

static err *target_missing(struct scope *s, int64_t annotation)
{
    return verr_one(s->a, "annotation", "Invalid pk \"%lld\" - object does not exist.", (long long)annotation);
}

/* Lock the task, and act with the role that counts in its project. */
static err *target_lock(struct scope *s, int64_t annotation, struct decision *d)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_review_target, DB_ARGS(SCOPE_ARGS(s), db_i64(annotation)), &r, &found));
    if (!found)
        return target_missing(s, annotation);
    d->annotation = annotation;
    d->task = row_i64(&r, REVIEW_TARGET_TASK);
    d->project = row_i64(&r, REVIEW_TARGET_PROJECT);
    TRY(auth_enter_project(s, arena_printf(s->a, "%lld", (long long)d->project)));
    TRY(scope_need(s, PERM_ANNOTATIONS_REVIEW));
    TRY(pause_check(s, d->project));
    return db_one(s->db, SQL_review_subject, DB_ARGS(db_i64(annotation), db_i64(s->user)), &d->subject);
}

static bool is_reviewer(const struct scope *s)
{
    return strcmp(s->role, "RE") == 0;
}

/* Reviewers judge the work of others, and where tasks are given to them only those. */
static err *may_review(struct scope *s, const struct decision *d)
{
    const struct row *r = &d->subject;

    if (is_reviewer(s) && !row_null(r, REVIEW_SUBJECT_AUTHOR) && row_i64(r, REVIEW_SUBJECT_AUTHOR) == s->user)
        return err_new(s->a, ERR_PERMISSION, "You may not review your own annotations.");
    if (is_reviewer(s) && !row_bool(r, REVIEW_SUBJECT_ASSIGNED))
        return err_new(s->a, ERR_PERMISSION, "This task is not assigned to you for review.");
    if (row_bool(r, REVIEW_SUBJECT_SKIPPED) && !row_bool(r, REVIEW_SUBJECT_REMOVED))
        return verr_one(s->a, "annotation", "A skipped annotation cannot be reviewed.");
    return OK;
}

/* Out of the queue, or back to its author? The reviewer says, else the project. */
static bool removes(const struct jin *in, const struct decision *d)
{
    const char *action = jin_text(in, "reject_action");

    if (action)
        return strcmp(action, "remove") == 0;
    if (arg_given(in, "remove_from_queue"))
        return jin_bool(in, "remove_from_queue", false);
    return strcmp(row_text(&d->subject, REVIEW_SUBJECT_MODE), "remove") == 0;
}

static err *comment_check(struct scope *s, const struct decision *d)
{
    if (d->accepted || d->comment || !row_bool(&d->subject, REVIEW_SUBJECT_WANTS_COMMENT))
        return OK;
    return verr_one(s->a, "comment", "Please leave a comment before you reject an annotation.");
}

/* The result, if it is another than the annotation's. */
static err *fix_read(struct scope *s, const struct jin *in, struct decision *d)
{
    struct row r;

    d->result = NULL;
    if (!d->accepted || !arg_given(in, "result"))
        return OK;
    TRY(annotation_result(s, in, &d->result));
    TRY(db_one(s->db, SQL_review_same_result, DB_ARGS(db_i64(d->annotation), db_text(d->result)), &r));
    if (row_bool(&r, REVIEW_SAME_RESULT_SAME))
        d->result = NULL;
    return OK;
}

static err *decision_read(struct scope *s, const struct jin *in, struct decision *d)
{
    const char *comment = jin_text(in, "comment");

    TRY(may_review(s, d));
    d->accepted = jin_bool(in, "accepted", d->accepted);
    d->removed = !d->accepted && removes(in, d);
    if (comment)
        d->comment = *comment ? comment : NULL;
    if (!d->accepted && !d->comment)
        d->comment = row_text(&d->subject, REVIEW_SUBJECT_SAID);
    TRY(comment_check(s, d));
    return fix_read(s, in, d);
}

/* ---------------------------------------------------------------- writing */

static err *recount(struct scope *s, int64_t task)
{
    TRY(task_recount_one(s, task));
    return feedback_recount(s, task);
}

/* The decision reaches annotation, history and task. */
static err *carry_out(struct scope *s, const struct decision *d, int64_t review)
{
    if (d->result)
        TRY(db_exec(s->db, SQL_review_fix,
                    DB_ARGS(db_i64(d->annotation), db_i64(review), db_text(d->result), db_text(d->comment), db_i64(s->user)), NULL));
    else
        TRY(db_exec(s->db, SQL_review_note,
                    DB_ARGS(db_i64(d->annotation), db_i64(review), db_text(d->accepted ? "accepted" : "rejected"), db_text(d->comment),
                            db_bool(d->removed), db_i64(s->user)), NULL));
    TRY(recount(s, d->task));
    return d->result || d->removed || d->restored ? event_annotation(s, "ANNOTATION_UPDATED", d->annotation) : OK;
}

err *review_create(struct scope *s, const struct jin *in, int64_t *id)
{
    struct decision d = {0};
    struct row r;

    TRY(target_lock(s, jin_int(in, "annotation", 0), &d));
    TRY(decision_read(s, in, &d));
    TRY(db_one(s->db, SQL_review_insert,
               DB_ARGS(db_i64(d.annotation), db_i64(d.project),
                       row_null(&d.subject, REVIEW_SUBJECT_AUTHOR) ? db_null() : db_i64(row_i64(&d.subject, REVIEW_SUBJECT_AUTHOR)),
                       db_bool(d.accepted), db_text(d.result), db_text(d.comment), db_bool(d.removed), arg_int(in, "last_annotation_history"),
                       db_i64(s->user), db_text(jin_text(in, "started_at"))), &r));
    *id = row_i64(&r, REVIEW_INSERT_ID);
    TRY(carry_out(s, &d, *id));
    return event_review(s, "REVIEW_CREATED", *id);
}

/* Reviewers change what they decided themselves, managers any. */
static err *own_check(struct scope *s, const struct row *r)
{
    if (!is_reviewer(s) || (!row_null(r, REVIEW_ROW_CREATED_BY) && row_i64(r, REVIEW_ROW_CREATED_BY) == s->user))
        return OK;
    return err_new(s->a, ERR_PERMISSION, "You may change your own reviews only.");
}

/* The review as it is under the lock of its task. */
static err *locked_row(struct scope *s, int64_t id, struct row *out, struct decision *d)
{
    TRY(review_row(s, id, out));
    TRY(target_lock(s, row_i64(out, REVIEW_ROW_ANNOTATION), d));
    TRY(review_row(s, id, out));
    return own_check(s, out);
}

/* What the review says the result is: new, as before, or nothing when it rejects. */
static const char *review_result(const struct decision *d, const struct row *r)
{
    if (!d->accepted || d->result)
        return d->result;
    return row_json(r, REVIEW_ROW_RESULT);
}

err *review_update(struct scope *s, int64_t id, const struct jin *in)
{
    struct decision d = {0};
    struct row r;

    TRY(locked_row(s, id, &r, &d));
    if (arg_given(in, "annotation") && jin_int(in, "annotation", 0) != d.annotation)
        return target_missing(s, jin_int(in, "annotation", 0));
    if (!row_bool(&r, REVIEW_ROW_IS_CURRENT))
        return verr_one(s->a, NULL, "The annotation was changed or reviewed since: this review does not count any more.");
    d.accepted = row_bool(&r, REVIEW_ROW_ACCEPTED);
    d.comment = row_text(&r, REVIEW_ROW_COMMENT);
    TRY(decision_read(s, in, &d));
    d.restored = !d.accepted && !row_null(&r, REVIEW_ROW_FIXED_HISTORY);
    if (d.restored)
        TRY(db_exec(s->db, SQL_review_restore, DB_ARGS(db_i64(id), db_i64(s->user)), NULL));
    TRY(db_exec(s->db, SQL_review_change,
                DB_ARGS(db_i64(id), db_bool(d.accepted), db_text(review_result(&d, &r)), db_text(d.comment), db_bool(d.removed),
                        db_text(jin_text(in, "started_at"))), NULL));
    TRY(carry_out(s, &d, id));
    return event_review(s, "REVIEW_UPDATED", id);
}

err *review_delete(struct scope *s, int64_t id)
{
    struct decision d = {0};
    struct row r;

    TRY(locked_row(s, id, &r, &d));
    TRY(db_exec(s->db, SQL_review_undo, DB_ARGS(db_i64s(s->a, &id, 1), db_i64(s->user)), NULL));
    TRY(recount(s, d.task));
    return event_reviews_gone(s, d.project, db_i64s(s->a, &id, 1));
}

err *review_delete_of_tasks(struct scope *s, int64_t project, const int64_t *tasks, size_t n, int64_t reviewer, int64_t *n_gone)
{
    struct db_arg ids;
    struct row r;

    TRY(db_one(s->db, SQL_review_ids_of_tasks, DB_ARGS(db_i64s(s->a, tasks, n), db_opt_i64(reviewer != 0, reviewer)), &r));
    *n_gone = row_i64(&r, REVIEW_IDS_OF_TASKS_N);
    if (*n_gone == 0)
        return OK;
    ids = db_text(row_text(&r, REVIEW_IDS_OF_TASKS_IDS));
    TRY(db_exec(s->db, SQL_review_undo, DB_ARGS(ids, db_i64(s->user)), NULL));
    TRY(task_recount(s, tasks, n));
    TRY(feedback_recount_all(s, tasks, n));
    return event_reviews_gone(s, project, ids);
}

err *review_supersede(struct scope *s, int64_t annotation)
{
    return db_exec(s->db, SQL_review_supersede, DB_ARGS(db_i64(annotation)), NULL);
}
