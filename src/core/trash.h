/* The trash: deleted projects, tasks and annotations, brought back or removed for good. Clients of the API that do not ask for it see
 * nothing of it: what was deleted is gone. What is in it and how it gets there: sql/README. */
#ifndef LABELD_CORE_TRASH_H
#define LABELD_CORE_TRASH_H

#include "core/scope.h"
#include "json/jw.h"

/* ---- projects ---- */

/* Those in the trash that the caller could see before, latest first; columns TRASH_PROJECTS_…. before, before_id: deleted_at and id of the
 * last row seen; NULL = from the start. */
err *trash_projects(struct scope *s, const char *before, int64_t before_id, int64_t most, struct rows *out) __attribute__((warn_unused_result));
/* One of them: no row, or one. */
err *trash_project(struct scope *s, int64_t project, struct rows *out) __attribute__((warn_unused_result));
/* Errors: NOT_FOUND (not in the trash, not visible, or on its way out already). In a transaction of the caller's. */
err *trash_project_restore(struct scope *s, int64_t project) __attribute__((warn_unused_result));
/* For good: from now on it cannot come back; the job does the rest. Errors: as above. */
err *trash_project_purge(struct scope *s, int64_t project, int64_t *job) __attribute__((warn_unused_result));

/* ---- tasks and annotations of a project ---- */

struct trash_counts {
    int64_t tasks, annotations;
};
err *trash_counts(struct scope *s, int64_t project, struct trash_counts *out) __attribute__((warn_unused_result));
/* What was deleted at one go, latest first; columns TRASH_GROUPS_…. before: deleted_at of the last row seen, NULL = from the start. */
err *trash_groups(struct scope *s, int64_t project, const char *before, int64_t most, struct rows *out) __attribute__((warn_unused_result));

/* One by one, latest first, after (before, before_id); before NULL = from the start. Writes the list; *last is NULL at the end. */
struct trash_page {
    const char *before;
    int64_t before_id, most;
    const char *last;          /* out: where the next page goes on */
    int64_t last_id;
};
err *trash_tasks_write(struct scope *s, struct jw *w, int64_t project, struct trash_page *page) __attribute__((warn_unused_result));
err *trash_annotations_write(struct scope *s, struct jw *w, int64_t project, struct trash_page *page) __attribute__((warn_unused_result));

/* What is meant; of each kind everything when neither ids nor moments say otherwise. */
struct trash_choice {
    bool tasks, annotations;      /* which kinds */
    const char *ids;              /* "{1,2}" of the one kind that is given; NULL = any */
    const char *moment;           /* deleted at this very moment; NULL = any */
    const char *until;            /* deleted then or before; NULL = any */
};

/* What a request did about it. */
struct trash_done {
    struct trash_counts n;        /* so far */
    int64_t job;                  /* that goes on with it, or removes what was marked; 0 = none */
    bool later;                   /* the job's result has the counts, of all that was chosen */
};
/* Some thousands per transaction; repeated after a failure it goes on. What takes longer is left to a job. Errors: NOT_FOUND (project). */
err *trash_restore(struct scope *s, int64_t project, const struct trash_choice *c, struct trash_done *out) __attribute__((warn_unused_result));
/* They are marked, and cannot come back; the job removes the rows. */
err *trash_purge(struct scope *s, int64_t project, const struct trash_choice *c, struct trash_done *out) __attribute__((warn_unused_result));

/* The steps of both, for the jobs: tasks first, then annotations of tasks that are not in the trash. */
struct trash_run {
    struct db *db;
    int64_t project, by;
    struct trash_choice choice;
    bool purge;                   /* mark them; else bring them back */
    struct trash_counts n;        /* by the steps before */
    struct trash_counts step;     /* by this one */
    bool more;                    /* after this one there is more to do */
    bool full, tasks_over;
};
/* In a transaction; trash_stepped() when that was committed. */
err *trash_step(struct trash_run *run) __attribute__((warn_unused_result));
void trash_stepped(struct trash_run *run);
/* How many rows are chosen now. */
err *trash_chosen(struct trash_run *run, int64_t *n) __attribute__((warn_unused_result));

#endif
