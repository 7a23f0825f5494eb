/* Imports: tasks with their annotations and predictions, all or nothing, in constant memory. */
#ifndef LABELD_IMPORT_IMP_H
#define LABELD_IMPORT_IMP_H

#include "core/scope.h"
#include "json/jspan.h"
#include "json/jw.h"
#include "labelconfig/lc.h"

struct imp_options {
    int64_t project;
    bool commit;          /* false: parse and count only; nothing need fit the label configuration */
    bool return_ids;
    bool unchecked;       /* as storages are read: data need not fit the label configuration, and annotations are no ground truth unless they say so */
    const char *const *preannotate;   /* data fields that become predictions; all else beside the data is dropped then */
    size_t n_preannotate;
    /* Told at short intervals how many tasks there are; its error ends the import. NULL = nobody asks. */
    err *(*progress)(void *to, int64_t tasks);
    void *progress_to;
    /* Told about each item that does not fit, which is left out then: row counts from 1 in its file, file NULL = none; its error ends the
     * import. NULL = nothing is left out, the import is refused. */
    err *(*refused)(void *to, const char *file, int64_t row, const char *why);
    void *refused_to;
    /* Called before tasks are written: what they refer to must be there. NULL = nothing. */
    err *(*before_write)(void *to);
    void *before_write_to;
};

/* n ids from the first one on. */
struct id_run {
    int64_t first, n;
};

struct imp_result {
    int64_t tasks, annotations, predictions;
    struct id_run *runs;          /* ids of the new tasks in input order; with return_ids */
    size_t n_runs;
    const char *const *columns;   /* data keys that all files share; none for other sources */
    size_t n_columns;
    int64_t job;                  /* gives overlaps to a part of the tasks, when the project says so; 0 = nothing to wait for */
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
/* One task with this data, a JSON object; the text is copied. */
err *imp_data(struct importer *im, struct span data, int64_t file_upload) __attribute__((warn_unused_result));
/* A task or the data of one, a JSON object; the text is copied. */
err *imp_task(struct importer *im, struct span text, int64_t file_upload) __attribute__((warn_unused_result));
/* One task whose data is {"$undefined$": value}: a line of text, the address of an uploaded file. */
err *imp_value(struct importer *im, struct span value, int64_t file_upload) __attribute__((warn_unused_result));
/* It is known that the import will be refused: from now on items are judged, not written. */
void imp_judge_only(struct importer *im);

/* Around the tasks of one file. name: as it is kept; table: its tasks name their data keys.
 * Errors of the end: VALIDATION when the file shares no data key with the files before it. */
void imp_file_begin(struct importer *im, const char *name, bool table);
err *imp_file_end(struct importer *im) __attribute__((warn_unused_result));
/* The label configuration that the tasks are for. */
const struct lc *imp_config(const struct importer *im);

/* Tasks so far. */
int64_t imp_task_count(const struct importer *im);

/* Write what is left, refresh counters, settle the project. Errors: VALIDATION listing the problem of every refused item. */
err *imp_end(struct importer *im, struct imp_result *out) __attribute__((warn_unused_result));

#endif
