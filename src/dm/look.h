/* How somebody looks at the tasks of a project while no view says it: {"columns": [names], "widths": {name: pixels}, "type": "list" or
 * "grid", "size": "s", "m" or "l"}, each part where it was chosen. */
#ifndef LABELD_DM_LOOK_H
#define LABELD_DM_LOOK_H

#include <jansson.h>

#include "core/scope.h"

/* The project must be visible. *out: an object, tied to the arena. */
err *look_get(struct scope *s, int64_t project, json_t **out) __attribute__((warn_unused_result));
/* Parts that `data` does not name stay. */
err *look_set(struct scope *s, int64_t project, const json_t *data) __attribute__((warn_unused_result));
/* As if nothing had ever been chosen. */
/* One column's width (0: the usual one) in a tab, beside those of the other columns; forgets widths of tabs and columns that are not
 * among the ones that there are. */
struct look_width {
    const char *tab, *column;           /* "0": without a tab */
    int64_t pixels;
    const char *const *tabs, *const *columns;
    size_t n_tabs, n_columns;
};
err *look_set_width(struct scope *s, int64_t project, const struct look_width *w) __attribute__((warn_unused_result));
err *look_clear(struct scope *s, int64_t project) __attribute__((warn_unused_result));

#endif
