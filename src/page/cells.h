/* Task data as cells of a table: which columns, what text, which pictures. Pure. */
#ifndef LABELD_PAGE_CELLS_H
#define LABELD_PAGE_CELLS_H

#include <stdbool.h>

#include "json/jspan.h"

enum { CELLS_MOST = 6, CELL_TEXT_MOST = 500 /* bytes */ };

/* Data keys in order of appearance; the rest of a wide task is left to its own page. */
struct cells {
    const char *keys[CELLS_MOST];
    size_t n;
};

/* Add a column unless it is there or no more fit. Returns its number, or -1. */
int cells_column(struct cells *c, const char *key);
/* Values of one task's data by column, {NULL,0} where it has none; new keys become columns. */
void cells_read(struct arena *a, struct cells *c, struct span data, struct span values[CELLS_MOST]);

/* One line of text for a value: strings without quotes and line breaks, anything else as its JSON,
 * cut with an ellipsis. */
const char *cell_text(struct arena *a, struct span value);
/* Address of the picture that a value names, when it is on this server; NULL when it is not a
 * picture or lies elsewhere. */
const char *cell_image(struct arena *a, struct span value, const char *base);

#endif
