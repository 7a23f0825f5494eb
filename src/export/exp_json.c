/* Format JSON: every task with all its annotations, drafts and the ids of its predictions. */
#include "core/draft.h"
#include "core/fields.h"
#include "core/project.h"
#include "core/wire.h"
#include "export/exp.h"
#include "export/export.sql.h"
#include "export/frames.h"

enum { BATCH = 500 };

static const struct field annotation_fields[] = {
    {"id", EXPORT_ANNOTATIONS_ID, 'i'},
    {"completed_by", EXPORT_ANNOTATIONS_COMPLETED_BY, 'i'},
    {"result", EXPORT_ANNOTATIONS_RESULT, 'j'},
    {"was_cancelled", EXPORT_ANNOTATIONS_WAS_CANCELLED, 'b'},
    {"ground_truth", EXPORT_ANNOTATIONS_GROUND_TRUTH, 'b'},
    {"created_at", EXPORT_ANNOTATIONS_CREATED_AT, 't'},
    {"updated_at", EXPORT_ANNOTATIONS_UPDATED_AT, 't'},
    {"draft_created_at", EXPORT_ANNOTATIONS_DRAFT_CREATED_AT, 't'},
    {"lead_time", EXPORT_ANNOTATIONS_LEAD_TIME, 'f'},
    {"result_count", EXPORT_ANNOTATIONS_RESULT_COUNT, 'i'},
    {"unique_id", EXPORT_ANNOTATIONS_UNIQUE_ID, 's'},
    {"import_id", EXPORT_ANNOTATIONS_IMPORT_ID, 'i'},
    {"last_action", EXPORT_ANNOTATIONS_LAST_ACTION, 's'},
    {"bulk_created", EXPORT_ANNOTATIONS_BULK_CREATED, 'b'},
    {"task", EXPORT_ANNOTATIONS_TASK, 'i'},
    {"project", EXPORT_ANNOTATIONS_PROJECT, 'i'},
    {"updated_by", EXPORT_ANNOTATIONS_UPDATED_BY, 'i'},
    {"parent_prediction", EXPORT_ANNOTATIONS_PARENT_PREDICTION, 'i'},
    {"parent_annotation", EXPORT_ANNOTATIONS_PARENT_ANNOTATION, 'i'},
    {"last_created_by", EXPORT_ANNOTATIONS_LAST_CREATED_BY, 'i'},
};

static const struct field task_fields[] = {
    {"data", EXPORT_TASKS_DATA, 'j'},
    {"meta", EXPORT_TASKS_META, 'j'},
    {"created_at", EXPORT_TASKS_CREATED_AT, 't'},
    {"updated_at", EXPORT_TASKS_UPDATED_AT, 't'},
    {"allow_skip", EXPORT_TASKS_ALLOW_SKIP, 'b'},
    {"inner_id", EXPORT_TASKS_INNER_ID, 'i'},
    {"total_annotations", EXPORT_TASKS_TOTAL_ANNOTATIONS, 'i'},
    {"cancelled_annotations", EXPORT_TASKS_CANCELLED_ANNOTATIONS, 'i'},
    {"total_predictions", EXPORT_TASKS_TOTAL_PREDICTIONS, 'i'},
    {"comment_count", EXPORT_TASKS_COMMENT_COUNT, 'i'},
    {"unresolved_comment_count", EXPORT_TASKS_UNRESOLVED_COMMENT_COUNT, 'i'},
    {"last_comment_updated_at", EXPORT_TASKS_LAST_COMMENT_UPDATED_AT, 't'},
};

/* A batch of tasks with what belongs to them; the children are ordered by task id, as the tasks are, so one walk stitches them. */
struct batch {
    struct rows tasks, annotations, drafts, predictions;
    int annotation, draft, prediction;     /* next row of each */
    bool frames;
};

static err *batch_read(struct scope *s, const struct exp_options *o, int64_t after, struct batch *b)
{
    int64_t *ids;

    *b = (struct batch){0};
    TRY(db_many(s->db, SQL_export_tasks,
                DB_ARGS(db_i64(o->project), db_i64(after), db_bool(o->all_tasks), db_text(o->ids), db_i64(BATCH)), &b->tasks));
    ids = arena_array(s->a, (size_t)b->tasks.n + 1, sizeof *ids);
    for (int i = 0; i < b->tasks.n; i++) {
        struct row r = rows_at(&b->tasks, i);
        ids[i] = row_i64(&r, EXPORT_TASKS_ID);
    }
    TRY(db_many(s->db, SQL_export_annotations, DB_ARGS(db_i64s(s->a, ids, (size_t)b->tasks.n)), &b->annotations));
    TRY(db_many(s->db, SQL_export_predictions, DB_ARGS(db_i64s(s->a, ids, (size_t)b->tasks.n)), &b->predictions));
    return draft_rows(s, ids, (size_t)b->tasks.n, false, &b->drafts);
}

/* The result with every frame of its videos, if those are asked for. */
static err *annotation_field_write(struct scope *s, struct jw *w, const struct row *r, const struct field *f, bool frames)
{
    struct arena_mark m = arena_mark(s->a);
    struct span result;

    if (!frames || f->col != EXPORT_ANNOTATIONS_RESULT || row_null(r, f->col)) {
        field_write(w, r, f);
        return OK;
    }
    result = (struct span){row_json(r, f->col), row_len(r, f->col)};
    TRY(frames_fill(s->a, result, &result));
    jw_kraw(w, f->key, result.p);
    arena_rewind(s->a, m);
    return OK;
}

static err *annotations_write(struct scope *s, struct jw *w, struct batch *b, int64_t task)
{
    jw_key(w, "annotations");
    jw_arr(w);
    for (; b->annotation < b->annotations.n; b->annotation++) {
        struct row r = rows_at(&b->annotations, b->annotation);
        if (row_i64(&r, EXPORT_ANNOTATIONS_TASK) != task)
            break;
        jw_obj(w);
        for (size_t i = 0; i < sizeof annotation_fields / sizeof *annotation_fields; i++)
            TRY(annotation_field_write(s, w, &r, &annotation_fields[i], b->frames));
        jw_key(w, "prediction");
        jw_raw(w, "{}");
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

static void drafts_write(struct jw *w, struct batch *b, int64_t task)
{
    jw_key(w, "drafts");
    jw_arr(w);
    for (; b->draft < b->drafts.n; b->draft++) {
        struct row r = rows_at(&b->drafts, b->draft);
        if (draft_task(&r) != task)
            break;
        draft_write(w, &r);
    }
    jw_end(w);
}

static void predictions_write(struct jw *w, struct batch *b, int64_t task)
{
    jw_key(w, "predictions");
    jw_arr(w);
    for (; b->prediction < b->predictions.n; b->prediction++) {
        struct row r = rows_at(&b->predictions, b->prediction);
        if (row_i64(&r, EXPORT_PREDICTIONS_TASK) != task)
            break;
        jw_i64(w, row_i64(&r, EXPORT_PREDICTIONS_ID));
    }
    jw_end(w);
}

static err *task_out(struct scope *s, struct jw *w, const struct exp_options *o, struct batch *b, const struct row *r)
{
    int64_t id = row_i64(r, EXPORT_TASKS_ID);

    jw_obj(w);
    jw_ki64(w, "id", id);
    TRY(annotations_write(s, w, b, id));
    if (!row_null(r, EXPORT_TASKS_FILE_UPLOAD))
        wire_kstr(w, "file_upload", r, EXPORT_TASKS_FILE_UPLOAD);
    drafts_write(w, b, id);
    predictions_write(w, b, id);
    for (size_t i = 0; i < sizeof task_fields / sizeof *task_fields; i++)
        field_write(w, r, &task_fields[i]);
    jw_ki64(w, "project", o->project);
    wire_ki64(w, "updated_by", r, EXPORT_TASKS_UPDATED_BY);
    jw_key(w, "comment_authors");
    jw_raw(w, "[]");
    jw_end(w);
    return OK;
}

err *exp_json_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    const struct lc *lc;
    int64_t after = 0;
    struct jw w;
    int n;

    TRY(project_config(s, o->project, &lc, NULL, NULL));
    jw_init(&w, out->put, out->to);
    jw_arr(&w);
    do {
        struct arena_mark m = arena_mark(s->a);
        struct batch b;
        TRY(batch_read(s, o, after, &b));
        b.frames = o->frames && frames_wanted(lc);
        n = b.tasks.n;
        for (int i = 0; i < n; i++) {
            struct row r = rows_at(&b.tasks, i);
            TRY(task_out(s, &w, o, &b, &r));
            after = row_i64(&r, EXPORT_TASKS_INNER_ID);
        }
        TRY(out->flush(out->to));
        arena_rewind(s->a, m);
    } while (n == BATCH);
    jw_end(&w);
    return OK;
}
