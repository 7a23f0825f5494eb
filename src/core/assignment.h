/* Assignments: who is to annotate (AN) or review (RE) which tasks. In a project whose distribution is "assigned_only" the stream gives
 * everybody what they were assigned, in order, and a task is finished when all of its assignees have answered. */
#ifndef LABELD_CORE_ASSIGNMENT_H
#define LABELD_CORE_ASSIGNMENT_H

#include "core/scope.h"
#include "json/jw.h"

enum { ASSIGNMENT_AT_ONCE = 5000 };   /* tasks per transaction */

/* People and what they are to do. */
struct assignment_who {
    const int64_t *users;
    size_t n;
    const char *type;      /* "AN" or "RE"; NULL, for removal only: both */
};

/* May the caller give out work of this type, or take it back, in the project? Errors: PERMISSION, VALIDATION (unknown type). */
err *assignment_check_type(struct scope *s, int64_t project, const char *type) __attribute__((warn_unused_result));
/* Errors: VALIDATION, which names those who are no members of the project, or none is given. */
err *assignment_check_users(struct scope *s, int64_t project, const struct assignment_who *who) __attribute__((warn_unused_result));

/* Every task to every one of the people. What is assigned already stays as it is and is not counted; so are tasks that the caller does
 * not see in this project. ASSIGNMENT_AT_ONCE tasks per transaction, unless one is open: repeated after a failure it goes on.
 * n_new    out: new assignments */
err *assignment_add(struct scope *s, int64_t project, const int64_t *tasks, size_t n, const struct assignment_who *who, int64_t *n_new) __attribute__((warn_unused_result));
/* Take assignments of these people (none given: of everybody) away. */
err *assignment_remove(struct scope *s, int64_t project, const int64_t *tasks, size_t n, const struct assignment_who *who, int64_t *n_gone) __attribute__((warn_unused_result));
/* Take assignments of everybody but these people away. Within a transaction of the caller's, whose tasks are locked. */
err *assignment_keep_only(struct scope *s, const int64_t *tasks, size_t n, const struct assignment_who *who) __attribute__((warn_unused_result));

/* A share of the tasks, chosen by chance, dealt out evenly. */
struct assignment_sample {
    double fraction;       /* of the tasks, above 0 and up to 1 */
    int64_t overlap;       /* people per task, at most as many as there are */
    uint64_t seed;         /* the same seed, tasks and people give the same result */
};
/* Errors: VALIDATION (fraction, overlap). */
err *assignment_sample_add(struct scope *s, int64_t project, const int64_t *tasks, size_t n, const struct assignment_who *who,
                           const struct assignment_sample *sample, int64_t *n_new) __attribute__((warn_unused_result));

/* Exactly these people do this type of work on a task that the caller sees. */
err *assignment_replace(struct scope *s, int64_t project, int64_t task, const struct assignment_who *who) __attribute__((warn_unused_result));
/* [{"id","task","assignee","type","created_at","state"}] of a task; annotators see their own. */
err *assignment_list_write(struct scope *s, struct jw *w, int64_t task) __attribute__((warn_unused_result));
/* The one of the first of these people, as an object. Errors: NOT_FOUND. */
err *assignment_first_write(struct scope *s, struct jw *w, int64_t task, const struct assignment_who *who) __attribute__((warn_unused_result));

/* Does the caller see of this project only what they were assigned? */
err *assignment_only(struct scope *s, int64_t project, bool *yes) __attribute__((warn_unused_result));
/* Their tasks: totals, where the page after `skip` tasks starts, and ids from there on. */
err *assignment_totals(struct scope *s, int64_t project, int64_t *tasks, int64_t *annotations, int64_t *predictions) __attribute__((warn_unused_result));
err *assignment_start(struct scope *s, int64_t project, int64_t skip, bool *found, int64_t *inner_id) __attribute__((warn_unused_result));
err *assignment_page(struct scope *s, int64_t project, int64_t from_inner_id, int64_t most, int64_t **ids, size_t *n) __attribute__((warn_unused_result));

#endif
