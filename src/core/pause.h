/* Pauses of project members: a paused annotator or reviewer gets no task and submits nothing until the pause ends, and reads why.
 * Managers and above are never affected. */
#ifndef LABELD_CORE_PAUSE_H
#define LABELD_CORE_PAUSE_H

#include "core/scope.h"
#include "json/jin.h"
#include "json/jw.h"

/* May the caller work in the project, or on the task? Errors: PERMISSION, with the reason of the pause. */
err *pause_check(struct scope *s, int64_t project) __attribute__((warn_unused_result));
err *pause_check_task(struct scope *s, int64_t task) __attribute__((warn_unused_result));

/* Whose pauses, in which project. */
struct pause_of {
    int64_t project, user;
};
/* Errors of all: NOT_FOUND (project or member not visible, no such pause). */
err *pause_list_write(struct scope *s, struct jw *w, const struct pause_of *of, bool ended, bool newest_first) __attribute__((warn_unused_result));
err *pause_write(struct scope *s, struct jw *w, const struct pause_of *of, int64_t id) __attribute__((warn_unused_result));
/* Errors: also PERMISSION (a custom script may pause its own user, others need managers), VALIDATION. */
err *pause_add(struct scope *s, const struct pause_of *of, const struct jin *in, int64_t *id) __attribute__((warn_unused_result));
err *pause_change(struct scope *s, const struct pause_of *of, int64_t id, const struct jin *in) __attribute__((warn_unused_result));
err *pause_end(struct scope *s, const struct pause_of *of, int64_t id) __attribute__((warn_unused_result));

#endif
