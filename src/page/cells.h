/* Task data as cells of a table: what text, which pictures. Pure. */
#ifndef LABELD_PAGE_CELLS_H
#define LABELD_PAGE_CELLS_H

#include <stdbool.h>

#include "json/jspan.h"

enum { CELL_TEXT_MOST = 240 /* bytes */ };

/* Values of one task's data by key, {NULL,0} where it has none. A key that is none may be a path: "user.name". */
void cells_read(struct arena *a, struct span data, const char *const *keys, size_t n, struct span *values);

/* One line of text for a value: strings without quotes and line breaks, anything else as its JSON,
 * cut with an ellipsis. */
const char *cell_text(struct arena *a, struct span value);
/* What an address leads to, by its end. */
enum cell_media { CELL_NONE, CELL_PICTURE, CELL_SOUND, CELL_FILM };
enum cell_media cell_media(struct arena *a, struct span value);
/* The address of a value as a page of this server below `base` shows it: files of its own, of other hosts, and objects of the project's
 * cloud storages. NULL for anything else. */
const char *cell_href(struct arena *a, struct span value, const char *base, int64_t project);

#endif
