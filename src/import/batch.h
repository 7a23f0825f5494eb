/* Rows on their way into the database: a batch of tasks with their annotations and predictions, written by three COPYs. */
#ifndef LABELD_IMPORT_BATCH_H
#define LABELD_IMPORT_BATCH_H

#include "core/scope.h"
#include "json/jspan.h"

enum { BATCH_TASKS = 2000, BATCH_CHILDREN = 8000, BATCH_BYTES = 4 << 20 };

struct batch_task {
    struct span data, meta;      /* JSON source texts; they point into the imported document */
    bool allow_skip;
    int64_t file_upload;
};

struct batch_child {
    int task;                    /* index in the batch */
    struct span result;
    /* annotations */
    int64_t completed_by, import_id;
    bool was_cancelled, ground_truth, has_import_id;
    int32_t result_count;
    /* both */
    const char *number;          /* lead_time or score as text, NULL = none */
    const char *model_version;   /* predictions */
};

struct batch {
    struct scope *s;
    int64_t project, overlap, next_inner_id;
    struct arena *a;             /* texts of the batch; emptied when it was written */
    int n_tasks, n_annotations, n_predictions;
    size_t bytes;                /* of the source texts in it */
    size_t annotations_room, predictions_room;
    struct batch_task *tasks;
    struct batch_child *annotations, *predictions;
    int64_t *ids;                /* of the tasks last written */
};

void batch_init(struct batch *b, struct scope *s, int64_t project, int64_t overlap, int64_t next_inner_id);
bool batch_full(const struct batch *b);
/* Make room for so many more; one task may have more children than a batch usually holds. */
void batch_reserve(struct batch *b, size_t annotations, size_t predictions);
/* Forget what it holds. */
void batch_clear(struct batch *b);
/* Write and empty the batch; b->ids holds the ids of its tasks afterwards. */
err *batch_write(struct batch *b) __attribute__((warn_unused_result));

#endif
