/* Rules of the users' own keyboard shortcuts. Pure: no database. */
#ifndef LABELD_CORE_HOTKEYS_H
#define LABELD_CORE_HOTKEYS_H

#include <jansson.h>

#include "base/arena.h"

/* What is wrong with this map of "section:action" → {"key", "active"}, or NULL when it may be stored. */
const char *hotkeys_problem(struct arena *a, const json_t *map);

#endif
