/* Predictions: stored model output, one row per task and run. */
#ifndef LABELD_CORE_PREDICTION_H
#define LABELD_CORE_PREDICTION_H

#include "core/scope.h"
#include "json/jin.h"
#include "json/jw.h"
#include "labelconfig/lc.h"

/* Rows of several tasks, ordered by task and id. version NULL = all. */
err *prediction_rows(struct scope *s, const int64_t *tasks, size_t n, const char *version, struct rows *out) __attribute__((warn_unused_result));
err *prediction_row(struct scope *s, int64_t id, struct row *out) __attribute__((warn_unused_result));
/* Keyset page after an id; project 0 = any. */
err *prediction_page(struct scope *s, int64_t project, int64_t after, int64_t most, struct rows *out) __attribute__((warn_unused_result));
int64_t prediction_row_id(const struct row *r);
/* Columns that task answers sum up. */
extern const int prediction_task_col, prediction_result_col, prediction_score_col, prediction_version_col;
void prediction_write(struct jw *w, const struct row *r);

err *prediction_create(struct scope *s, const struct jin *in, int64_t *id) __attribute__((warn_unused_result));
err *prediction_update(struct scope *s, int64_t id, const struct jin *in) __attribute__((warn_unused_result));
err *prediction_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));

/* A result as it is stored: lists of objects stay; a bare value or value object becomes one region of the first control that fits.
 * out: JSON text, "null" when nothing fits. Errors: VALIDATION. */
err *prediction_result(struct scope *s, const struct lc *lc, json_t *tree, const char *text, const char **out) __attribute__((warn_unused_result));

#endif
