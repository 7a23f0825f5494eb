/* Formats JSON and JSONL: every task with all its annotations, drafts and the ids of its predictions; of a
 * snapshot, what was chosen. */
#include "base/cfg.h"
#include "base/filemap.h"
#include "core/feedback.h"
#include "core/review.h"
#include "core/draft.h"
#include "core/fields.h"
#include "core/history.h"
#include "core/prediction.h"
#include "core/project.h"
#include "core/wire.h"
#include "export/choice.h"
#include "export/export.sql.h"
#include "export/exp.h"
#include "export/frames.h"

_Static_assert((int)EXPORT_ANNOTATIONS_LAST_CREATED_BY == (int)EXPORT_CHOSEN_ANNOTATIONS_LAST_CREATED_BY,
               "column lists differ");

enum { BATCH = 500 };

static const struct field annotation_fields[] = {
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

/* How a direct export is written. */
static const struct exp_choice everything = {.drafts = true};

/* A batch of tasks with what belongs to them; the children are ordered by task id, as the tasks are, so one walk stitches them. */
struct batch {
    const struct exp_choice *c;
    bool frames;
    int64_t *ids;
    size_t n;
    struct rows tasks, annotations, drafts, predictions, history, people, reviews;
    struct feedback feedback;
    int annotation, draft, prediction, version;     /* next row of each */
};

static err *people_read(struct scope *s, struct batch *b)
{
    int64_t *ids = arena_array(s->a, (size_t)b->annotations.n + 1, sizeof *ids);
    size_t n = 0;

    for (int i = 0; i < b->annotations.n; i++) {
        struct row r = rows_at(&b->annotations, i);
        if (!row_null(&r, EXPORT_ANNOTATIONS_COMPLETED_BY))
            ids[n++] = row_i64(&r, EXPORT_ANNOTATIONS_COMPLETED_BY);
    }
    return db_many(s->db, SQL_export_people, DB_ARGS(db_i64s(s->a, ids, n)), &b->people);
}

static err *annotations_read(struct scope *s, struct batch *b)
{
    const struct exp_choice *c = b->c;
    struct db_arg ids = db_i64s(s->a, b->ids, b->n);

    TRY(c->some ? db_many(s->db, SQL_export_chosen_annotations,
                          DB_ARGS(ids, db_bool(c->usual), db_bool(c->ground_truth), db_bool(c->cancelled)), &b->annotations)
                : db_many(s->db, SQL_export_annotations, DB_ARGS(ids), &b->annotations));
    if (c->history)
        TRY(history_rows(s, b->ids, b->n, &b->history));
    return c->people ? people_read(s, b) : OK;
}

/* Reviews, and who commented; where there are none nothing is asked for. */
static err *feedback_of_batch(struct scope *s, const struct exp_options *o, struct batch *b)
{
    struct feedback_wish wish = {0};

    for (int i = 0; i < b->tasks.n && !wish.comments; i++) {
        struct row r = rows_at(&b->tasks, i);
        wish.comments = row_i64(&r, EXPORT_TASKS_COMMENT_COUNT) > 0;
    }
    TRY(review_rows(s, o->project, b->ids, b->n, &b->reviews));
    return feedback_read(s, b->ids, b->n, &wish, &b->feedback);
}

static err *batch_read(struct scope *s, const struct exp_options *o, int64_t after, struct batch *b)
{
    *b = (struct batch){.c = o->choice ? o->choice : &everything};
    TRY(exp_tasks_read(s, o, after, BATCH, &b->ids, &b->n, &b->tasks));
    TRY(annotations_read(s, b));
    TRY(feedback_of_batch(s, o, b));
    TRY(b->c->predictions ? prediction_rows(s, b->ids, b->n, NULL, &b->predictions)
                          : db_many(s->db, SQL_export_predictions, DB_ARGS(db_i64s(s->a, b->ids, b->n)), &b->predictions));
    return draft_rows(s, b->ids, b->n, false, &b->drafts);
}

static bool person_find(const struct rows *people, int64_t id, struct row *out)
{
    int low = 0, high = people->n;

    while (low < high) {
        int middle = (low + high) / 2;
        int64_t other;
        *out = rows_at(people, middle);
        other = row_i64(out, EXPORT_PEOPLE_ID);
        if (other == id)
            return true;
        if (other < id)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static void person_write(struct jw *w, const struct batch *b, const struct row *annotation)
{
    struct row p;

    jw_key(w, "completed_by");
    if (row_null(annotation, EXPORT_ANNOTATIONS_COMPLETED_BY) ||
        !person_find(&b->people, row_i64(annotation, EXPORT_ANNOTATIONS_COMPLETED_BY), &p)) {
        jw_null(w);
        return;
    }
    jw_obj(w);
    wire_ki64(w, "id", &p, EXPORT_PEOPLE_ID);
    wire_kstr(w, "email", &p, EXPORT_PEOPLE_EMAIL);
    wire_kstr(w, "first_name", &p, EXPORT_PEOPLE_FIRST_NAME);
    wire_kstr(w, "last_name", &p, EXPORT_PEOPLE_LAST_NAME);
    jw_end(w);
}

/* The result with every frame of its videos, if those are asked for. */
static err *annotation_field_write(struct scope *s, struct jw *w, const struct row *r, const struct field *f, const struct batch *b)
{
    struct arena_mark m = arena_mark(s->a);
    struct span result;

    if (f->col == EXPORT_ANNOTATIONS_COMPLETED_BY && b->c->people) {
        person_write(w, b, r);
        return OK;
    }
    if (!b->frames || f->col != EXPORT_ANNOTATIONS_RESULT || row_null(r, f->col)) {
        field_write(w, r, f);
        return OK;
    }
    result = (struct span){row_json(r, f->col), row_len(r, f->col)};
    TRY(frames_fill(s->a, result, &result));
    jw_kraw(w, f->key, result.p);
    arena_rewind(s->a, m);
    return OK;
}

/* Rows of what is left out of the annotations are passed over. */
static void history_out(struct jw *w, struct batch *b, const struct row *annotation)
{
    int64_t task = row_i64(annotation, EXPORT_ANNOTATIONS_TASK), id = row_i64(annotation, EXPORT_ANNOTATIONS_ID);

    jw_key(w, "history");
    jw_arr(w);
    for (; b->version < b->history.n; b->version++) {
        struct row r = rows_at(&b->history, b->version);
        int64_t t = history_task(&r);
        if (t > task || (t == task && history_annotation(&r) > id))
            break;
        if (t == task && history_annotation(&r) == id)
            history_write(w, &r);
    }
    jw_end(w);
}

static err *annotation_write(struct scope *s, struct jw *w, struct batch *b, const struct row *r)
{
    jw_obj(w);
    wire_ki64(w, "id", r, EXPORT_ANNOTATIONS_ID);
    for (size_t i = 0; i < sizeof annotation_fields / sizeof *annotation_fields; i++)
        TRY(annotation_field_write(s, w, r, &annotation_fields[i], b));
    jw_key(w, "prediction");
    jw_raw(w, "{}");
    if (b->reviews.n > 0)
        review_list_write(w, &b->reviews, row_i64(r, EXPORT_ANNOTATIONS_TASK), row_i64(r, EXPORT_ANNOTATIONS_ID));
    if (b->c->history)
        history_out(w, b, r);
    jw_end(w);
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
        TRY(annotation_write(s, w, b, &r));
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
        if (b->c->drafts)
            draft_write(w, &r);
        else
            jw_i64(w, draft_row_id(&r));
    }
    jw_end(w);
}

/* Either query gives the id and the task, in columns of its own. */
static void predictions_write(struct jw *w, struct batch *b, int64_t task)
{
    int column = b->c->predictions ? prediction_task_col : EXPORT_PREDICTIONS_TASK;

    jw_key(w, "predictions");
    jw_arr(w);
    for (; b->prediction < b->predictions.n; b->prediction++) {
        struct row r = rows_at(&b->predictions, b->prediction);
        if (row_i64(&r, column) != task)
            break;
        if (b->c->predictions)
            prediction_write(w, &r);
        else
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
    jw_raw(w, feedback_authors(&b->feedback, id));
    jw_end(w);
    return OK;
}

/* A snapshot is in this format already. */
static err *snapshot_copy(const struct exp_options *o, const struct exp_out *out)
{
    enum { PIECE = 65536 };

    for (size_t at = 0; at < o->snapshot.len; at += PIECE) {
        size_t left = o->snapshot.len - at;
        out->put(out->to, o->snapshot.p + at, left < PIECE ? left : PIECE);
        filemap_passed(o->snapshot.p + at);
        TRY(out->flush(out->to));
    }
    return OK;
}

/* A document of its own on each line. */
static err *line_out(struct scope *s, const struct exp_options *o, const struct exp_out *out, struct batch *b, const struct row *r)
{
    struct jw w;

    jw_init(&w, out->put, out->to);
    TRY(task_out(s, &w, o, b, r));
    out->put(out->to, "\n", 1);
    return OK;
}

static err *snapshot_lines(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    struct jspan walk;
    struct span task;
    bool more;

    TRY(jspan_open(&walk, s->a, o->snapshot, (int)cfg.json_max_depth));
    for (;;) {
        TRY(jspan_next(&walk, &more, NULL, &task));
        if (!more)
            return out->flush(out->to);
        out->put(out->to, task.p, task.len);
        out->put(out->to, "\n", 1);
        if (walk.index % BATCH == 0) {
            filemap_passed(walk.p);
            TRY(out->flush(out->to));
        }
    }
}

static err *batch_out(struct scope *s, struct jw *w, const struct exp_options *o, const struct exp_out *out, struct batch *b, int64_t *after)
{
    for (int i = 0; i < b->tasks.n; i++) {
        struct row r = rows_at(&b->tasks, i);
        TRY(w ? task_out(s, w, o, b, &r) : line_out(s, o, out, b, &r));
        *after = row_i64(&r, EXPORT_TASKS_INNER_ID);
    }
    return OK;
}

static err *batches_out(struct scope *s, struct jw *w, const struct exp_options *o, const struct exp_out *out)
{
    const struct lc *lc;
    int64_t after = 0;
    size_t n;

    TRY(project_config(s, o->project, &lc, NULL, NULL));
    do {
        struct arena_mark m = arena_mark(s->a);
        struct batch b;
        TRY(batch_read(s, o, after, &b));
        b.frames = o->frames && frames_wanted(lc);
        n = b.n;
        TRY(batch_out(s, w, o, out, &b, &after));
        if (out->tasks)
            *out->tasks += (int64_t)n;
        TRY(out->flush(out->to));
        arena_rewind(s->a, m);
    } while (n == BATCH);
    return OK;
}

err *exp_json_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    struct jw w;

    if (o->snapshot.p)
        return snapshot_copy(o, out);
    jw_init(&w, out->put, out->to);
    jw_arr(&w);
    TRY(batches_out(s, &w, o, out));
    jw_end(&w);
    return OK;
}

err *exp_jsonl_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return o->snapshot.p ? snapshot_lines(s, o, out) : batches_out(s, NULL, o, out);
}
