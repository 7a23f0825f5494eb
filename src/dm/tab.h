/* Views as the tabs of the Data Manager page: what its forms do with them. Reading them: view.h. */
#ifndef LABELD_DM_TAB_H
#define LABELD_DM_TAB_H

#include <jansson.h>

#include "core/scope.h"

/* What a tab keeps; NULL is nothing. Whose `data` has no title gets none. */
struct tab {
    const json_t *data, *filters, *ordering, *selected;
    bool is_private;
};

/* Behind the others. The project must be visible. */
err *tab_add(struct scope *s, int64_t project, const struct tab *t, int64_t *id) __attribute__((warn_unused_result));

/* Errors of these: NOT_FOUND for a view that the caller does not see, or of another project. */
err *tab_save(struct scope *s, int64_t project, int64_t id, const struct tab *t) __attribute__((warn_unused_result));
err *tab_rename(struct scope *s, int64_t project, int64_t id, const char *title) __attribute__((warn_unused_result));
/* Also PERMISSION: only whoever made it can take it back from the project. */
err *tab_share(struct scope *s, int64_t project, int64_t id, bool with_project) __attribute__((warn_unused_result));
/* Into the trash, which only the next moment's undo knows. */
err *tab_trash(struct scope *s, int64_t project, int64_t id) __attribute__((warn_unused_result));
/* *n: 0 when there is nothing to bring back. */
err *tab_restore(struct scope *s, int64_t project, int64_t id, int64_t *n) __attribute__((warn_unused_result));
/* To a place among those that the caller sees, from 0. */
err *tab_move(struct scope *s, int64_t project, int64_t id, int64_t place) __attribute__((warn_unused_result));

#endif
