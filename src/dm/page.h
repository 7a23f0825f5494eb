/* What a page of the task table shows beside the rows of its tasks: figures, people, results in words. For the tasks of one page. */
#ifndef LABELD_DM_PAGE_H
#define LABELD_DM_PAGE_H

#include "core/scope.h"
#include "dm/query.h"

/* A row for each task that is still there, in the order of the ids: its id, then what each column holds, as JSON (dm_value). */
err *dm_page_values(struct scope *s, const struct dm_context *c, const struct dm_column *const *columns, size_t n_columns, const int64_t *ids,
                    size_t n, struct rows *out) __attribute__((warn_unused_result));
/* Rows DM_PAGE_RESULTS_…, ordered by task; of predictions the same columns. */
err *dm_page_words(struct scope *s, const struct dm_context *c, bool predicted, const int64_t *ids, size_t n, struct rows *out)
    __attribute__((warn_unused_result));
/* Rows DM_PAGE_PEOPLE_… */
err *dm_page_people(struct scope *s, const int64_t *users, size_t n, struct rows *out) __attribute__((warn_unused_result));

#endif
