/* Imports: tasks with their annotations and predictions, all or nothing, in constant memory. */
#ifndef LABELD_IMPORT_IMP_H
#define LABELD_IMPORT_IMP_H

#include "core/scope.h"
#include "json/jspan.h"
#include "json/jw.h"

struct imp_options {
    int64_t project;
    bool commit;          /* false: parse, check and count only */
    bool return_ids;
};

struct imp_result {
    int64_t tasks, annotations, predictions;
    int64_t *ids;                 /* of the new tasks in input order; with return_ids */
    const char *const *columns;   /* data keys seen, in order of appearance */
    size_t n_columns;
};

struct importer;

/* Begin: checks that the project is visible and locks its numbering. Must run in a transaction; so must the rest.
 * Errors: NOT_FOUND. */
err *imp_begin(struct scope *s, const struct imp_options *o, struct importer **out) __attribute__((warn_unused_result));
/* A JSON document: a list of items or one item, each a task with "data" or the bare data. `text` must stay until imp_end:
 * values are copied from it straight to the database.
 * file_upload: row id of the file it came from, 0 = none.
 * Errors: PARSE; VALIDATION (people, limits). Problems of single items are gathered and answered by imp_end. */
err *imp_json(struct importer *im, struct span text, int64_t file_upload) __attribute__((warn_unused_result));
/* One task whose data is {"$undefined$": value}: an uploaded media file. */
err *imp_value(struct importer *im, const char *value, int64_t file_upload) __attribute__((warn_unused_result));
/* Write what is left, refresh counters, settle the project. Errors: VALIDATION listing the problem of every refused item. */
err *imp_end(struct importer *im, struct imp_result *out) __attribute__((warn_unused_result));

#endif
