/* Scores and times of imported work as text for the database. */
#ifndef LABELD_IMPORT_NUMBER_H
#define LABELD_IMPORT_NUMBER_H

#include <jansson.h>

#include "base/arena.h"

/* A number, or a text that is a plain decimal one; NULL for anything else. */
const char *number_text(struct arena *a, json_t *v);

#endif
