/* Members of a project, explicit and implicit, and the roles that count there. Workspaces are core/workspace.h. */
#ifndef LABELD_CORE_MEMBER_H
#define LABELD_CORE_MEMBER_H

#include "core/scope.h"
#include "core/workspace.h"
#include "json/jin.h"

/* All calls: NOT_FOUND for a project that the caller does not see. */

struct people_filter {
    const char *search;           /* in names and e-mail; NULL: all, as below */
    const char *roles;            /* "AN,RE" */
    const char *since, *until;    /* of the last activity */
    const char *tags;             /* "label,label" */
};
struct member_list {
    struct people_filter people;
    const char *ids;              /* "{1,2}"; NULL: all */
    struct db_arg implicit;       /* null: both */
    bool no_annotators, with_deleted;
    const char *ordering;
    int64_t skip, most;           /* most 0: all */
};
/* Texts of a comma list as an array; null when there are none. */
struct db_arg people_texts(struct arena *a, const char *csv);

/* Members with their user objects. `total` of all pages. */
struct member_rows {
    struct rows members;          /* MEMBER_LIST_… */
    struct rows users;            /* of the same people, by id */
    int64_t total;
};
err *member_list(struct scope *s, int64_t project, const struct member_list *f, struct member_rows *out) __attribute__((warn_unused_result));
/* The i-th: the user object, with what the person is in this project. */
void member_write(struct jw *w, const struct member_rows *m, int i, bool plain);
/* A line of the CSV export. */
void member_csv(struct strbuf *b, const struct member_rows *m, int i);
/* Keys `members` (the first `most`) and `members_count` of an open project object. */
err *member_summary_write(struct scope *s, struct jw *w, int64_t project, int64_t most) __attribute__((warn_unused_result));

/* Errors: VALIDATION (nobody who can be a member). */
err *member_add(struct scope *s, int64_t project, int64_t user) __attribute__((warn_unused_result));
/* Errors: VALIDATION for an implicit member, NOT_FOUND. */
err *member_remove(struct scope *s, int64_t project, int64_t user) __attribute__((warn_unused_result));
/* Many at once; *n counts who became an explicit member, *skipped lists (JSON) those named who cannot. */
err *member_join(struct scope *s, int64_t project, const struct pick *who, const struct people_filter *f, int64_t *n, const char **skipped)
    __attribute__((warn_unused_result));
err *member_leave(struct scope *s, int64_t project, const struct pick *who, const struct people_filter *f, int64_t *n)
    __attribute__((warn_unused_result));

/* Roles in projects, as an array. projects: "{1,2}" or NULL for all; own: the caller's only. */
err *member_roles_write(struct scope *s, struct jw *w, const char *projects, bool own) __attribute__((warn_unused_result));
/* Errors: VALIDATION unless the user is an annotator or reviewer of the organization. */
err *member_role_set(struct scope *s, struct jw *w, int64_t project, int64_t user, const char *role) __attribute__((warn_unused_result));
/* The list [{user_id, role}] of a bulk call. Errors: VALIDATION. */
err *member_roles_set(struct scope *s, int64_t project, json_t *list) __attribute__((warn_unused_result));
err *member_role_end(struct scope *s, int64_t id) __attribute__((warn_unused_result));
/* The role of the organization counts again, whether another was set or not. */
err *member_role_clear(struct scope *s, int64_t project, int64_t user) __attribute__((warn_unused_result));

#endif
