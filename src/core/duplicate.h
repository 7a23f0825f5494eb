/* Duplicates of projects: settings at once, tasks in steps by a job. */
#ifndef LABELD_CORE_DUPLICATE_H
#define LABELD_CORE_DUPLICATE_H

#include "core/scope.h"
#include "json/jin.h"

/* Make a project like `project` (B_DUPLICATE). *job: brings the tasks; 0 = nothing is left to do.
 * Needs a transaction. Errors: NOT_FOUND, VALIDATION and PERMISSION (workspace). */
err *duplicate_start(struct scope *s, int64_t project, const struct jin *in, int64_t *id, int64_t *job) __attribute__((warn_unused_result));

/* The next `most` tasks after inner_id `after`; *next: up to where they are copied. */
err *duplicate_tasks(struct db *db, int64_t from, int64_t to, int64_t after, int64_t upto, int64_t most, int64_t *next, int64_t *n)
    __attribute__((warn_unused_result));
err *duplicate_done(struct db *db, int64_t to) __attribute__((warn_unused_result));

#endif
