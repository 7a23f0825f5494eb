/* Annotation history: reading it within the caller's visibility, and removing it. */
#include "core/history.h"

#include <assert.h>

#include "core/fields.h"
#include "core/history.sql.h"

enum { REMOVED_PER_STEP = 10000 };

_Static_assert((int)HISTORY_ROW_CREATED_AT == (int)HISTORY_OF_ANNOTATION_CREATED_AT &&
                   (int)HISTORY_ROW_CREATED_AT == (int)HISTORY_OF_TASK_CREATED_AT &&
                   (int)HISTORY_ROW_CREATED_AT == (int)HISTORY_OF_TASKS_CREATED_AT &&
                   (int)HISTORY_ROW_CREATED_AT == (int)HISTORY_OF_PROJECTS_CREATED_AT &&
                   (int)HISTORY_ROW_CREATED_AT == (int)HISTORY_PAGE_CREATED_AT,
               "column lists differ");

#define FILTER_ARGS(f) \
    db_opt_i64((f)->annotation != 0, (f)->annotation), db_opt_i64((f)->task != 0, (f)->task), db_opt_i64((f)->project != 0, (f)->project)

err *history_list(struct scope *s, const struct history_filter *f, bool descending, struct db_cursor *out)
{
    const struct sql_query *q = f->annotation ? SQL_history_of_annotation : f->task ? SQL_history_of_task : SQL_history_of_projects;

    return db_stream(s->db, q, DB_ARGS(SCOPE_ARGS(s), FILTER_ARGS(f), db_bool(descending)), out);
}

err *history_row(struct scope *s, int64_t id, struct row *out)
{
    bool found;

    TRY(db_opt(s->db, SQL_history_row, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), out, &found));
    return found ? OK : err_new(s->a, ERR_NOT_FOUND, "No AnnotationHistory matches the given query.");
}

err *history_count(struct scope *s, int64_t project, const struct history_span *span, int64_t *n)
{
    struct row r;

    TRY(db_one(s->db, SQL_history_count,
               DB_ARGS(db_i64(project), db_opt_i64(scope_own_only(s), s->user), db_text(span->since), db_text(span->until)), &r));
    *n = row_i64(&r, HISTORY_COUNT_N);
    return OK;
}

err *history_page(struct scope *s, int64_t project, const struct history_span *span, int64_t most, int64_t skip, struct rows *out)
{
    return db_many(s->db, SQL_history_page,
                   DB_ARGS(SCOPE_ARGS(s), db_i64(project), db_opt_i64(scope_own_only(s), s->user), db_text(span->since),
                           db_text(span->until), db_i64(most), db_i64(skip)), out);
}

err *history_rows(struct scope *s, const int64_t *tasks, size_t n, struct rows *out)
{
    return db_many(s->db, SQL_history_of_tasks, DB_ARGS(SCOPE_ARGS(s), db_i64s(s->a, tasks, n)), out);
}

int64_t history_annotation(const struct row *r)
{
    return row_i64(r, HISTORY_ROW_ANNOTATION_ID);
}

int64_t history_task(const struct row *r)
{
    return row_i64(r, HISTORY_ROW_TASK_ID);
}

void history_write(struct jw *w, const struct row *r)
{
    static const struct field fields[] = {
        {"id", HISTORY_ROW_ID, 'i'},
        {"annotation_id", HISTORY_ROW_ANNOTATION_ID, 'i'},
        {"draft_id", HISTORY_ROW_DRAFT_ID, 'i'},
        {"task_id", HISTORY_ROW_TASK_ID, 'i'},
        {"project_id", HISTORY_ROW_PROJECT_ID, 'i'},
        {"organization_id", HISTORY_ROW_ORGANIZATION_ID, 'i'},
        {"review_id", HISTORY_ROW_REVIEW_ID, 'i'},
        {"comment", HISTORY_ROW_COMMENT, 's'},
        {"comment_id", HISTORY_ROW_COMMENT_ID, 'i'},
        {"action", HISTORY_ROW_ACTION, 's'},
        {"result", HISTORY_ROW_RESULT, 'j'},
        {"lead_time", HISTORY_ROW_LEAD_TIME, 'f'},
        {"started_at", HISTORY_ROW_STARTED_AT, 't'},
        {"created_by", HISTORY_ROW_CREATED_BY, 'i'},
        {"created_at", HISTORY_ROW_CREATED_AT, 't'},
    };

    jw_obj(w);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        field_write(w, r, &fields[i]);
    jw_end(w);
}

err *history_remove(struct scope *s, const struct history_filter *f, int64_t *removed)
{
    const struct sql_query *q = f->annotation ? SQL_history_remove_annotation : f->task ? SQL_history_remove_task : SQL_history_remove_project;
    int64_t n;

    assert(f->annotation || f->task || f->project);
    *removed = 0;
    do {
        TRY(db_exec(s->db, q, DB_ARGS(SCOPE_ARGS(s), FILTER_ARGS(f), db_i64(REMOVED_PER_STEP)), &n));
        *removed += n;
    } while (n == REMOVED_PER_STEP);
    return OK;
}
