/* Annotations: what annotators submit or skip, and what a submission sets in motion. */
#ifndef LABELD_CORE_ANNOTATION_H
#define LABELD_CORE_ANNOTATION_H

#include "core/scope.h"
#include "json/jin.h"
#include "json/jw.h"

/* Rows ANNOTATION_BY_TASKS_… of several tasks, ordered by task and id. Annotators get their own only. */
err *annotation_rows(struct scope *s, const int64_t *tasks, size_t n, bool skipped, struct rows *out) __attribute__((warn_unused_result));
/* annotation_rows() will be called for this task alone, with skipped ones (db_ahead). */
err *annotation_ahead(struct scope *s, int64_t task) __attribute__((warn_unused_result));
/* One visible annotation. Errors: NOT_FOUND. */
err *annotation_row(struct scope *s, int64_t id, struct row *out) __attribute__((warn_unused_result));

/* How completed_by is written. */
enum annotation_shape { ANNOTATION_USER_ID, ANNOTATION_USER_OBJECT };
/* Works for rows of annotation_rows and annotation_row: their columns are the same. */
void annotation_write(struct jw *w, const struct row *r, enum annotation_shape shape);
/* The same with the object left open for further keys. */
void annotation_write_open(struct jw *w, const struct row *r, enum annotation_shape shape);

int64_t annotation_id(const struct row *r);
/* Author (0 = none) and columns that task answers sum up. */
int64_t annotation_author(const struct row *r);
extern const int annotation_result_col, annotation_lead_time_col;

/* Submit, or skip. Settles lock, draft, history, counters, ground truth.
 * Errors: NOT_FOUND (task), VALIDATION, CONFLICT (unique_id known), PERMISSION (someone else's draft, completed_by of others). */
err *annotation_create(struct scope *s, int64_t task, const struct jin *in, bool skipped, int64_t *id) __attribute__((warn_unused_result));
/* The annotation as nobody else can change it until the end of the transaction: its task is locked. Errors: NOT_FOUND, CONFLICT. */
err *annotation_lock(struct scope *s, int64_t id, struct row *out) __attribute__((warn_unused_result));
err *annotation_update(struct scope *s, int64_t id, const struct jin *in) __attribute__((warn_unused_result));
err *annotation_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));
/* A new draft of the caller takes the work; the annotation goes. */
err *annotation_to_draft(struct scope *s, int64_t id, int64_t *draft) __attribute__((warn_unused_result));

/* Check and normalise a `result`: a list of objects, or a text holding one. JSON text in *out (NULL when absent).
 * Errors: VALIDATION under `result`. */
err *annotation_result(struct scope *s, const struct jin *in, const char **out) __attribute__((warn_unused_result));

#endif
