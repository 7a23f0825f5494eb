/* The columns of the Data Manager page: which are shown, in which order, how wide. The address says so, else the open tab, else what the
 * person keeps for the project, else the defaults. */
#ifndef LABELD_PAGE_DM_COLUMNS_H
#define LABELD_PAGE_DM_COLUMNS_H

#include "dm/columns_read.h"
#include "page/dm_state.h"

/* Steps of 20 pixels: each is a class of data.css. */
enum { WIDTH_STEP = 20, WIDTH_LEAST = 3, WIDTH_MOST = 40 };

struct table_column {
    const char *name, *title, *help, *type;
    const struct dm_column *column;  /* NULL: task data */
    const char *key;                 /* of task data */
    const char *kind;                /* what its cells are: "text", "number" …; of task data found out from the values */
    bool configured;
    bool shown;
    int width;                       /* in steps; 0: that of its kind */
};

struct table_columns {
    struct table_column *list;       /* the shown ones first, the id before all */
    size_t n, n_shown;
    json_t *look;                    /* what the person keeps (look.h) */
};

/* Also completes the state: table or cards, and their size, where nothing but the person's choice says it. */
err *table_columns_read(struct rq *rq, struct dm_state *state, struct table_columns *out) __attribute__((warn_unused_result));
/* `picker` of the context: every column as a line of the form. */
json_t *table_columns_picker(const struct table_columns *c);
/* Names of the shown ones, in order. New reference. */
json_t *table_columns_names(const struct table_columns *c);
const struct table_column *table_columns_find(const struct table_columns *c, const char *name);

#endif
