/* Workspaces: containers of projects with members of their own, and each manager's sandbox. */
#ifndef LABELD_CORE_WORKSPACE_H
#define LABELD_CORE_WORKSPACE_H

#include "core/scope.h"
#include "json/jin.h"

/* All calls but the list answer NOT_FOUND for a workspace that the caller does not see. */

struct workspace_filter {
    int64_t id;                   /* 0: all */
    struct db_arg archived, personal;
    const char *ordering;
    bool everybody;               /* the sandboxes of others too */
};

err *workspace_check(struct scope *s, int64_t id) __attribute__((warn_unused_result));
/* A plain array; those with `id` set: the object itself. */
err *workspace_list_write(struct scope *s, struct jw *w, const struct workspace_filter *f) __attribute__((warn_unused_result));
err *workspace_write(struct scope *s, struct jw *w, int64_t id) __attribute__((warn_unused_result));
err *workspace_create(struct scope *s, const struct jin *in, int64_t *id) __attribute__((warn_unused_result));
err *workspace_change(struct scope *s, int64_t id, const struct jin *in) __attribute__((warn_unused_result));
/* Errors: VALIDATION while projects are in it, or for a sandbox. */
err *workspace_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));

/* Members as rows of user ids (WORKSPACE_MEMBERS_…); most 0: all. */
struct workspace_people {
    const char *search;
    const char *ids;              /* "{1,2}"; NULL: all */
    int64_t skip, most;
};
err *workspace_members(struct scope *s, int64_t id, const struct workspace_people *f, int64_t **users, size_t *n, int64_t *total)
    __attribute__((warn_unused_result));

/* Who is meant by a call about many people. */
struct pick {
    bool all;
    const char *included, *excluded;    /* "{1,2}" or NULL */
    const char *search;
};
/* Both count those for whom it made a difference. Errors: VALIDATION for a sandbox. */
err *workspace_join(struct scope *s, int64_t id, const struct pick *who, int64_t *n) __attribute__((warn_unused_result));
err *workspace_leave(struct scope *s, int64_t id, const struct pick *who, int64_t *n) __attribute__((warn_unused_result));
/* One person. Errors: VALIDATION (not of the organization). */
err *workspace_join_one(struct scope *s, int64_t id, int64_t user) __attribute__((warn_unused_result));
/* Errors: NOT_FOUND. */
err *workspace_leave_one(struct scope *s, int64_t id, int64_t user) __attribute__((warn_unused_result));

err *workspace_project_ids(struct scope *s, int64_t id, int64_t **projects, size_t *n) __attribute__((warn_unused_result));
err *workspace_add_project(struct scope *s, int64_t id, int64_t project) __attribute__((warn_unused_result));
/* Out into the organization. Errors: NOT_FOUND. */
err *workspace_remove_project(struct scope *s, int64_t id, int64_t project) __attribute__((warn_unused_result));
/* May the caller put projects there?
 * Errors: PERMISSION for one that they are not in, VALIDATION under `field` for an unknown one. */
err *workspace_check_target(struct scope *s, int64_t id, const char *field) __attribute__((warn_unused_result));

#endif
