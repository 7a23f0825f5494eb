/* Tasks: one, lists with their annotations, create, change, trash. */
#ifndef LABELD_CORE_TASK_H
#define LABELD_CORE_TASK_H

#include "core/feedback.h"
#include "core/scope.h"
#include "json/jin.h"
#include "json/jw.h"

/* Errors: NOT_FOUND "No Task matches the given query." */
err *task_missing(struct scope *s) __attribute__((warn_unused_result));
err *task_row(struct scope *s, int64_t id, struct row *out) __attribute__((warn_unused_result));
/* task_row() will be called for it (db_ahead). */
err *task_ahead(struct scope *s, int64_t id) __attribute__((warn_unused_result));
/* Project of a visible task. */
err *task_project(struct scope *s, int64_t id, int64_t *project) __attribute__((warn_unused_result));

/* The four forms in which answers show a task. */
enum task_shape {
    TASK_GET,        /* detail: annotations with user objects, predictions, own drafts */
    TASK_LIST,       /* list: figures without children */
    TASK_LIST_ALL,   /* list with fields=all: children, joined texts */
    TASK_PLAIN       /* the answer to create; with children (PATCH, plain project list) they follow */
};

/* Figures of a task that cost something to find. TASK_LIST shows those that were asked for (bit set), the other shapes all. */
enum task_figure {
    TASK_COMPLETED_AT = 1,
    TASK_ANNOTATORS = 2,
    TASK_ANNOTATIONS_RESULTS = 4,
    TASK_ANNOTATIONS_IDS = 8,
    TASK_PREDICTIONS_SCORE = 16,
    TASK_PREDICTIONS_MODEL_VERSIONS = 32,
    TASK_PREDICTIONS_RESULTS = 64,
    TASK_FILE_UPLOAD = 128,
    TASK_AVG_LEAD_TIME = 256,
    TASK_DRAFT_EXISTS = 512,
    TASK_REVIEWED = 1024,
    TASK_REVIEWS_ACCEPTED = 2048,
    TASK_REVIEWS_REJECTED = 4096,
    TASK_REVIEWERS = 8192,
    TASK_REVIEW_TIME = 16384,
    TASK_COMMENTS = 32768
};
/* Do these figures need the tasks' children? */
static inline bool task_figures_of_children(unsigned figures)
{
    return (figures & ~(unsigned)(TASK_COMPLETED_AT | TASK_FILE_UPLOAD | TASK_REVIEWED | TASK_REVIEWS_ACCEPTED | TASK_REVIEWS_REJECTED | TASK_REVIEWERS |
                                   TASK_REVIEW_TIME | TASK_COMMENTS)) != 0;
}

/* What belongs to a batch of tasks; rows ordered by task. */
struct task_children {
    struct rows annotations, predictions;
    struct rows drafts;       /* the caller's */
    struct rows drafted;      /* a row per task with a draft of anybody's */
};
/* version: predictions of this model version only, NULL = all. */
err *task_children(struct scope *s, const int64_t *tasks, size_t n, const char *version, struct task_children *out) __attribute__((warn_unused_result));
/* Figures of a row of task_row(), which save queries for what is not there. */
bool task_row_has_annotations(const struct row *r);
bool task_row_has_predictions(const struct row *r);
int64_t task_row_project(const struct row *r);
bool task_row_evaluates(const struct row *r);           /* its project wants predictions of tasks that are read */
bool task_row_discussed(const struct row *r);           /* somebody said something about it */
bool task_row_in_review(const struct row *r);           /* there are reviews in its project */
/* What task_list_write() would show of comments and reviews. */
struct feedback_wish task_feedback_wish(enum task_shape shape, unsigned figures, const char *include);
/* What the task says of comments and reviews; nothing is asked for one that has none. */
err *task_row_feedback(struct scope *s, const struct row *r, struct feedback *out) __attribute__((warn_unused_result));
bool task_row_has_drafts(const struct row *r);          /* anybody's; of annotators their own */
/* task_children() for one such row. */
err *task_row_children(struct scope *s, const struct row *r, const char *version, struct task_children *out) __attribute__((warn_unused_result));

/* Write one task. r has the columns of task_by_id (the lists share their prefix). children may be NULL (TASK_LIST, TASK_PLAIN). */
void task_write(struct scope *s, struct jw *w, const struct row *r, enum task_shape shape, const struct task_children *children,
                const struct feedback *feedback);
/* The same with these figures, where the shape is TASK_LIST. include: comma list of fields, NULL = all. */
void task_list_write(struct scope *s, struct jw *w, const struct row *r, enum task_shape shape, unsigned figures,
                     const struct task_children *children, const struct feedback *feedback, const char *include);

/* The task's own fields, into an object that is open already (the stream's answer). */
void task_fields_write(struct jw *w, const struct row *r, enum task_shape shape, const struct feedback *feedback, const char *include);

/* Totals of a list and the page itself. Annotators (scope_own_only) see the tasks they worked on. */
struct task_list_totals {
    int64_t tasks, annotations, predictions;
};
err *task_list_totals(struct scope *s, int64_t project, struct task_list_totals *out) __attribute__((warn_unused_result));
/* project_check_visible() and the first of these calls will be made, for a page of `most` after `skip` (db_ahead). */
err *task_list_ahead(struct scope *s, int64_t project, int64_t skip, int64_t most) __attribute__((warn_unused_result));
/* inner_id where the page after `skip` tasks starts; *found false past the end. */
err *task_list_start(struct scope *s, int64_t project, int64_t skip, bool *found, int64_t *inner_id) __attribute__((warn_unused_result));
/* Rows from an inner_id on. */
err *task_list_page(struct scope *s, int64_t project, int64_t from_inner_id, int64_t most, struct rows *out) __attribute__((warn_unused_result));
/* Rows of these tasks of a project, in the order of the ids; those that are gone are left out. */
err *task_list_rows(struct scope *s, int64_t project, const int64_t *ids, size_t n, struct rows *out) __attribute__((warn_unused_result));
int64_t task_row_inner_id(const struct row *r);
int64_t task_row_id(const struct row *r);

/* Errors: NOT_FOUND (project), VALIDATION (data does not fit the label configuration). */
err *task_create(struct scope *s, int64_t project, const struct jin *in, int64_t *id) __attribute__((warn_unused_result));
err *task_update(struct scope *s, int64_t id, const struct jin *in) __attribute__((warn_unused_result));
/* Into the trash; ids that are not visible are left out. *n counts; *job is what to wait for when the overlaps of other tasks must be
 * right as well, 0 = nothing. */
err *task_delete(struct scope *s, const int64_t *ids, size_t n_ids, int64_t *n, int64_t *job) __attribute__((warn_unused_result));
err *task_restore(struct scope *s, const int64_t *ids, size_t n_ids, int64_t *n) __attribute__((warn_unused_result));
/* Every task that is there now, not those that come later. *job: the job that does it in a big project, 0 = done. */
err *task_delete_all(struct scope *s, int64_t project, int64_t *job) __attribute__((warn_unused_result));
/* One step of it in the caller's transaction: at most `most` live tasks with inner ids above `after`, up to `upto`. What is deleted
 * together is brought back together: moment is the same for all steps. *last is where it got, *n how many went. */
struct task_trash {
    int64_t project, upto, by;
    const char *moment; /* NULL = now */
};
err *task_trash_some(struct db *db, const struct task_trash *t, int64_t after, int64_t most, int64_t *last, int64_t *n) __attribute__((warn_unused_result));

/* Refresh the stored figures of tasks after a change of their annotations or predictions by the caller. */
err *task_recount(struct scope *s, const int64_t *ids, size_t n) __attribute__((warn_unused_result));
err *task_recount_one(struct scope *s, int64_t id) __attribute__((warn_unused_result));

#endif
