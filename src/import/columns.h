/* Data keys of imported files. Each file's are those of its first task; files of one import must
 * have one in common, so that one label configuration can show them all. */
#ifndef LABELD_IMPORT_COLUMNS_H
#define LABELD_IMPORT_COLUMNS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct columns;

struct columns *columns_new(struct arena *a);
/* A file begins. name: as the upload is kept ("upload/8/d4852578-t.csv"); table: its tasks name
 * their keys themselves. */
void columns_file(struct columns *c, const char *name, bool table);
/* Data of a task of the present file. */
void columns_task(struct columns *c, json_t *data);
/* The present file is over. Errors: VALIDATION when it shares no key with the files before it. */
err *columns_file_end(struct columns *c) __attribute__((warn_unused_result));
/* The keys that all files share, in the order in which the first file has them. */
const char *const *columns_list(const struct columns *c, size_t *n);

#endif
