/* One annotation for many tasks at once, and many annotations deleted at once. Single ones are core/annotation.h. */
#ifndef LABELD_CORE_ANNOTATION_BULK_H
#define LABELD_CORE_ANNOTATION_BULK_H

#include "core/scope.h"
#include "json/jin.h"

enum { ANNOTATION_BULK_TASKS = 10000, ANNOTATION_BULK_DELETE = 100 };

/* Both need a transaction. NOT_FOUND for a project that the caller does not see. */

/* Give each of the n tasks an annotation with these fields (B_ANNOTATION_BULK); tasks that the caller cannot work on are VALIDATION under
 * "tasks". The new ids, in the order of the tasks' ids. Errors: VALIDATION, PERMISSION (paused). */
err *annotation_bulk_create(struct scope *s, int64_t project, const int64_t *tasks, size_t n, const struct jin *in, struct rows *out)
    __attribute__((warn_unused_result));
/* Column of the ids. */
extern const int annotation_bulk_id;
/* Those of the ids that there are, and that the caller may delete; *deleted counts them. */
err *annotation_bulk_delete(struct scope *s, int64_t project, const int64_t *ids, size_t n, int64_t *deleted) __attribute__((warn_unused_result));

#endif
