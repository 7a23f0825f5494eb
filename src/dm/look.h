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
err *look_clear(struct scope *s, int64_t project) __attribute__((warn_unused_result));

#endif
