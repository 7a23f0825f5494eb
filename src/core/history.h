/* The history of annotations: one row per version, with who made it and how. Rows are written by the statements of annotation.sql and
 * import.sql; here they are read, and removed. */
#ifndef LABELD_CORE_HISTORY_H
#define LABELD_CORE_HISTORY_H

#include "core/scope.h"
#include "json/jw.h"

/* Which rows; 0 = any. */
struct history_filter {
    int64_t annotation, task, project;
};

/* Moments as texts that Postgres reads; NULL = no bound. */
struct history_span {
    const char *since, *until;
};

/* Visible rows in the order in which they were written, or the other way round, one at a time (db_next). Columns HISTORY_ROW_…. */
err *history_list(struct scope *s, const struct history_filter *f, bool descending, struct db_cursor *out) __attribute__((warn_unused_result));
/* Errors: NOT_FOUND. */
err *history_row(struct scope *s, int64_t id, struct row *out) __attribute__((warn_unused_result));
/* Of a project that the caller was found to see. */
err *history_count(struct scope *s, int64_t project, const struct history_span *span, int64_t *n) __attribute__((warn_unused_result));
err *history_page(struct scope *s, int64_t project, const struct history_span *span, int64_t most, int64_t skip, struct rows *out) __attribute__((warn_unused_result));
/* Rows of several tasks, ordered by task, annotation and age. */
err *history_rows(struct scope *s, const int64_t *tasks, size_t n, struct rows *out) __attribute__((warn_unused_result));
int64_t history_annotation(const struct row *r);
int64_t history_task(const struct row *r);
void history_write(struct jw *w, const struct row *r);

/* Remove what the filter says, some thousands of rows per statement; at least one part of it is set. The annotations stay as they are. */
err *history_remove(struct scope *s, const struct history_filter *f, int64_t *removed) __attribute__((warn_unused_result));

#endif
