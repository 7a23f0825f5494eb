/* Drafts: unsent work of one user on a task or on an annotation. */
#ifndef LABELD_CORE_DRAFT_H
#define LABELD_CORE_DRAFT_H

#include "core/scope.h"
#include "json/jin.h"
#include "json/jw.h"

/* Rows of several tasks, ordered by task and id. mine: the caller's only; annotators never see others'. */
err *draft_rows(struct scope *s, const int64_t *tasks, size_t n, bool mine, struct rows *out) __attribute__((warn_unused_result));
/* Tasks that have a draft of anybody's: a row each, ordered by task, whose first columns are those of draft_rows. */
err *draft_tasks(struct scope *s, const int64_t *tasks, size_t n, struct rows *out) __attribute__((warn_unused_result));
err *draft_row(struct scope *s, int64_t id, struct row *out) __attribute__((warn_unused_result));
/* As draft_row, whoever owns it, and without an error when there is none. */
err *draft_find(struct scope *s, int64_t id, struct row *out, bool *found) __attribute__((warn_unused_result));
int64_t draft_row_id(const struct row *r);
int64_t draft_owner(const struct row *r);
int64_t draft_task(const struct row *r);
bool draft_discussed(const struct row *r);           /* of draft_find(): somebody commented on it */
const char *draft_created(const struct row *r);   /* as Postgres writes it; lives as long as the row */
void draft_write(struct jw *w, const struct row *r);

/* result: JSON text. annotation 0 = a draft of a new annotation. Errors: NOT_FOUND (task or annotation). */
err *draft_insert(struct scope *s, int64_t task, int64_t annotation, const char *result, struct db_arg lead_time, bool postponed,
                  struct db_arg import_id, int64_t *id) __attribute__((warn_unused_result));
err *draft_create(struct scope *s, int64_t task, int64_t annotation, const struct jin *in, int64_t *id) __attribute__((warn_unused_result));
/* whole: it becomes the caller's; a change of parts leaves it to whom it belongs. */
err *draft_update(struct scope *s, int64_t id, const struct jin *in, bool whole) __attribute__((warn_unused_result));
err *draft_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));

#endif
