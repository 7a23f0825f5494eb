/* Tables as tasks: the first row names the fields, each further row is the data of one task. The
 * type of a column is decided from all of its cells, so the text is read twice and no row is kept.
 */
#ifndef LABELD_IMPORT_TABLE_H
#define LABELD_IMPORT_TABLE_H

#include "import/csv.h"

struct table;

/* Read the header, and all rows for their types. `text` must stay.
 * problem (out): NULL, or what is wrong with the text, in the words of the reference server; *out
 * is not set then. */
void table_open(struct arena *a, struct span text, char separator, struct table **out,
                const char **problem);
/* The next row as a JSON object; it lives until the next call. False at the end. */
bool table_next(struct table *t, struct span *json);

#endif
