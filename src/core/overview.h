/* What pages show at a glance: who works in a project, and its tasks by state. Callers have checked
 * that the project is visible. */
#ifndef LABELD_CORE_OVERVIEW_H
#define LABELD_CORE_OVERVIEW_H

#include "core/scope.h"

/* Annotators with work in each of n projects; out has n elements. */
err *overview_annotators(struct scope *s, const int64_t *projects, size_t n, int64_t *out)
    __attribute__((warn_unused_result));

/* How many annotations and skips the caller has made in the project today. */
err *overview_own_today(struct scope *s, int64_t project, int64_t *n)
    __attribute__((warn_unused_result));

/* Annotations that people made today in each of n projects; OVERVIEW_TODAY_MOST means that many or more. */
enum { OVERVIEW_TODAY_MOST = 1000 };
err *overview_today(struct scope *s, const int64_t *projects, size_t n, int64_t *out)
    __attribute__((warn_unused_result));

/* Finished (labeled) or unfinished tasks: how many, a page of those after an inner_id (columns
 * TASK_PAGE_… up to total_predictions), and the inner_id after which the page before this one
 * starts. Annotators see the tasks they worked on. */
err *overview_tasks_count(struct scope *s, int64_t project, bool labeled, int64_t *n)
    __attribute__((warn_unused_result));
err *overview_tasks(struct scope *s, int64_t project, bool labeled, int64_t after_inner_id,
                    int64_t most, struct rows *out) __attribute__((warn_unused_result));
err *overview_tasks_before(struct scope *s, int64_t project, bool labeled, int64_t inner_id,
                           int64_t most, int64_t *after_inner_id)
    __attribute__((warn_unused_result));

#endif
