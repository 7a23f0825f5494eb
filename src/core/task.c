/* Tasks: reading and writing them, and the shapes in which answers show them.
 * Choosing the next task for an annotator is stream.c. */
#include "core/task.h"

#include <string.h>

#include "core/annotation.h"
#include "core/assignment.h"
#include "core/brief.h"
#include "core/draft.h"
#include "core/event.h"
#include "core/fields.h"
#include "core/overlap.h"
#include "core/prediction.h"
#include "core/project.h"
#include "core/setting.h"
#include "core/task.sql.h"
#include "core/wire.h"
#include "db/queue.h"
#include "json/verr.h"

_Static_assert((int)TASK_BY_ID_REVIEWED == (int)TASK_PAGE_REVIEWED, "column lists differ");
_Static_assert((int)TASK_BY_ID_REVIEWED == (int)TASK_ROWS_REVIEWED, "column lists differ");

err *task_missing(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No Task matches the given query.");
}

err *task_row(struct scope *s, int64_t id, struct row *out)
{
    bool found;

    TRY(db_opt(s->db, SQL_task_by_id, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), out, &found));
    return found ? OK : task_missing(s);
}

err *task_ahead(struct scope *s, int64_t id)
{
    return db_ahead(s->db, SQL_task_by_id, DB_ARGS(SCOPE_ARGS(s), db_i64(id)));
}

err *task_project(struct scope *s, int64_t id, int64_t *project)
{
    struct row r;

    TRY(task_row(s, id, &r));
    *project = row_i64(&r, TASK_BY_ID_PROJECT);
    return OK;
}

int64_t task_row_inner_id(const struct row *r)
{
    return row_i64(r, TASK_PAGE_INNER_ID);
}

int64_t task_row_id(const struct row *r)
{
    return row_i64(r, TASK_PAGE_ID);
}

/* ---------------------------------------------------------------- children */

err *task_children(struct scope *s, const int64_t *tasks, size_t n, const char *version, struct task_children *out)
{
    *out = (struct task_children){0};
    TRY(annotation_rows(s, tasks, n, true, &out->annotations));
    TRY(prediction_rows(s, tasks, n, version, &out->predictions));
    TRY(draft_rows(s, tasks, n, true, &out->drafts));
    return draft_tasks(s, tasks, n, &out->drafted);
}

bool task_row_has_annotations(const struct row *r)
{
    return row_i64(r, TASK_BY_ID_TOTAL_ANNOTATIONS) + row_i64(r, TASK_BY_ID_CANCELLED_ANNOTATIONS) > 0;
}

bool task_row_has_predictions(const struct row *r)
{
    return row_i64(r, TASK_BY_ID_TOTAL_PREDICTIONS) > 0;
}

bool task_row_discussed(const struct row *r)
{
    return row_i64(r, TASK_BY_ID_COMMENT_COUNT) > 0;
}

bool task_row_in_review(const struct row *r)
{
    return !row_null(r, TASK_BY_ID_REVIEWED);
}

err *task_row_feedback(struct scope *s, const struct row *r, struct feedback *out)
{
    struct feedback_wish wish = {task_row_discussed(r), task_row_in_review(r)};
    int64_t id = row_i64(r, TASK_BY_ID_ID);

    return feedback_read(s, &id, 1, &wish, out);
}

int64_t task_row_project(const struct row *r)
{
    return row_i64(r, TASK_BY_ID_PROJECT);
}

bool task_row_evaluates(const struct row *r)
{
    return row_bool(r, TASK_BY_ID_EVALUATES);
}

bool task_row_has_drafts(const struct row *r)
{
    return row_bool(r, TASK_BY_ID_HAS_DRAFTS);
}

err *task_row_children(struct scope *s, const struct row *r, const char *version, struct task_children *out)
{
    int64_t id = row_i64(r, TASK_BY_ID_ID);

    *out = (struct task_children){0};
    if (task_row_has_annotations(r))
        TRY(annotation_rows(s, &id, 1, true, &out->annotations));
    if (task_row_has_predictions(r))
        TRY(prediction_rows(s, &id, 1, version, &out->predictions));
    if (!task_row_has_drafts(r))
        return OK;
    TRY(draft_rows(s, &id, 1, true, &out->drafts));
    return draft_tasks(s, &id, 1, &out->drafted);
}

/* The part of `rows` (ordered by task, which is column `col`) that belongs to one task. */
struct slice {
    const struct rows *rows;
    int from, to;
};

static int64_t key_at(const struct rows *rows, int i, int col)
{
    struct row r = rows_at(rows, i);

    return row_i64(&r, col);
}

static struct slice slice_of(const struct rows *rows, int col, int64_t task)
{
    int low = 0, high = rows->n, to;

    while (low < high) {
        int mid = low + (high - low) / 2;
        if (key_at(rows, mid, col) < task)
            low = mid + 1;
        else
            high = mid;
    }
    for (to = low; to < rows->n && key_at(rows, to, col) == task; to++)
        ;
    return (struct slice){rows, low, to};
}

enum { CHILD_ID = 0, CHILD_TASK = 1 };   /* the child queries begin with id, task */

/* ---------------------------------------------------------------- writing */

struct task_writer {
    struct scope *s;
    struct jw *w;
    const struct row *r;
    enum task_shape shape;
    const char *include;
    unsigned figures;
    const struct feedback *feedback;
    struct slice annotations, predictions, drafts, drafted;
};

static const struct slice nothing = {0};

static bool wanted(const struct task_writer *t, const char *key)
{
    return field_wanted(t->include, key);
}

/* A figure of the children: of all of them where it was asked for, else as of a task that has none. */
static const struct slice *of(const struct task_writer *t, enum task_figure figure, const struct slice *children)
{
    return t->figures & figure ? children : &nothing;
}

static void annotations_write(const struct task_writer *t)
{
    jw_key(t->w, "annotations");
    jw_arr(t->w);
    for (int i = t->annotations.from; i < t->annotations.to; i++) {
        struct row r = rows_at(t->annotations.rows, i);
        annotation_write(t->w, &r, t->shape == TASK_GET ? ANNOTATION_USER_OBJECT : ANNOTATION_USER_ID);
    }
    jw_end(t->w);
}

static void predictions_write(const struct task_writer *t)
{
    jw_key(t->w, "predictions");
    jw_arr(t->w);
    for (int i = t->predictions.from; i < t->predictions.to; i++) {
        struct row r = rows_at(t->predictions.rows, i);
        prediction_write(t->w, &r);
    }
    jw_end(t->w);
}

static void drafts_write(const struct task_writer *t)
{
    jw_key(t->w, "drafts");
    jw_arr(t->w);
    for (int i = t->drafts.from; i < t->drafts.to; i++) {
        struct row r = rows_at(t->drafts.rows, i);
        draft_write(t->w, &r);
    }
    jw_end(t->w);
}

/* Distinct authors, in order of their first annotation. */
static void annotators_write(const struct task_writer *t)
{
    const struct slice *c = of(t, TASK_ANNOTATORS, &t->annotations);

    jw_key(t->w, "annotators");
    jw_arr(t->w);
    for (int i = c->from; i < c->to; i++) {
        struct row r = rows_at(c->rows, i);
        bool seen = annotation_author(&r) == 0;
        for (int j = c->from; j < i && !seen; j++) {
            struct row o = rows_at(c->rows, j);
            seen = annotation_author(&o) == annotation_author(&r);
        }
        if (!seen)
            jw_i64(t->w, annotation_author(&r));
    }
    jw_end(t->w);
}

/* Texts of a column joined by `sep`, double quotes left out. */
static void joined_write(const struct task_writer *t, const char *key, const struct slice *c, int col, const char *sep, bool distinct)
{
    struct strbuf b;

    strbuf_init(&b, t->s->a, 1u << 30);
    for (int i = c->from; i < c->to; i++) {
        struct row r = rows_at(c->rows, i);
        const char *text = row_text(&r, col);
        bool skip = !text;
        for (int j = c->from; distinct && j < i && !skip; j++) {
            struct row o = rows_at(c->rows, j);
            skip = row_text(&o, col) && strcmp(row_text(&o, col), text) == 0;
        }
        if (skip)
            continue;
        if (b.len)
            strbuf_puts(&b, sep);
        for (const char *p = text; *p; p++)
            if (*p != '"')
                strbuf_putc(&b, *p);
    }
    jw_kstr(t->w, key, b.buf);
}

static void brief_write(const struct task_writer *t, const char *key, const struct slice *c, int col)
{
    size_t n = (size_t)(c->to - c->from);
    const char **results = arena_array(t->s->a, n, sizeof *results);
    struct strbuf b;

    strbuf_init(&b, t->s->a, 1 << 20);
    for (size_t i = 0; i < n; i++) {
        struct row r = rows_at(c->rows, c->from + (int)i);
        results[i] = row_text(&r, col);
    }
    brief_add(&b, results, n);
    jw_kstr(t->w, key, b.buf);
}

/* Mean of a column over the rows whose text in column `only` is `value` (NULL: over all). */
static void mean_write(const struct task_writer *t, const char *key, const struct slice *c, int col, int only, const char *value)
{
    double sum = 0;
    int n = 0;

    for (int i = c->from; i < c->to; i++) {
        struct row r = rows_at(c->rows, i);
        bool counts = !value || (row_text(&r, only) && strcmp(row_text(&r, only), value) == 0);
        if (!counts || row_null(&r, col))
            continue;
        sum += row_f64(&r, col);
        n++;
    }
    if (n)
        jw_kf64(t->w, key, sum / n);
    else
        jw_knull(t->w, key);
}

/* Of the version that the project shows to annotators, which may be the one without a name; of all when the project has none. */
static void score_write(const struct task_writer *t)
{
    const char *version = row_text(t->r, TASK_BY_ID_SHOWN_VERSION);

    mean_write(t, "predictions_score", &t->predictions, prediction_score_col, prediction_version_col, version);
}

/* Is a key shown that lists leave out unless it was asked for? */
static bool shown(const struct task_writer *t, enum task_figure figure, const char *key)
{
    return t->figures & figure && wanted(t, key);
}

/* Keys that only detail and lists have. */
static void work_write(const struct task_writer *t)
{
    bool all = t->shape != TASK_LIST;

    if (all && wanted(t, "predictions"))
        predictions_write(t);
    if (all && wanted(t, "annotations"))
        annotations_write(t);
    if (wanted(t, "drafts"))
        drafts_write(t);
    if (wanted(t, "annotators"))
        annotators_write(t);
    if (shown(t, TASK_COMPLETED_AT, "completed_at"))
        wire_ktime(t->w, "completed_at", t->r, TASK_BY_ID_COMPLETED_AT);
    if (wanted(t, "annotations_results"))
        brief_write(t, "annotations_results", of(t, TASK_ANNOTATIONS_RESULTS, &t->annotations), annotation_result_col);
    if (wanted(t, "predictions_results"))
        brief_write(t, "predictions_results", of(t, TASK_PREDICTIONS_RESULTS, &t->predictions), prediction_result_col);
    if (shown(t, TASK_PREDICTIONS_SCORE, "predictions_score"))
        score_write(t);
    if (wanted(t, "storage_filename"))
        wire_kstr(t->w, "storage_filename", t->r, TASK_BY_ID_STORAGE_FILENAME);
    if (wanted(t, "annotations_ids"))
        joined_write(t, "annotations_ids", of(t, TASK_ANNOTATIONS_IDS, &t->annotations), CHILD_ID, ",", false);
    if (wanted(t, "predictions_model_versions"))
        joined_write(t, "predictions_model_versions", of(t, TASK_PREDICTIONS_MODEL_VERSIONS, &t->predictions), prediction_version_col,
                     ", ", true);
    if (shown(t, TASK_AVG_LEAD_TIME, "avg_lead_time"))
        mean_write(t, "avg_lead_time", &t->annotations, annotation_lead_time_col, 0, NULL);
    if (shown(t, TASK_DRAFT_EXISTS, "draft_exists"))
        jw_kbool(t->w, "draft_exists", t->drafted.to > t->drafted.from);
}

static const struct field own_fields[] = {
    {"inner_id", TASK_BY_ID_INNER_ID, 'i'},
    {"cancelled_annotations", TASK_BY_ID_CANCELLED_ANNOTATIONS, 'i'},
    {"total_annotations", TASK_BY_ID_TOTAL_ANNOTATIONS, 'i'},
    {"total_predictions", TASK_BY_ID_TOTAL_PREDICTIONS, 'i'},
    {"file_upload", TASK_BY_ID_FILE_UPLOAD, 's'},
    {"data", TASK_BY_ID_DATA, 'j'},
    {"meta", TASK_BY_ID_META, 'j'},
    {"created_at", TASK_BY_ID_CREATED_AT, 't'},
    {"updated_at", TASK_BY_ID_UPDATED_AT, 't'},
    {"is_labeled", TASK_BY_ID_IS_LABELED, 'b'},
    {"overlap", TASK_BY_ID_OVERLAP, 'i'},
    {"comment_count", TASK_BY_ID_COMMENT_COUNT, 'i'},
    {"unresolved_comment_count", TASK_BY_ID_UNRESOLVED_COMMENT_COUNT, 'i'},
    {"last_comment_updated_at", TASK_BY_ID_LAST_COMMENT_UPDATED_AT, 't'},
    {"project", TASK_BY_ID_PROJECT, 'i'},
};

static void updated_by_write(struct jw *w, const struct row *r, bool list)
{
    if (!list) {
        wire_ki64(w, "updated_by", r, TASK_BY_ID_UPDATED_BY);
        return;
    }
    jw_key(w, "updated_by");
    jw_arr(w);
    if (!row_null(r, TASK_BY_ID_UPDATED_BY)) {
        jw_obj(w);
        jw_ki64(w, "user_id", row_i64(r, TASK_BY_ID_UPDATED_BY));
        jw_end(w);
    }
    jw_end(w);
}

void task_fields_write(struct jw *w, const struct row *r, enum task_shape shape, const struct feedback *feedback, const char *include)
{
    for (size_t i = 0; i < sizeof own_fields / sizeof *own_fields; i++)
        if (field_wanted(include, own_fields[i].key))
            field_write(w, r, &own_fields[i]);
    if (field_wanted(include, "updated_by"))
        updated_by_write(w, r, shape != TASK_PLAIN);
    if (field_wanted(include, "comment_authors"))
        feedback_authors_write(w, feedback, row_i64(r, TASK_BY_ID_ID));
}

/* Keys that only tasks of projects with reviews have, and the text of comments. */
static void feedback_fields_write(const struct task_writer *t)
{
    int64_t id = row_i64(t->r, TASK_BY_ID_ID);
    bool reviews = !row_null(t->r, TASK_BY_ID_REVIEWED);

    if (reviews && shown(t, TASK_REVIEWED, "reviewed"))
        wire_kbool(t->w, "reviewed", t->r, TASK_BY_ID_REVIEWED);
    if (reviews && shown(t, TASK_REVIEWS_ACCEPTED, "reviews_accepted"))
        wire_ki64(t->w, "reviews_accepted", t->r, TASK_BY_ID_REVIEWS_ACCEPTED);
    if (reviews && shown(t, TASK_REVIEWS_REJECTED, "reviews_rejected"))
        wire_ki64(t->w, "reviews_rejected", t->r, TASK_BY_ID_REVIEWS_REJECTED);
    if (reviews && shown(t, TASK_REVIEWERS, "reviewers"))
        feedback_reviewers_write(t->w, t->feedback, id);
    if (reviews && shown(t, TASK_REVIEW_TIME, "review_time"))
        feedback_time_write(t->w, t->feedback, id);
    if ((task_row_discussed(t->r) || t->shape == TASK_LIST) && shown(t, TASK_COMMENTS, "comments"))
        feedback_texts_write(t->w, t->feedback, id);
}

/* Every figure, except that results are not joined where one task is read. */
static unsigned figures_of(enum task_shape shape)
{
    if (shape == TASK_LIST)
        return 0;
    return shape == TASK_GET ? ~(unsigned)(TASK_ANNOTATIONS_RESULTS | TASK_PREDICTIONS_RESULTS) : ~0u;
}

struct feedback_wish task_feedback_wish(enum task_shape shape, unsigned figures, const char *include)
{
    struct task_writer t = {.shape = shape, .figures = figures_of(shape) | figures, .include = include};
    bool more = shape != TASK_PLAIN;

    return (struct feedback_wish){
        .comments = field_wanted(include, "comment_authors") || (more && shown(&t, TASK_COMMENTS, "comments")),
        .reviews = more && (shown(&t, TASK_REVIEWERS, "reviewers") || shown(&t, TASK_REVIEW_TIME, "review_time")),
    };
}

static void write_with(struct scope *s, struct jw *w, const struct row *r, enum task_shape shape, unsigned figures,
                       const struct task_children *children, const struct feedback *feedback, const char *include)
{
    struct task_writer t = {.s = s, .w = w, .r = r, .shape = shape, .include = include, .figures = figures, .feedback = feedback};
    int64_t id = row_i64(r, TASK_BY_ID_ID);

    if (children) {
        t.annotations = slice_of(&children->annotations, CHILD_TASK, id);
        t.predictions = slice_of(&children->predictions, CHILD_TASK, id);
        t.drafts = shape == TASK_LIST ? nothing : slice_of(&children->drafts, CHILD_TASK, id);
        t.drafted = slice_of(&children->drafted, CHILD_TASK, id);
    }
    jw_obj(w);
    if (field_wanted(include, "id"))
        wire_ki64(w, "id", r, TASK_BY_ID_ID);
    if (shape != TASK_PLAIN) {
        work_write(&t);
    } else if (children) {
        predictions_write(&t);
        annotations_write(&t);
    }
    task_fields_write(w, r, shape, feedback, include);
    if (shape != TASK_PLAIN)
        feedback_fields_write(&t);
    jw_end(w);
}

void task_write(struct scope *s, struct jw *w, const struct row *r, enum task_shape shape, const struct task_children *children,
                const struct feedback *feedback)
{
    write_with(s, w, r, shape, figures_of(shape), children, feedback, NULL);
}

void task_list_write(struct scope *s, struct jw *w, const struct row *r, enum task_shape shape, unsigned figures,
                     const struct task_children *children, const struct feedback *feedback, const char *include)
{
    write_with(s, w, r, shape, figures_of(shape) | figures, children, feedback, include);
}

/* ---------------------------------------------------------------- lists */

err *task_list_totals(struct scope *s, int64_t project, struct task_list_totals *out)
{
    struct project_counts all;
    struct row r;
    bool assigned;

    TRY(assignment_only(s, project, &assigned));
    if (assigned)
        return assignment_totals(s, project, &out->tasks, &out->annotations, &out->predictions);
    if (scope_own_only(s)) {
        TRY(db_one(s->db, SQL_task_own_totals, DB_ARGS(db_i64(project), db_i64(s->user)), &r));
        *out = (struct task_list_totals){row_i64(&r, TASK_OWN_TOTALS_TASKS), row_i64(&r, TASK_OWN_TOTALS_ANNOTATIONS),
                                         row_i64(&r, TASK_OWN_TOTALS_PREDICTIONS)};
        return OK;
    }
    TRY(project_counts(s, project, &all));
    *out = (struct task_list_totals){all.tasks, all.annotations, all.predictions};
    return OK;
}

err *task_list_start(struct scope *s, int64_t project, int64_t skip, bool *found, int64_t *inner_id)
{
    struct row r;
    bool assigned;

    *inner_id = 0;
    *found = true;
    if (skip == 0)
        return OK;
    TRY(assignment_only(s, project, &assigned));
    if (assigned)
        return assignment_start(s, project, skip, found, inner_id);
    if (scope_own_only(s))
        TRY(db_opt(s->db, SQL_task_own_start, DB_ARGS(db_i64(project), db_i64(s->user), db_i64(skip)), &r, found));
    else
        TRY(db_opt(s->db, SQL_task_page_start, DB_ARGS(db_i64(project), db_i64(skip)), &r, found));
    if (*found)
        *inner_id = row_i64(&r, TASK_PAGE_START_INNER_ID);
    return OK;
}

err *task_list_ahead(struct scope *s, int64_t project, int64_t skip, int64_t most)
{
    if (scope_own_only(s))
        return OK;
    TRY(project_ahead(s, project));
    if (skip > 0)
        return db_ahead(s->db, SQL_task_page_start, DB_ARGS(db_i64(project), db_i64(skip)));
    return db_ahead(s->db, SQL_task_page,
                    DB_ARGS(db_i64(project), db_i64(0), db_opt_i64(false, 0), db_i64(most), db_i64(s->user), db_text(s->role)));
}

err *task_list_page(struct scope *s, int64_t project, int64_t from_inner_id, int64_t most, struct rows *out)
{
    bool assigned;
    int64_t *ids;
    size_t n;

    TRY(assignment_only(s, project, &assigned));
    if (assigned) {
        TRY(assignment_page(s, project, from_inner_id, most, &ids, &n));
        return task_list_rows(s, project, ids, n, out);
    }
    return db_many(s->db, SQL_task_page,
                   DB_ARGS(db_i64(project), db_i64(from_inner_id), db_opt_i64(scope_own_only(s), s->user), db_i64(most), db_i64(s->user),
                           db_text(s->role)), out);
}

err *task_list_rows(struct scope *s, int64_t project, const int64_t *ids, size_t n, struct rows *out)
{
    return db_many(s->db, SQL_task_rows, DB_ARGS(db_i64(project), db_i64s(s->a, ids, n), db_i64(s->user), db_text(s->role)), out);
}

/* ---------------------------------------------------------------- create and change */

static void release(void *tree)
{
    json_decref(tree);
}

/* Data and meta as an imported item would be judged. */
static err *item_check(struct scope *s, const struct lc *lc, const struct jin *in)
{
    json_t *item = json_pack("{s:O}", "data", jin_tree(in, "data"));

    arena_defer(s->a, release, item);
    if (jin_has(in, "meta"))
        json_object_set(item, "meta", jin_tree(in, "meta"));
    return lc_check_task(lc, s->a, item);
}

err *task_create(struct scope *s, int64_t project, const struct jin *in, int64_t *id)
{
    const struct lc *lc;
    const char *meta = jin_json(in, "meta");
    struct row r;

    TRY(project_config(s, project, &lc, NULL, NULL));
    TRY(item_check(s, lc, in));
    TRY(db_one(s->db, SQL_task_reserve, DB_ARGS(db_i64(project), db_i64(1)), &r));
    TRY(db_one(s->db, SQL_task_insert,
               DB_ARGS(db_i64(project), db_i64(row_i64(&r, TASK_RESERVE_FIRST)), db_text(jin_json(in, "data")),
                       db_text(meta ? meta : "{}"), db_i64(jin_int(in, "overlap", 1)), db_bool(jin_bool(in, "allow_skip", true))), &r));
    *id = row_i64(&r, TASK_INSERT_ID);
    return event_tasks(s, project, db_i64s(s->a, id, 1));
}

err *task_update(struct scope *s, int64_t id, const struct jin *in)
{
    struct row r;
    bool overlap = jin_has(in, "overlap") && !jin_is_null(in, "overlap");

    TRY(task_row(s, id, &r));
    if (jin_has(in, "project") && jin_int(in, "project", 0) != row_i64(&r, TASK_BY_ID_PROJECT))
        return task_missing(s);
    if (jin_has(in, "data") && !json_is_object(jin_tree(in, "data")))
        return verr_one(s->a, "data", "Task[data] must be dict or list");
    TRY(db_exec(s->db, SQL_task_update,
                DB_ARGS(db_i64(id), db_text(jin_json(in, "data")), db_bool(jin_has(in, "meta")), db_text(jin_json(in, "meta")),
                        db_opt_i64(overlap, jin_int(in, "overlap", 0)),
                        jin_has(in, "allow_skip") ? db_bool(jin_bool(in, "allow_skip", true)) : db_null()), NULL));
    /* Who works on a task is noted as its changer; who looks after it is not. */
    return overlap ? db_exec(s->db, SQL_task_recount, DB_ARGS(db_i64s(s->a, &id, 1), db_null()), NULL) : OK;
}

err *task_delete(struct scope *s, const int64_t *ids, size_t n_ids, int64_t *n, int64_t *job)
{
    struct row r;

    *job = 0;
    TRY(db_one(s->db, SQL_task_trash, DB_ARGS(SCOPE_ARGS(s), db_i64s(s->a, ids, n_ids)), &r));
    *n = row_i64(&r, TASK_TRASH_TASKS);
    if (*n == 0)
        return OK;
    TRY(event_tasks_gone(s, row_i64(&r, TASK_TRASH_PROJECT), db_text(row_text(&r, TASK_TRASH_IDS))));
    return overlap_redraw_of(s->db, ids, n_ids, job);
}

err *task_restore(struct scope *s, const int64_t *ids, size_t n_ids, int64_t *n)
{
    TRY(db_exec(s->db, SQL_task_restore, DB_ARGS(SCOPE_ARGS(s), db_i64s(s->a, ids, n_ids)), n));
    return *n > 0 ? overlap_redraw_of(s->db, ids, n_ids, NULL) : OK;
}

err *task_trash_some(struct db *db, const struct task_trash *t, int64_t after, int64_t most, int64_t *last, int64_t *n)
{
    struct row r;

    TRY(db_one(db, SQL_task_trash_lock, DB_ARGS(db_i64(t->project), db_i64(after), db_i64(t->upto), db_i64(most)), &r));
    *last = row_i64(&r, TASK_TRASH_LOCK_LAST);
    *n = row_i64(&r, TASK_TRASH_LOCK_N);
    if (*n == 0)
        return OK;
    return db_exec(db, SQL_task_trash_locked, DB_ARGS(db_text(row_text(&r, TASK_TRASH_LOCK_IDS)), db_i64(t->by), db_text(t->moment)), NULL);
}

/* A big project's tasks go step by step; two requests make two jobs, the later one for what came in between. */
static err *trash_later(struct scope *s, const struct task_trash *t, int64_t *job)
{
    long long p = t->project, last = t->upto;

    return queue_add(s->db, "tasks_delete", s->organization,
                     arena_printf(s->a, "{\"project\":%lld,\"upto\":%lld,\"by\":%lld,\"moment\":\"%s\"}", p, last, (long long)t->by, t->moment),
                     arena_printf(s->a, "%lld:%lld", p, last), job);
}

err *task_delete_all(struct scope *s, int64_t project, int64_t *job)
{
    struct task_trash t = {.project = project, .by = s->user};
    struct project_counts all;
    int64_t last, n;
    struct row r;

    *job = 0;
    TRY(project_check_visible(s, project));
    TRY(project_counts(s, project, &all));
    TRY(db_one(s->db, SQL_task_last, DB_ARGS(db_i64(project)), &r));
    t.upto = row_i64(&r, TASK_LAST_INNER_ID);
    t.moment = row_text(&r, TASK_LAST_MOMENT);
    TRY(setting_note(s, project, "danger"));
    if (all.tasks > OVERLAP_AT_ONCE)
        return trash_later(s, &t, job);
    TRY(task_trash_some(s->db, &t, 0, OVERLAP_AT_ONCE, &last, &n));
    if (n == OVERLAP_AT_ONCE)
        return trash_later(s, &t, job);
    return overlap_redraw(s->db, project, job);
}

err *task_recount(struct scope *s, const int64_t *ids, size_t n)
{
    return db_exec(s->db, SQL_task_recount, DB_ARGS(db_i64s(s->a, ids, n), db_i64(s->user)), NULL);
}

err *task_recount_one(struct scope *s, int64_t id)
{
    return db_later(s->db, SQL_task_recount, DB_ARGS(db_i64s(s->a, &id, 1), db_i64(s->user)));
}
