/* Two versions of a project's script side by side on the page of settings. */
#ifndef LABELD_PAGE_SCRIPT_DIFF_H
#define LABELD_PAGE_SCRIPT_DIFF_H

#include <jansson.h>

#include "base/arena.h"

/* {same, added_text, removed_text, lines: [{sign, added, removed, old_text, new_text, text, gap_text}]}: gap_text stands for lines that
 * both have far from any change. New reference. */
json_t *script_diff(struct arena *a, const char *old, const char *new);

#endif
