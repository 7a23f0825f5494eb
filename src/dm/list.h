/* The tasks that a query finds: how many, and which come at a place of their order. */
#ifndef LABELD_DM_LIST_H
#define LABELD_DM_LIST_H

#include "core/scope.h"
#include "core/task.h"
#include "dm/query.h"

/* What a query needs to know of its project; the project must be visible. Errors: NOT_FOUND. */
err *dm_context_read(struct scope *s, int64_t project, struct dm_context *out) __attribute__((warn_unused_result));

struct dm_list {
    struct scope *s;
    const struct dm_query *q;
    struct task_list_totals total;
    bool backwards;            /* every task, latest first */
    int64_t kept;              /* task_list.id, 0: the tasks are asked for each time */
    int64_t n_kept;            /* how many ids it has, from the start of the order */
    bool uncounted;            /* the totals are not known */
};

/* Find out the totals; of a big project also the order, as far as `upto` places or farther, which is kept for the pages that follow.
 * Errors: VALIDATION (a regular expression that is none), TIMEOUT. */
err *dm_list_open(struct scope *s, const struct dm_query *q, int64_t upto, struct dm_list *out) __attribute__((warn_unused_result));
/* The same without the totals where they would have to be found first: a page is then no more work than what it shows. */
err *dm_list_glance(struct scope *s, const struct dm_query *q, int64_t upto, struct dm_list *out) __attribute__((warn_unused_result));
/* The totals alone, counted now. */
err *dm_list_count(struct scope *s, const struct dm_query *q, struct task_list_totals *out) __attribute__((warn_unused_result));
/* The same in a short time (dm_run_brief), or *in_time is false. */
err *dm_list_count_brief(struct scope *s, const struct dm_query *q, struct task_list_totals *out, bool *in_time) __attribute__((warn_unused_result));
/* Ids of up to `most` tasks (at most DM_IDS_MOST) from a place on; *n is less at the end. */
enum { DM_IDS_MOST = 1000 };
err *dm_list_ids(const struct dm_list *l, int64_t skip, int64_t most, int64_t *ids, size_t *n) __attribute__((warn_unused_result));
/* The first of an uncounted list, if that takes no more than DM_FIRST_MS: what many tasks match is soon found by going through them in order. */
enum { DM_FIRST_MS = 300 };
err *dm_list_first(const struct dm_list *l, int64_t most, int64_t *ids, size_t *n, bool *in_time) __attribute__((warn_unused_result));

#endif
