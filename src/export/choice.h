/* What goes into a snapshot, or into a direct export of a view or query: which tasks, which of their
 * annotations, and what is written in full. The texts are JSON as clients send them and as the
 * snapshot's row keeps them. */
#ifndef LABELD_EXPORT_CHOICE_H
#define LABELD_EXPORT_CHOICE_H

#include "core/scope.h"
#include "dm/query.h"
#include "export/exp.h"

struct exp_choice {
    int64_t view; /* 0 = none */
    const char *finished, *annotated, *skipped, *reviewed; /* "only", "exclude", NULL = any */
    bool with_annotations;
    bool some; /* not all annotations, but the union of: */
    bool usual, ground_truth, cancelled;
    bool drafts, predictions, people; /* in full, not as ids */
    bool frames, history;

    struct dm_context context;
    struct dm_query query; /* after exp_choice_open */
};

/* NULL or "null" stands for an option that was not given.
 * Errors: VALIDATION under task_filter_options, annotation_filter_options, serialization_options. */
err *exp_choice_read(struct arena *a, const char *tasks, const char *annotations,
                     const char *serialization, struct exp_choice *out)
    __attribute__((warn_unused_result));
/* Get ready to ask for tasks. query: of the view, as dm_compile takes it; NULL = none.
 * Errors: NOT_FOUND (project), VALIDATION (query). */
err *exp_choice_open(struct scope *s, int64_t project, const char *query, struct exp_choice *c)
    __attribute__((warn_unused_result));
/* Ids of the next tasks after an inner_id, in that order. */
err *exp_choice_tasks(struct scope *s, const struct exp_choice *c, int64_t after, int64_t most,
                      int64_t *ids, size_t *n) __attribute__((warn_unused_result));
/* The next tasks of an export, of its choice where it has one: rows EXPORT_TASKS_…, and their ids. */
err *exp_tasks_read(struct scope *s, const struct exp_options *o, int64_t after, int64_t most,
                    int64_t **ids, size_t *n, struct rows *tasks) __attribute__((warn_unused_result));

#endif
