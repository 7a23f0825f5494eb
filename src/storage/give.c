/* Annotations become objects: one for each, named by its id, holding the annotation with its task. */
#include "storage/sync.h"

#include <string.h>

#include "core/fields.h"
#include "core/wire.h"
#include "storage/storage.sql.h"

_Static_assert((int)STORAGE_TASKS_PROJECT == (int)STORAGE_TASKS_OF_PROJECT, "column lists differ");

enum { TASKS_PER_STEP = 200, STALE_PER_STEP = 500 };

static const struct field task_fields[] = {
    {"id", STORAGE_TASKS_ID, 'i'},
    {"data", STORAGE_TASKS_DATA, 'j'},
    {"meta", STORAGE_TASKS_META, 'j'},
    {"created_at", STORAGE_TASKS_CREATED_AT, 't'},
    {"updated_at", STORAGE_TASKS_UPDATED_AT, 't'},
    {"is_labeled", STORAGE_TASKS_IS_LABELED, 'b'},
    {"allow_skip", STORAGE_TASKS_ALLOW_SKIP, 'b'},
    {"overlap", STORAGE_TASKS_OVERLAP, 'i'},
    {"inner_id", STORAGE_TASKS_INNER_ID, 'i'},
    {"total_annotations", STORAGE_TASKS_TOTAL_ANNOTATIONS, 'i'},
    {"cancelled_annotations", STORAGE_TASKS_CANCELLED_ANNOTATIONS, 'i'},
    {"total_predictions", STORAGE_TASKS_TOTAL_PREDICTIONS, 'i'},
    {"comment_count", STORAGE_TASKS_COMMENT_COUNT, 'i'},
    {"unresolved_comment_count", STORAGE_TASKS_UNRESOLVED_COMMENT_COUNT, 'i'},
    {"last_comment_updated_at", STORAGE_TASKS_LAST_COMMENT_UPDATED_AT, 't'},
    {"project", STORAGE_TASKS_PROJECT, 'i'},
    {"updated_by", STORAGE_TASKS_UPDATED_BY, 'i'},
    {"file_upload", STORAGE_TASKS_FILE_UPLOAD, 'i'},
};

static const struct field annotation_fields[] = {
    {"id", STORAGE_ANNOTATIONS_ID, 'i'},
    {"result", STORAGE_ANNOTATIONS_RESULT, 'j'},
    {"created_username", STORAGE_ANNOTATIONS_USERNAME, 's'},
    {"completed_by", STORAGE_ANNOTATIONS_COMPLETED_BY, 'i'},
    {"was_cancelled", STORAGE_ANNOTATIONS_WAS_CANCELLED, 'b'},
    {"ground_truth", STORAGE_ANNOTATIONS_GROUND_TRUTH, 'b'},
    {"created_at", STORAGE_ANNOTATIONS_CREATED_AT, 't'},
    {"updated_at", STORAGE_ANNOTATIONS_UPDATED_AT, 't'},
    {"draft_created_at", STORAGE_ANNOTATIONS_DRAFT_CREATED_AT, 't'},
    {"lead_time", STORAGE_ANNOTATIONS_LEAD_TIME, 'f'},
    {"unique_id", STORAGE_ANNOTATIONS_UNIQUE_ID, 's'},
    {"import_id", STORAGE_ANNOTATIONS_IMPORT_ID, 'i'},
    {"last_action", STORAGE_ANNOTATIONS_LAST_ACTION, 's'},
    {"bulk_created", STORAGE_ANNOTATIONS_BULK_CREATED, 'b'},
    {"project", STORAGE_ANNOTATIONS_PROJECT, 'i'},
    {"updated_by", STORAGE_ANNOTATIONS_UPDATED_BY, 'i'},
    {"parent_prediction", STORAGE_ANNOTATIONS_PARENT_PREDICTION, 'i'},
    {"parent_annotation", STORAGE_ANNOTATIONS_PARENT_ANNOTATION, 'i'},
    {"last_created_by", STORAGE_ANNOTATIONS_LAST_CREATED_BY, 'i'},
};

struct giving {
    struct storage_run *r;
    int64_t after, next;        /* inner_id */
    bool more;
    int64_t n, n_step;
};

static void fields_write(struct jw *w, const struct row *r, const struct field *f, size_t n)
{
    for (size_t i = 0; i < n; i++)
        field_write(w, r, &f[i]);
}

static err *annotation_put(struct giving *g, const struct row *task, const struct row *annotation)
{
    struct arena *a = g->r->s->a;
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, a, SIZE_MAX);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    fields_write(&w, annotation, annotation_fields, sizeof annotation_fields / sizeof *annotation_fields);
    jw_key(&w, "created_ago");
    wire_ago(&w, annotation, STORAGE_ANNOTATIONS_CREATED_AT);
    jw_key(&w, "task");
    jw_obj(&w);
    fields_write(&w, task, task_fields, sizeof task_fields / sizeof *task_fields);
    jw_end(&w);
    jw_end(&w);
    return g->r->driver->put(a, g->r->settings, arena_printf(a, "%lld", (long long)row_i64(annotation, STORAGE_ANNOTATIONS_ID)), b.buf, b.len);
}

/* Files first, then that they are known: one that is written and not known is written again. */
static err *annotations_put(struct giving *g, const struct rows *tasks, const struct rows *annotations, int64_t *ids)
{
    struct arena *a = g->r->s->a;
    int t = 0;

    for (int i = 0; i < annotations->n; i++) {
        struct arena_mark m = arena_mark(a);
        struct row annotation = rows_at(annotations, i), task = rows_at(tasks, t);

        while (row_i64(&task, STORAGE_TASKS_ID) != row_i64(&annotation, STORAGE_ANNOTATIONS_TASK))
            task = rows_at(tasks, ++t);
        TRY(annotation_put(g, &task, &annotation));
        ids[i] = row_i64(&annotation, STORAGE_ANNOTATIONS_ID);
        arena_rewind(a, m);
    }
    return OK;
}

/* tasks: their ids. annotations: only these, an int4[] text; NULL = all. */
static err *tasks_give(struct giving *g, const struct rows *rows, const int64_t *tasks, const char *annotations)
{
    struct scope *s = g->r->s;
    struct rows found;
    int64_t *ids;

    TRY(db_many(s->db, SQL_storage_annotations, DB_ARGS(db_i64s(s->a, tasks, (size_t)rows->n), db_text(annotations)), &found));
    ids = arena_array(s->a, (size_t)found.n + 1, sizeof *ids);
    TRY(annotations_put(g, rows, &found, ids));
    g->n_step = found.n;
    return db_exec(s->db, SQL_storage_exported, DB_ARGS(db_i64(g->r->id), db_i64s(s->a, ids, (size_t)found.n)), NULL);
}

static err *give_tx(struct db *db, void *arg)
{
    struct giving *g = arg;
    struct arena *a = g->r->s->a;
    struct rows tasks;
    int64_t *ids;

    g->next = g->after;
    TRY(db_many(db, SQL_storage_tasks, DB_ARGS(db_i64(g->r->project), db_i64(g->after), db_i64(TASKS_PER_STEP)), &tasks));
    g->more = tasks.n == TASKS_PER_STEP;
    ids = arena_array(a, (size_t)tasks.n + 1, sizeof *ids);
    for (int i = 0; i < tasks.n; i++) {
        struct row r = rows_at(&tasks, i);
        ids[i] = row_i64(&r, STORAGE_TASKS_ID);
        g->next = row_i64(&r, STORAGE_TASKS_INNER_ID);
    }
    TRY(tasks_give(g, &tasks, ids, NULL));
    TRY(db_exec(db, SQL_storage_counted, DB_ARGS(db_i64(g->r->id), db_i64(g->n_step)), NULL));
    return g->r->beat(g->r->to, g->next, false);
}

static err *stale_tx(struct db *db, void *arg)
{
    struct giving *g = arg;
    struct arena *a = g->r->s->a;
    struct rows rows;
    int64_t *ids;

    TRY(db_many(db, SQL_storage_stale, DB_ARGS(db_i64(g->r->id), db_i64(STALE_PER_STEP)), &rows));
    g->more = rows.n == STALE_PER_STEP;
    ids = arena_array(a, (size_t)rows.n + 1, sizeof *ids);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        ids[i] = row_i64(&r, STORAGE_STALE_ANNOTATION);
        TRY(g->r->driver->remove(a, g->r->settings, arena_printf(a, "%lld", (long long)ids[i])));
    }
    TRY(db_exec(db, SQL_storage_forget, DB_ARGS(db_i64(g->r->id), db_i64s(a, ids, (size_t)rows.n)), NULL));
    return g->r->beat(g->r->to, -1, false);
}

static const char *due_read(struct scope *s, const struct rows *due)
{
    struct strbuf b;

    strbuf_init(&b, s->a, SIZE_MAX);
    strbuf_putc(&b, '{');
    for (int i = 0; i < due->n; i++) {
        struct row r = rows_at(due, i);
        strbuf_puts(&b, arena_printf(s->a, "%s%lld", i ? "," : "", (long long)row_i64(&r, STORAGE_DUE_ANNOTATION)));
    }
    strbuf_putc(&b, '}');
    return b.buf;
}

static err *due_tx(struct db *db, void *arg)
{
    struct giving *g = arg;
    struct scope *s = g->r->s;
    struct rows due, tasks;
    const char *annotations;
    int64_t *ids;

    TRY(db_many(db, SQL_storage_due, DB_ARGS(db_i64(g->r->id), db_i64(STALE_PER_STEP)), &due));
    g->more = due.n == STALE_PER_STEP;
    annotations = due_read(s, &due);
    TRY(db_many(db, SQL_storage_tasks_of, DB_ARGS(db_i64(g->r->project), db_text(annotations)), &tasks));
    ids = arena_array(s->a, (size_t)tasks.n + 1, sizeof *ids);
    for (int i = 0; i < tasks.n; i++) {
        struct row r = rows_at(&tasks, i);
        ids[i] = row_i64(&r, STORAGE_TASKS_OF_ID);
    }
    TRY(tasks_give(g, &tasks, ids, annotations));
    return g->r->beat(g->r->to, -1, false);
}

static err *steps(struct giving *g, tx_fn *fn)
{
    struct arena_mark m = arena_mark(g->r->s->a);

    do {
        TRY(tx_run(g->r->s->db, TX_WRITE, fn, g));
        g->after = g->next;
        g->n += g->n_step;
        g->n_step = 0;
        arena_rewind(g->r->s->a, m);
        TRY(g->r->go_on(g->r->to));
    } while (g->more);
    return OK;
}

err *storage_give(struct storage_run *r)
{
    struct giving g = {.r = r};

    TRY(steps(&g, give_tx));
    r->figure = g.n;
    return r->can_delete ? steps(&g, stale_tx) : OK;
}

err *storage_give_due(struct storage_run *r)
{
    struct giving g = {.r = r};

    TRY(steps(&g, due_tx));
    return r->can_delete ? steps(&g, stale_tx) : OK;
}
