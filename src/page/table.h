/* Which tasks a page of the task table shows: all in list order, those of one state, or any of both sorted by a column. */
#ifndef LABELD_PAGE_TABLE_H
#define LABELD_PAGE_TABLE_H

#include <jansson.h>

#include "db/db.h"
#include "http/rq.h"

/* What the address asks for. */
struct table_query {
    const char *state;    /* "done", "todo", NULL = all */
    const char *ordering; /* a column of the Data Manager, "-" before it turns the order around; NULL = by id */
    bool as_number;       /* a data column is put in order as numbers */
};

/* One page of the table, wherever it comes from. */
struct table {
    struct table_query q;
    struct rows rows;        /* TASK_PAGE_…, up to total_predictions */
    int64_t total;           /* tasks that match */
    int64_t first;           /* number of the first row, from 1 */
    const char *prev, *next; /* queries */
};

/* Errors: NOT_FOUND (project). An ordering that makes no sense is left out. */
err *table_read(struct rq *rq, int64_t project, struct table *out) __attribute__((warn_unused_result));
/* "?state=…&ordering=…&as=number" */
const char *table_href(struct arena *a, const struct table_query *q);
/* `pager` and `chips` of the context. */
json_t *table_pager(struct arena *a, const struct table *t);
json_t *table_chips(struct arena *a, const struct table_query *q);

#endif
