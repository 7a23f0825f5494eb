/* Annotations of many tasks at once: a handful of statements, however many tasks there are. */
#include "core/annotation_bulk.h"

#include "core/annotation.h"
#include "core/annotation_bulk.sql.h"
#include "core/args.h"
#include "core/event.h"
#include "core/pause.h"
#include "core/task.h"
#include "json/verr.h"

const int annotation_bulk_id = BULK_INSERT_ID;

static err *open_project(struct scope *s, int64_t project, bool *empty_allowed)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_bulk_project, DB_ARGS(SCOPE_ARGS(s), db_i64(project)), &r, &found));
    if (!found)
        return err_new(s->a, ERR_NOT_FOUND, "No Project matches the given query.");
    *empty_allowed = row_bool(&r, BULK_PROJECT_ENABLE_EMPTY_ANNOTATION);
    return OK;
}

/* Ids in one column of rows. */
static int64_t *column(struct scope *s, const struct rows *rows, int col)
{
    int64_t *ids = arena_array(s->a, (size_t)rows->n, sizeof *ids);

    for (int i = 0; i < rows->n; i++) {
        struct row r = rows_at(rows, i);

        ids[i] = row_i64(&r, col);
    }
    return ids;
}

/* Annotators submit in their own name. */
static err *check_author(struct scope *s, const struct jin *in)
{
    if (arg_given(in, "completed_by") && jin_int(in, "completed_by", s->user) != s->user)
        return verr_one(s->a, "completed_by", "Many tasks are annotated in one's own name only.");
    return OK;
}

static bool is_empty(const char *result)
{
    return !result || strcmp(result, "null") == 0 || strspn(result, "[] \t\r\n") == strlen(result);
}

static err *insert(struct scope *s, int64_t project, const int64_t *tasks, size_t n, const struct jin *in, const char *result, struct rows *out)
{
    bool truth = jin_bool(in, "ground_truth", false) && !scope_own_only(s);

    TRY(db_many(s->db, SQL_bulk_insert,
                DB_ARGS(db_i64(project), db_i64(s->user), db_i64s(s->a, tasks, n), db_text(result), db_i64(s->user),
                        db_bool(jin_bool(in, "was_cancelled", false)), db_bool(truth), arg_float(in, "lead_time"),
                        arg_int(in, "import_id"), db_text(jin_text(in, "last_action")), db_text(jin_text(in, "draft_created_at"))),
                out));
    if (!truth)
        return OK;
    return db_exec(s->db, SQL_bulk_truth_alone, DB_ARGS(db_i64s(s->a, column(s, out, BULK_INSERT_ID), (size_t)out->n)), NULL);
}

err *annotation_bulk_create(struct scope *s, int64_t project, const int64_t *tasks, size_t n, const struct jin *in, struct rows *out)
{
    const char *result;
    bool empty_allowed;
    struct rows locked;
    int64_t *ids;

    TRY(open_project(s, project, &empty_allowed));
    TRY(pause_check(s, project));
    TRY(check_author(s, in));
    TRY(annotation_result(s, in, &result));
    if (!empty_allowed && is_empty(result) && !jin_bool(in, "was_cancelled", false))
        return verr_one(s->a, "result", "Empty annotations are not allowed in this project.");
    TRY(db_many(s->db, SQL_bulk_tasks_lock, DB_ARGS(SCOPE_ARGS(s), db_i64(project), db_i64s(s->a, tasks, n)), &locked));
    if ((size_t)locked.n != n)
        return verr_one(s->a, "tasks", "Some of these tasks do not exist in the project.");
    ids = column(s, &locked, BULK_TASKS_LOCK_ID);
    TRY(insert(s, project, ids, n, in, result, out));
    TRY(task_recount(s, ids, n));
    return event_annotations(s, project, db_i64s(s->a, column(s, out, BULK_INSERT_ID), (size_t)out->n));
}

err *annotation_bulk_delete(struct scope *s, int64_t project, const int64_t *ids, size_t n, int64_t *deleted)
{
    struct rows found;
    bool empty_allowed;
    int64_t *tasks;

    TRY(open_project(s, project, &empty_allowed));
    TRY(pause_check(s, project));
    TRY(db_many(s->db, SQL_bulk_delete_lock, DB_ARGS(SCOPE_ARGS(s), db_i64(project), db_i64s(s->a, ids, n)), &found));
    tasks = column(s, &found, BULK_DELETE_LOCK_TASK);
    TRY(db_exec(s->db, SQL_bulk_trash,
                DB_ARGS(db_i64s(s->a, column(s, &found, BULK_DELETE_LOCK_ID), (size_t)found.n), db_i64s(s->a, tasks, (size_t)found.n),
                        db_i64(s->user)),
                deleted));
    TRY(task_recount(s, tasks, (size_t)found.n));
    return event_annotations_gone(s, project, db_i64s(s->a, column(s, &found, BULK_DELETE_LOCK_ID), (size_t)found.n));
}
