/* Reviews: somebody else accepts, mends or rejects an annotation. What a task says of them is stored on it. */
#ifndef LABELD_CORE_REVIEW_H
#define LABELD_CORE_REVIEW_H

#include "core/scope.h"
#include "json/jin.h"
#include "json/jw.h"

/* Of an annotation, of a project (0: any). */
struct review_filter {
    int64_t annotation, project;
    bool descending;
};
err *review_list(struct scope *s, const struct review_filter *f, struct db_cursor *out) __attribute__((warn_unused_result));
/* Errors: NOT_FOUND. */
err *review_row(struct scope *s, int64_t id, struct row *out) __attribute__((warn_unused_result));
void review_write(struct jw *w, const struct row *r);
/* All of these tasks, ordered by task, annotation and age; nothing is asked where nobody reviewed. */
err *review_rows(struct scope *s, int64_t project, const int64_t *tasks, size_t n, struct rows *out) __attribute__((warn_unused_result));
/* The key "reviews" with those of one annotation, out of review_rows(). */
void review_list_write(struct jw *w, const struct rows *rows, int64_t task, int64_t annotation);

/* In a transaction. accepted: as it is, or with another `result`; else rejected, and then it goes back to its author, or out of the queue.
 * Errors: VALIDATION (annotation, a comment that the project wants), PERMISSION (who may not review here, or not this). */
err *review_create(struct scope *s, const struct jin *in, int64_t *id) __attribute__((warn_unused_result));
/* Another decision; reviewers about their own reviews, managers about any. Errors: also NOT_FOUND, VALIDATION (it does not count any more). */
err *review_update(struct scope *s, int64_t id, const struct jin *in) __attribute__((warn_unused_result));
/* Undo it. */
err *review_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));
/* All of these tasks, which are locked: of this reviewer (0: of anybody). */
err *review_delete_of_tasks(struct scope *s, int64_t project, const int64_t *tasks, size_t n, int64_t reviewer, int64_t *n_gone) __attribute__((warn_unused_result));
/* The annotation was changed: it is to be reviewed again. */
err *review_supersede(struct scope *s, int64_t annotation) __attribute__((warn_unused_result));

/* review_settings of a project's body: checked, as JSON of what is set; NULL: nothing. Errors: VALIDATION. */
err *review_settings_read(struct scope *s, const struct jin *in, const char **out) __attribute__((warn_unused_result));

#endif
