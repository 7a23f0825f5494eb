/* Writing a batch: ids from the sequence, then COPY of tasks, annotations and predictions, then in one statement each the
 * history of the annotations and a recount of the tasks that have any. */
#include "import/batch.h"

#include <string.h>

#include "core/event.h"
#include "import/import.sql.h"

void batch_init(struct batch *b, struct scope *s, int64_t project, int64_t overlap, int64_t next_inner_id)
{
    *b = (struct batch){.s = s, .project = project, .overlap = overlap, .next_inner_id = next_inner_id};
    b->tasks = arena_array(s->a, BATCH_TASKS, sizeof *b->tasks);
    b->ids = arena_array(s->a, BATCH_TASKS, sizeof *b->ids);
    b->annotations = arena_array(s->a, BATCH_CHILDREN, sizeof *b->annotations);
    b->predictions = arena_array(s->a, BATCH_CHILDREN, sizeof *b->predictions);
    b->annotations_room = b->predictions_room = BATCH_CHILDREN;
    b->a = arena_below(s->a, "import batch");
}

bool batch_full(const struct batch *b)
{
    return b->n_tasks >= BATCH_TASKS || b->n_annotations >= BATCH_CHILDREN ||
           b->n_predictions >= BATCH_CHILDREN || b->bytes >= BATCH_BYTES;
}

static void grow(struct batch *b, struct batch_child **rows, size_t *room, int n, size_t more)
{
    struct batch_child *bigger;

    if ((size_t)n + more <= *room)
        return;
    *room = (size_t)n + more + BATCH_CHILDREN;
    bigger = arena_array(b->s->a, *room, sizeof *bigger);
    memcpy(bigger, *rows, (size_t)n * sizeof *bigger);
    *rows = bigger;
}

void batch_reserve(struct batch *b, size_t annotations, size_t predictions)
{
    grow(b, &b->annotations, &b->annotations_room, b->n_annotations, annotations);
    grow(b, &b->predictions, &b->predictions_room, b->n_predictions, predictions);
}

static err *ids_take(struct batch *b)
{
    struct rows rows;

    TRY(db_many(b->s->db, SQL_import_task_ids, DB_ARGS(db_i64(b->n_tasks)), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        b->ids[i] = row_i64(&r, IMPORT_TASK_IDS_ID);
    }
    return OK;
}

static err *task_copy(struct batch *b, struct db_copy *c, int i)
{
    const struct batch_task *t = &b->tasks[i];

    TRY(db_copy_i64(c, b->ids[i]));
    TRY(db_copy_i64(c, b->project));
    TRY(db_copy_i64(c, b->next_inner_id + i));
    TRY(db_copy_text(c, t->data));
    TRY(db_copy_text(c, t->meta.p ? t->meta : (struct span){"{}", 2}));
    TRY(db_copy_i64(c, b->overlap));
    TRY(db_copy_text(c, (struct span){t->allow_skip ? "t" : "f", 1}));
    TRY(t->file_upload ? db_copy_i64(c, t->file_upload) : db_copy_null(c));
    return db_copy_end_row(c);
}

static err *number_copy(struct db_copy *c, const char *number)
{
    return number ? db_copy_text(c, (struct span){number, strlen(number)}) : db_copy_null(c);
}

static err *bool_copy(struct db_copy *c, bool v)
{
    return db_copy_text(c, (struct span){v ? "t" : "f", 1});
}

static err *annotation_copy(struct batch *b, struct db_copy *c, int i)
{
    const struct batch_child *n = &b->annotations[i];

    TRY(db_copy_i64(c, b->ids[n->task]));
    TRY(db_copy_i64(c, b->project));
    TRY(db_copy_text(c, n->result));
    TRY(db_copy_i64(c, n->result_count));
    TRY(db_copy_i64(c, n->completed_by));
    TRY(bool_copy(c, n->was_cancelled));
    TRY(bool_copy(c, n->ground_truth));
    TRY(number_copy(c, n->number));
    TRY(n->has_import_id ? db_copy_i64(c, n->import_id) : db_copy_null(c));
    TRY(bool_copy(c, false));
    return db_copy_end_row(c);
}

static err *prediction_copy(struct batch *b, struct db_copy *c, int i)
{
    const struct batch_child *n = &b->predictions[i];

    TRY(db_copy_i64(c, b->ids[n->task]));
    TRY(db_copy_i64(c, b->project));
    TRY(db_copy_text(c, n->result));
    TRY(number_copy(c, n->number));
    TRY(db_copy_text(c, (struct span){n->model_version, strlen(n->model_version)}));
    return db_copy_end_row(c);
}

typedef err *row_copy(struct batch *b, struct db_copy *c, int i);

static err *copy_rows(struct batch *b, const char *statement, int n, row_copy *row)
{
    struct db_copy c;
    err *e = OK;

    if (n == 0)
        return OK;
    TRY(db_copy_open(b->s->db, statement, &c));
    for (int i = 0; i < n && !e; i++)
        e = row(b, &c, i);
    if (e) {
        db_copy_abort(&c);
        return e;
    }
    return db_copy_end(&c, NULL);
}

static struct db_arg marked_ids(struct batch *b, const bool *has, size_t *n)
{
    int64_t *ids = arena_array(b->s->a, (size_t)b->n_tasks, sizeof *ids);

    *n = 0;
    for (int i = 0; i < b->n_tasks; i++)
        if (has[i])
            ids[(*n)++] = b->ids[i];
    return db_i64s(b->s->a, ids, *n);
}

/* What follows the rows: the history of the annotations, and the stored figures of tasks that have children. */
static err *settle(struct batch *b)
{
    bool *has = arena_array(b->s->a, (size_t)b->n_tasks, sizeof *has);
    struct db_arg ids;
    size_t n;

    for (int i = 0; i < b->n_annotations; i++)
        has[b->annotations[i].task] = true;
    ids = marked_ids(b, has, &n);
    if (n)
        TRY(db_exec(b->s->db, SQL_import_history, DB_ARGS(ids, db_i64(b->s->user)), NULL));
    for (int i = 0; i < b->n_predictions; i++)
        has[b->predictions[i].task] = true;
    ids = marked_ids(b, has, &n);
    return n ? db_exec(b->s->db, SQL_import_recount, DB_ARGS(ids), NULL) : OK;
}

void batch_clear(struct batch *b)
{
    b->n_tasks = b->n_annotations = b->n_predictions = 0;
    b->bytes = 0;
    arena_reset(b->a);
}

err *batch_write(struct batch *b)
{
    struct arena_mark m = arena_mark(b->s->a);

    if (b->n_tasks == 0)
        return OK;
    TRY(ids_take(b));
    TRY(copy_rows(b, "COPY task (id, project_id, inner_id, data, meta, overlap, allow_skip, file_upload_id) FROM STDIN",
                  b->n_tasks, task_copy));
    TRY(copy_rows(b, "COPY annotation (task_id, project_id, result, result_count, completed_by, was_cancelled, ground_truth, lead_time, import_id,"
                  " in_summary) FROM STDIN",
                  b->n_annotations, annotation_copy));
    TRY(copy_rows(b, "COPY prediction (task_id, project_id, result, score, model_version) FROM STDIN", b->n_predictions, prediction_copy));
    TRY(settle(b));
    if (b->s->hooks)
        TRY(event_tasks(b->s, b->project, db_i64s(b->s->a, b->ids, (size_t)b->n_tasks)));
    arena_rewind(b->s->a, m);
    b->next_inner_id += b->n_tasks;
    batch_clear(b);
    return OK;
}
