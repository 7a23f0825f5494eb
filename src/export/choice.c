/* The options of a snapshot, read and turned into conditions on tasks. */
#include "export/choice.h"

#include <string.h>

#include "base/cfg.h"
#include "db/sqlb.h"
#include "dm/list.h"
#include "dm/pick.h"
#include "export/export.sql.h"
#include "json/jin.h"
#include "json/verr.h"

/* ---- reading ---- */

static const struct jin_field task_fields[] = {
    {"view", JIN_INT, 0, 0, 0, NULL, "Only tasks of this view."},
    {"finished", JIN_ENUM, JIN_NULL, 0, 0, "only|exclude", "Tasks that are finished."},
    {"annotated", JIN_ENUM, JIN_NULL, 0, 0, "only|exclude", "Tasks with an annotation that is not skipped."},
    {"skipped", JIN_ENUM, JIN_NULL, 0, 0, "only|exclude", "Tasks that somebody skipped."},
    {"reviewed", JIN_ENUM, JIN_NULL, 0, 0, "only|exclude", "Tasks with a review."},
    {"only_with_annotations", JIN_BOOL, 0, 0, 0, NULL, "Only tasks with any annotation."},
    {0}};
static const struct jin_spec task_spec = {"ExportTaskFilter", task_fields};

static const struct jin_field annotation_fields[] = {
    {"usual", JIN_BOOL, JIN_NULL, 0, 0, NULL, "Neither skipped nor ground truth."},
    {"ground_truth", JIN_BOOL, JIN_NULL, 0, 0, NULL, "Ground truths."},
    {"skipped", JIN_BOOL, JIN_NULL, 0, 0, NULL, "Skipped ones."},
    {0}};
static const struct jin_spec annotation_spec = {"ExportAnnotationFilter", annotation_fields};

static const struct jin_field serialization_fields[] = {
    {"drafts", JIN_JSON, 0, 0, 0, NULL, "{\"only_id\": false} writes them in full."},
    {"predictions", JIN_JSON, 0, 0, 0, NULL, "{\"only_id\": false} writes them in full."},
    {"annotations__completed_by", JIN_JSON, 0, 0, 0, NULL, "{\"only_id\": false} writes e-mail and names."},
    {"interpolate_key_frames", JIN_BOOL, 0, 0, 0, NULL, "Fill in the frames between keyframes of videos."},
    {"include_annotation_history", JIN_BOOL, 0, 0, 0, NULL, "The history of each annotation."},
    {0}};
static const struct jin_spec serialization_spec = {"ExportSerialization", serialization_fields};

static const struct jin_field only_id_fields[] = {{"only_id", JIN_BOOL, 0, 0, 0, NULL, "Ids only."}, {0}};
static const struct jin_spec only_id_spec = {"ExportOnlyId", only_id_fields};

static bool given(const char *json)
{
    return json && strcmp(json, "null") != 0;
}

/* One object of options; what is wrong with it is gathered under its name. *present says whether
 * it is there and good. */
static err *object_read(struct arena *a, const struct jin_spec *spec, const char *name,
                        const char *json, struct verr *errors, struct jin *in, bool *present)
{
    err *e;

    *present = false;
    if (!given(json))
        return OK;
    e = jin_read(a, spec, (struct span){json, strlen(json)}, false, (int)cfg.json_max_depth, in);
    if (e && e->kind == ERR_VALIDATION)
        verr_nest(errors, name, e);
    else
        TRY(e);
    *present = !e;
    return OK;
}

static err *tasks_read(struct arena *a, const char *json, struct verr *errors, struct exp_choice *c)
{
    struct jin in;
    bool present;

    TRY(object_read(a, &task_spec, "task_filter_options", json, errors, &in, &present));
    if (!present)
        return OK;
    c->view = jin_int(&in, "view", 0);
    c->finished = jin_text(&in, "finished");
    c->annotated = jin_text(&in, "annotated");
    c->skipped = jin_text(&in, "skipped");
    c->reviewed = jin_text(&in, "reviewed");
    c->with_annotations = jin_bool(&in, "only_with_annotations", false);
    return OK;
}

/* Nothing chosen is no choice; null chooses nothing, where an absent "usual" does. */
static err *annotations_read(struct arena *a, const char *json, struct verr *errors,
                             struct exp_choice *c)
{
    struct jin in;
    bool present;

    TRY(object_read(a, &annotation_spec, "annotation_filter_options", json, errors, &in, &present));
    if (!present)
        return OK;
    c->usual = jin_bool(&in, "usual", !jin_is_null(&in, "usual"));
    c->ground_truth = jin_bool(&in, "ground_truth", false);
    c->cancelled = jin_bool(&in, "skipped", false);
    c->some = c->usual || c->ground_truth || c->cancelled;
    return OK;
}

/* In full unless it is not asked for at all, or for ids only. */
static err *in_full_read(struct arena *a, const struct jin *in, const char *name,
                         struct verr *errors, bool *in_full)
{
    struct jin one;
    bool present;

    TRY(object_read(a, &only_id_spec, name, jin_json(in, name), errors, &one, &present));
    *in_full = present && !jin_bool(&one, "only_id", false);
    return OK;
}

static err *serialization_read(struct arena *a, const char *json, struct verr *errors,
                               struct exp_choice *c)
{
    struct verr *inner = verr_new(a);
    struct jin in;
    bool present;

    TRY(object_read(a, &serialization_spec, "serialization_options", json, errors, &in, &present));
    if (!present)
        return OK;
    TRY(in_full_read(a, &in, "drafts", inner, &c->drafts));
    TRY(in_full_read(a, &in, "predictions", inner, &c->predictions));
    TRY(in_full_read(a, &in, "annotations__completed_by", inner, &c->people));
    c->frames = jin_bool(&in, "interpolate_key_frames", false);
    c->history = jin_bool(&in, "include_annotation_history", false);
    if (verr_any(inner))
        verr_nest(errors, "serialization_options", verr_done(inner));
    return OK;
}

err *exp_choice_read(struct arena *a, const char *tasks, const char *annotations,
                     const char *serialization, struct exp_choice *out)
{
    struct verr *errors = verr_new(a);

    *out = (struct exp_choice){0};
    TRY(tasks_read(a, tasks, errors, out));
    TRY(annotations_read(a, annotations, errors, out));
    TRY(serialization_read(a, serialization, errors, out));
    return verr_done(errors);
}

/* ---- tasks ---- */

err *exp_choice_open(struct scope *s, int64_t project, const char *query, struct exp_choice *c)
{
    json_t *tree = NULL;
    const json_t *asked;

    TRY(dm_context_read(s, project, &c->context));
    if (given(query))
        TRY(jin_parse(s->a, (struct span){query, strlen(query)}, (int)cfg.json_max_depth, &tree));
    TRY(pick_resolve(s, project, tree, &asked));
    return dm_compile(s->a, &c->context, asked, &c->query);
}

static bool is_only(const char *option)
{
    return strcmp(option, "only") == 0;
}

static void conditions(struct sqlb *b, const struct exp_choice *c)
{
    if (c->finished && is_only(c->finished))
        sqlb_lit(b, " AND t.is_labeled");
    else if (c->finished)
        sqlb_lit(b, " AND NOT t.is_labeled");
    if (c->annotated && is_only(c->annotated))
        sqlb_lit(b, " AND t.total_annotations > 0");
    else if (c->annotated)
        sqlb_lit(b, " AND t.total_annotations = 0");
    if (c->skipped && is_only(c->skipped))
        sqlb_lit(b, " AND t.cancelled_annotations > 0");
    else if (c->skipped)
        sqlb_lit(b, " AND t.cancelled_annotations = 0");
    if (c->reviewed && is_only(c->reviewed))
        sqlb_lit(b, " AND t.reviews_accepted + t.reviews_rejected > 0");
    else if (c->reviewed)
        sqlb_lit(b, " AND t.reviews_accepted + t.reviews_rejected = 0");
    if (c->with_annotations)
        sqlb_lit(b, " AND t.total_annotations + t.cancelled_annotations > 0");
}

err *exp_choice_tasks(struct scope *s, const struct exp_choice *c, int64_t after, int64_t most,
                      int64_t *ids, size_t *n)
{
    struct sqlb b;
    struct rows rows;

    sqlb_init(&b, s->a);
    sqlb_lit(&b, "SELECT t.id FROM task t WHERE ");
    dm_where(&b, &c->query);
    conditions(&b, c);
    sqlb_lit(&b, " AND t.inner_id > ");
    sqlb_param(&b, db_i64(after));
    sqlb_lit(&b, "::int4 ORDER BY t.inner_id LIMIT ");
    sqlb_param(&b, db_i64(most));
    sqlb_lit(&b, "::int8");
    TRY(sqlb_run(&b, s->db, &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        ids[i] = row_i64(&r, 0);
    }
    *n = (size_t)rows.n;
    return OK;
}

_Static_assert((int)EXPORT_TASKS_FILE_UPLOAD == (int)EXPORT_CHOSEN_FILE_UPLOAD, "column lists differ");

err *exp_tasks_read(struct scope *s, const struct exp_options *o, int64_t after, int64_t most,
                    int64_t **ids, size_t *n, struct rows *tasks)
{
    *ids = arena_array(s->a, (size_t)most, sizeof **ids);
    if (o->choice) {
        TRY(exp_choice_tasks(s, o->choice, after, most, *ids, n));
        return db_many(s->db, SQL_export_chosen, DB_ARGS(db_i64s(s->a, *ids, *n)), tasks);
    }
    TRY(db_many(s->db, SQL_export_tasks,
                DB_ARGS(db_i64(o->project), db_i64(after), db_bool(o->all_tasks), db_text(o->ids),
                        db_i64(most)),
                tasks));
    *n = (size_t)tasks->n;
    for (int i = 0; i < tasks->n; i++) {
        struct row r = rows_at(tasks, i);
        (*ids)[i] = row_i64(&r, EXPORT_TASKS_ID);
    }
    return OK;
}
