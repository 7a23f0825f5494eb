/* Figures and lists that only pages ask for. Lists of the API live in task.c and project.c. */
#include "core/overview.h"

#include "core/assignment.h"
#include "core/overview.sql.h"
#include "core/project.h"
#include "core/task.sql.h"

_Static_assert((int)TASK_PAGE_TOTAL_PREDICTIONS == (int)OVERVIEW_AFTER_TOTAL_PREDICTIONS,
               "column lists differ");

err *overview_own_today(struct scope *s, int64_t project, int64_t *n)
{
    struct row r;

    TRY(db_one(s->db, SQL_overview_own_today, DB_ARGS(db_i64(project), db_i64(s->user)), &r));
    *n = row_i64(&r, OVERVIEW_OWN_TODAY_DONE);
    return OK;
}

err *overview_annotators(struct scope *s, const int64_t *projects, size_t n, int64_t *out)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_overview_annotators, DB_ARGS(db_i64s(s->a, projects, n)), &rows));
    for (size_t i = 0; i < n; i++) {
        out[i] = 0;
        for (int j = 0; j < rows.n; j++) {
            struct row r = rows_at(&rows, j);
            if (row_i64(&r, OVERVIEW_ANNOTATORS_PROJECT) == projects[i])
                out[i] = row_i64(&r, OVERVIEW_ANNOTATORS_ANNOTATORS);
        }
    }
    return OK;
}

err *overview_today(struct scope *s, const int64_t *projects, size_t n, int64_t *out)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_overview_today, DB_ARGS(db_i64s(s->a, projects, n), db_i64(OVERVIEW_TODAY_MOST), db_i64(s->user)), &rows));
    for (size_t i = 0; i < n; i++) {
        struct row r = rows_at(&rows, (int)i);   /* as many rows as projects, in their order */
        out[i] = row_i64(&r, OVERVIEW_TODAY_ANNOTATIONS);
    }
    return OK;
}

static struct db_arg own(const struct scope *s)
{
    return db_opt_i64(scope_own_only(s), s->user);
}

err *overview_tasks_count(struct scope *s, int64_t project, bool labeled, int64_t *n)
{
    struct project_counts all;
    struct row r;
    bool assigned;

    if (scope_own_only(s)) {
        TRY(assignment_only(s, project, &assigned));
        TRY(db_one(s->db, SQL_overview_own_count,
                   DB_ARGS(db_i64(project), db_i64(s->user), db_bool(labeled), db_bool(assigned)), &r));
        *n = row_i64(&r, OVERVIEW_OWN_COUNT_TASKS);
        return OK;
    }
    TRY(project_counts(s, project, &all));
    *n = labeled ? all.finished : all.tasks - all.finished;
    return OK;
}

err *overview_tasks(struct scope *s, int64_t project, bool labeled, int64_t after_inner_id,
                    int64_t most, struct rows *out)
{
    bool assigned;

    TRY(assignment_only(s, project, &assigned));
    return db_many(s->db, SQL_overview_after,
                   DB_ARGS(db_i64(project), db_i64(after_inner_id), own(s), db_bool(labeled),
                           db_i64(most), db_bool(assigned)),
                   out);
}

err *overview_tasks_before(struct scope *s, int64_t project, bool labeled, int64_t inner_id,
                           int64_t most, int64_t *after_inner_id)
{
    struct row r;
    bool assigned;

    TRY(assignment_only(s, project, &assigned));
    TRY(db_one(s->db, SQL_overview_before,
               DB_ARGS(db_i64(project), db_i64(inner_id), own(s), db_bool(labeled), db_i64(most),
                       db_bool(assigned)),
               &r));
    *after_inner_id =
        row_null(&r, OVERVIEW_BEFORE_INNER_ID) ? 0 : row_i64(&r, OVERVIEW_BEFORE_INNER_ID) - 1;
    return OK;
}
