/* The rows of the task table: which tasks a page of it shows, and the way to its other pages. */
#ifndef LABELD_PAGE_TABLE_H
#define LABELD_PAGE_TABLE_H

#include <jansson.h>

#include "db/db.h"
#include "dm/query.h"
#include "page/dm_state.h"

/* One page of the table, wherever it comes from. */
struct table {
    struct dm_context *context;
    struct rows rows;        /* TASK_PAGE_…, up to total_predictions */
    int64_t total;           /* tasks that match */
    bool uncounted;          /* there are more of them, and it would take time to say how many */
    int64_t first;           /* number of the first row, from 1 */
    const char *prev, *next; /* queries */
    const struct dm_query *slow;    /* what found no end, NULL: it did */
};

/* A state that makes no sense gets a `problem` and shows nothing. Errors: NOT_FOUND (project). */
err *table_read(struct rq *rq, struct dm_state *state, struct table *out) __attribute__((warn_unused_result));
/* `pager` and `chips` of the context. */
json_t *table_pager(struct arena *a, const struct table *t);
json_t *table_chips(struct arena *a, const struct dm_state *state);

#endif
