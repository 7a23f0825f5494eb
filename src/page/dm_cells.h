/* The rows of the Data Manager page as the template wants them: cells by column, of the table and of the cards. */
#ifndef LABELD_PAGE_DM_CELLS_H
#define LABELD_PAGE_DM_CELLS_H

#include "page/dm_columns.h"
#include "page/table.h"

/* `rows` of the context; sets the kind of data columns whose type nobody has said. */
err *table_rows_fill(struct rq *rq, struct table_columns *columns, const struct table *t, json_t *ctx) __attribute__((warn_unused_result));

#endif
