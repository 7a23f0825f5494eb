/* Projects: reading and changing them, and what a change of settings does to their tasks.
 * Tasks themselves live in task.c; the label configuration's own rules in labelconfig/. */
#include "core/event.h"
#include "core/project.h"

#include <string.h>

#include "core/args.h"
#include "base/cfg.h"
#include "core/fields.h"
#include "core/overlap.h"
#include "core/project.sql.h"
#include "core/review.h"
#include "core/setting.h"
#include "core/summary.h"
#include "core/wire.h"
#include "core/workspace.h"
#include "db/queue.h"
#include "json/verr.h"
#include "tmpl/sanitize.h"

static err *no_project(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No Project matches the given query.");
}

/* ---------------------------------------------------------------- reading */

err *project_ids(struct scope *s, const struct project_filter *f, int64_t most, int64_t skip, struct rows *ids, int64_t *total)
{
    TRY(db_many(s->db, SQL_project_ids,
                DB_ARGS(SCOPE_ARGS(s), db_text(f->ids), db_text(f->title), db_text(f->search), db_text(f->workspaces), f->archived,
                        db_text(f->pinned), db_text(f->ordering),
                        db_i64(most), db_i64(skip)), ids));
    if (ids->n > 0) {
        struct row first = rows_at(ids, 0);
        *total = row_i64(&first, PROJECT_IDS_TOTAL);
        return OK;
    }
    if (skip == 0) {
        *total = 0;
        return OK;
    }
    return project_total(s, f, total);
}

err *project_total(struct scope *s, const struct project_filter *f, int64_t *total)
{
    struct row r;

    TRY(db_one(s->db, SQL_project_total,
               DB_ARGS(SCOPE_ARGS(s), db_text(f->ids), db_text(f->title), db_text(f->search), db_text(f->workspaces), f->archived,
                       db_text(f->pinned)), &r));
    *total = row_i64(&r, PROJECT_TOTAL_TOTAL);
    return OK;
}

err *project_rows(struct scope *s, const int64_t *ids, size_t n, struct rows *out)
{
    return db_many(s->db, SQL_project_by_ids, DB_ARGS(SCOPE_ARGS(s), db_i64s(s->a, ids, n)), out);
}

err *project_row(struct scope *s, int64_t id, struct row *out)
{
    struct rows rows;

    TRY(project_rows(s, &id, 1, &rows));
    if (rows.n == 0)
        return no_project(s);
    *out = rows_at(&rows, 0);
    return OK;
}

err *project_check_visible(struct scope *s, int64_t id)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_project_visible, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), &r, &found));
    return found ? OK : no_project(s);
}

err *project_ahead(struct scope *s, int64_t id)
{
    TRY(db_ahead(s->db, SQL_project_visible, DB_ARGS(SCOPE_ARGS(s), db_i64(id))));
    return db_ahead(s->db, SQL_project_counts, DB_ARGS(db_i64(id)));
}

err *project_counts(struct scope *s, int64_t id, struct project_counts *out)
{
    struct row r;

    TRY(db_one(s->db, SQL_project_counts, DB_ARGS(db_i64(id)), &r));
    out->tasks = row_i64(&r, PROJECT_COUNTS_TASKS);
    out->finished = row_i64(&r, PROJECT_COUNTS_FINISHED);
    out->annotations = row_i64(&r, PROJECT_COUNTS_ANNOTATIONS);
    out->predictions = row_i64(&r, PROJECT_COUNTS_PREDICTIONS);
    return OK;
}

/* ---------------------------------------------------------------- writing as JSON */

/* Counters (type c) are null in the create answer. */
static const struct field fields[] = {
    {"id", PROJECT_BY_IDS_ID, 'i'},
    {"title", PROJECT_BY_IDS_TITLE, 's'},
    {"description", PROJECT_BY_IDS_DESCRIPTION, 's'},
    {"label_config", PROJECT_BY_IDS_LABEL_CONFIG, 's'},
    {"expert_instruction", PROJECT_BY_IDS_EXPERT_INSTRUCTION, 's'},
    {"show_instruction", PROJECT_BY_IDS_SHOW_INSTRUCTION, 'b'},
    {"show_skip_button", PROJECT_BY_IDS_SHOW_SKIP_BUTTON, 'b'},
    {"enable_empty_annotation", PROJECT_BY_IDS_ENABLE_EMPTY_ANNOTATION, 'b'},
    {"show_annotation_history", PROJECT_BY_IDS_SHOW_ANNOTATION_HISTORY, 'b'},
    {"organization", PROJECT_BY_IDS_ORGANIZATION, 'i'},
    {"color", PROJECT_BY_IDS_COLOR, 's'},
    {"maximum_annotations", PROJECT_BY_IDS_MAXIMUM_ANNOTATIONS, 'i'},
    {"is_published", PROJECT_BY_IDS_IS_PUBLISHED, 'b'},
    {"model_version", PROJECT_BY_IDS_MODEL_VERSION, 's'},
    {"is_draft", PROJECT_BY_IDS_IS_DRAFT, 'b'},
    {"created_by", PROJECT_BY_IDS_CREATED_BY, 'j'},
    {"created_at", PROJECT_BY_IDS_CREATED_AT, 't'},
    {"min_annotations_to_start_training", PROJECT_BY_IDS_MIN_ANNOTATIONS_TO_START_TRAINING, 'i'},
    {"start_training_on_annotation_update", PROJECT_BY_IDS_START_TRAINING_ON_ANNOTATION_UPDATE, 'b'},
    {"show_collab_predictions", PROJECT_BY_IDS_SHOW_COLLAB_PREDICTIONS, 'b'},
    {"num_tasks_with_annotations", PROJECT_BY_IDS_NUM_TASKS_WITH_ANNOTATIONS, 'c'},
    {"task_number", PROJECT_BY_IDS_TASK_NUMBER, 'c'},
    {"useful_annotation_number", PROJECT_BY_IDS_USEFUL_ANNOTATION_NUMBER, 'c'},
    {"ground_truth_number", PROJECT_BY_IDS_GROUND_TRUTH_NUMBER, 'c'},
    {"skipped_annotations_number", PROJECT_BY_IDS_SKIPPED_ANNOTATIONS_NUMBER, 'c'},
    {"total_annotations_number", PROJECT_BY_IDS_TOTAL_ANNOTATIONS_NUMBER, 'c'},
    {"total_predictions_number", PROJECT_BY_IDS_TOTAL_PREDICTIONS_NUMBER, 'c'},
    {"sampling", PROJECT_BY_IDS_SAMPLING, 's'},
    {"show_ground_truth_first", PROJECT_BY_IDS_SHOW_GROUND_TRUTH_FIRST, 'b'},
    {"annotator_evaluation_enabled", PROJECT_BY_IDS_ANNOTATOR_EVALUATION_ENABLED, 'b'},
    {"show_overlap_first", PROJECT_BY_IDS_SHOW_OVERLAP_FIRST, 'b'},
    {"overlap_cohort_percentage", PROJECT_BY_IDS_OVERLAP_COHORT_PERCENTAGE, 'i'},
    {"task_data_login", PROJECT_BY_IDS_TASK_DATA_LOGIN, 's'},
    {"control_weights", PROJECT_BY_IDS_CONTROL_WEIGHTS, 'j'},
    {"parsed_label_config", PROJECT_BY_IDS_PARSED_LABEL_CONFIG, 'j'},
    {"evaluate_predictions_automatically", PROJECT_BY_IDS_EVALUATE_PREDICTIONS_AUTOMATICALLY, 'b'},
    {"config_has_control_tags", PROJECT_BY_IDS_CONFIG_HAS_CONTROL_TAGS, 'b'},
    {"skip_queue", PROJECT_BY_IDS_SKIP_QUEUE, 's'},
    {"reveal_preannotations_interactively", PROJECT_BY_IDS_REVEAL_PREANNOTATIONS_INTERACTIVELY, 'b'},
    {"pinned_at", PROJECT_BY_IDS_PINNED_AT, 't'},
    {"finished_task_number", PROJECT_BY_IDS_FINISHED_TASK_NUMBER, 'c'},
    {"queue_total", PROJECT_BY_IDS_QUEUE_TOTAL, 'i'},
    {"queue_done", PROJECT_BY_IDS_QUEUE_DONE, 'i'},
    {"config_suitable_for_bulk_annotation", PROJECT_BY_IDS_CONFIG_SUITABLE_FOR_BULK_ANNOTATION, 'b'},
    {"require_comment_on_skip", PROJECT_BY_IDS_REQUIRE_COMMENT_ON_SKIP, 'b'},
    {"workspace", PROJECT_BY_IDS_WORKSPACE, 'i'},
    {"workspace_title", PROJECT_BY_IDS_WORKSPACE_TITLE, 's'},
    {"duplication_done", PROJECT_BY_IDS_DUPLICATION_DONE, 'b'},
    {"duplication_status", PROJECT_BY_IDS_DUPLICATION_STATUS, 's'},
    {"assignment_settings", PROJECT_BY_IDS_ASSIGNMENT_SETTINGS, 'j'},
    {"review_settings", PROJECT_BY_IDS_REVIEW_SETTINGS, 'j'},
};

void project_fields_write(struct jw *w, const struct row *r, const char *include, bool fresh)
{
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!field_wanted(include, fields[i].key))
            continue;
        if (fresh && fields[i].type == 'c')
            jw_knull(w, fields[i].key);
        else
            field_write(w, r, &fields[i]);
    }
    if (field_wanted(include, "state"))
        jw_knull(w, "state");
}

void project_write(struct jw *w, const struct row *r, const char *include, bool fresh)
{
    jw_obj(w);
    project_fields_write(w, r, include, fresh);
    jw_end(w);
}

void project_counts_write(struct jw *w, const struct row *r)
{
    jw_obj(w);
    wire_ki64(w, "id", r, PROJECT_BY_IDS_ID);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (fields[i].type == 'c')
            wire_ki64(w, fields[i].key, r, fields[i].col);
    jw_end(w);
}

/* ---------------------------------------------------------------- the label configuration */

/* Parsed configurations by project and version. Small and round robin: a worker meets few projects at a time. */
enum { CONFIG_CACHE = 64 };
static struct config_entry {
    int64_t project, version;
    struct arena *a;
    struct lc *lc;
} config_cache[CONFIG_CACHE];
static unsigned config_next;

static const struct lc *config_cached(int64_t project, int64_t version)
{
    for (int i = 0; i < CONFIG_CACHE; i++)
        if (config_cache[i].lc && config_cache[i].project == project && config_cache[i].version == version)
            return config_cache[i].lc;
    return NULL;
}

static err *config_put(struct scope *s, int64_t project, int64_t version, const char *xml, const struct lc **out)
{
    struct config_entry *e = &config_cache[config_next++ % CONFIG_CACHE];
    struct arena *a = arena_new("label config cache");
    struct lc *lc = NULL;
    err *bad = lc_parse(a, xml, "label_config", &lc);

    if (bad) {
        /* Stored configurations were valid once; the text of the error must not die with its arena. */
        err *copy = err_new(s->a, bad->kind, "%s", bad->detail);
        copy->validation_json = arena_strdup(s->a, bad->validation_json);
        arena_free(a);
        return copy;
    }
    arena_free(e->a);
    *e = (struct config_entry){project, version, a, lc};
    *out = lc;
    return OK;
}

err *project_config(struct scope *s, int64_t id, const struct lc **lc, int64_t *maximum_annotations, const char **model_version)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_project_config, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), &r, &found));
    if (!found)
        return no_project(s);
    if (maximum_annotations)
        *maximum_annotations = row_i64(&r, PROJECT_CONFIG_MAXIMUM_ANNOTATIONS);
    if (model_version)
        *model_version = arena_strdup(s->a, row_text(&r, PROJECT_CONFIG_MODEL_VERSION));
    *lc = config_cached(id, row_i64(&r, PROJECT_CONFIG_VERSION));
    if (*lc)
        return OK;
    return config_put(s, id, row_i64(&r, PROJECT_CONFIG_VERSION), row_text(&r, PROJECT_CONFIG_LABEL_CONFIG), lc);
}

err *project_config_check(struct scope *s, int64_t id, const char *xml, bool strict, const char *field, bool *essential)
{
    const struct lc *old;
    struct lc *next;
    struct lc_usage used;

    TRY(project_config(s, id, &old, NULL, NULL));
    TRY(lc_parse(s->a, xml, field, &next));
    TRY(summary_usage(s, id, &used));
    TRY(lc_check_annotations_change(next, s->a, &used, strict, field));
    if (essential)
        *essential = lc_essential_change(old, next);
    return OK;
}

/* ---------------------------------------------------------------- changing */

/* Settings that go from the body to the column of the same name. */
static const struct {
    const char *name;
    char type;
} settings[] = {
    {"title", 's'}, {"description", 's'}, {"show_instruction", 'b'}, {"show_skip_button", 'b'},
    {"enable_empty_annotation", 'b'}, {"show_annotation_history", 'b'}, {"show_collab_predictions", 'b'},
    {"show_ground_truth_first", 'b'}, {"show_overlap_first", 'b'}, {"annotator_evaluation_enabled", 'b'},
    {"evaluate_predictions_automatically", 'b'}, {"reveal_preannotations_interactively", 'b'}, {"color", 's'},
    {"maximum_annotations", 'i'}, {"overlap_cohort_percentage", 'i'}, {"sampling", 's'}, {"skip_queue", 's'},
    {"model_version", 's'}, {"min_annotations_to_start_training", 'i'}, {"task_data_login", 's'},
    {"task_data_password", 's'}, {"is_published", 'b'}, {"is_draft", 'b'}, {"pinned_at", 's'},
    {"require_comment_on_skip", 'b'},
};

static void setting_write(struct jw *w, const struct jin *in, const char *name, char type)
{
    if (!jin_has(in, name))
        return;
    if (jin_is_null(in, name))
        jw_knull(w, name);
    else if (type == 's')
        jw_kstr(w, name, jin_text(in, name));
    else if (type == 'b')
        jw_kbool(w, name, jin_bool(in, name, false));
    else
        jw_ki64(w, name, jin_int(in, name, 0));
}

static void data_types_write(struct jw *w, const struct lc *lc)
{
    size_t n;
    const struct lc_data_key *keys = lc_data_keys(lc, &n);

    jw_key(w, "data_types");
    jw_obj(w);
    for (size_t i = 0; i < n; i++)
        jw_kstr(w, keys[i].key, keys[i].tag);
    jw_end(w);
    jw_kstr(w, "first_data_key", lc_first_data_key(lc));
}

/* An empty object asks for the weights that the configuration gives by itself. */
static bool weights_given(const struct jin *in)
{
    const json_t *tree = jin_has(in, "control_weights") ? jin_tree(in, "control_weights") : NULL;

    return jin_has(in, "control_weights") && !(json_is_object(tree) && json_object_size(tree) == 0);
}

static err *weights_write(struct scope *s, struct jw *w, const struct jin *in, const char *old_config)
{
    struct lc *lc;

    if (weights_given(in)) {
        jw_kraw(w, "control_weights", jin_json(in, "control_weights"));
    } else if (jin_has(in, "control_weights") && !jin_has(in, "label_config") && old_config) {
        TRY(lc_parse(s->a, old_config, "label_config", &lc));
        jw_kraw(w, "control_weights", lc_control_weights(lc, s->a, NULL));
    }
    return OK;
}

/* label_config and what is derived from it, but for the weights. */
static void config_fields_write(struct scope *s, struct jw *w, const char *xml, const struct lc *lc)
{
    jw_kstr(w, "label_config", xml);
    jw_kraw(w, "parsed_label_config", lc_parsed_json(lc, s->a));
    jw_kbool(w, "config_has_control_tags", lc_has_controls(lc));
    jw_kbool(w, "config_suitable_for_bulk_annotation", lc_bulk_suitable(lc));
    data_types_write(w, lc);
}

/* label_config and everything that is derived from it. */
static err *config_write(struct scope *s, struct jw *w, const struct jin *in, const char *old_weights)
{
    const char *xml = jin_text(in, "label_config");
    struct lc *lc;

    if (!jin_has(in, "label_config"))
        return OK;
    TRY(lc_parse(s->a, xml, "label_config", &lc));
    config_fields_write(s, w, xml, lc);
    if (!weights_given(in))
        jw_kraw(w, "control_weights", lc_control_weights(lc, s->a, jin_has(in, "control_weights") ? NULL : old_weights));
    return OK;
}

/* assignment_settings: {"label_stream_task_distribution": …}, the rest of it is told, not set. NULL: nothing is said. */
static err *distribution_read(struct scope *s, const struct jin *in, const char **out)
{
    const json_t *v = jin_has(in, "assignment_settings") ? json_object_get(jin_tree(in, "assignment_settings"), "label_stream_task_distribution") : NULL;

    *out = json_string_value(v);
    if (!v || (*out && (strcmp(*out, "auto_distribution") == 0 || strcmp(*out, "assigned_only") == 0)))
        return OK;
    return verr_one(s->a, "assignment_settings", "\"%s\" is not a valid choice.", *out ? *out : jin_type_name(v));
}

/* The change as one JSON object of column values; old: NULL for a new project. */
static err *change_build(struct scope *s, const struct jin *in, const struct row *old, const char **out)
{
    const char *distribution, *review;
    struct strbuf b;
    struct jw w;

    TRY(distribution_read(s, in, &distribution));
    TRY(review_settings_read(s, in, &review));
    strbuf_init(&b, s->a, 64u << 20);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    if (distribution)
        jw_kstr(&w, "label_stream_task_distribution", distribution);
    if (review)
        jw_kraw(&w, "review_settings", review);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        setting_write(&w, in, settings[i].name, settings[i].type);
    if (jin_has(in, "expert_instruction"))
        jw_kstr(&w, "expert_instruction", jin_is_null(in, "expert_instruction")
                    ? NULL : html_sanitize(s->a, jin_text(in, "expert_instruction"), NULL));
    if (jin_has(in, "start_training_on_annotation_update") && !jin_has(in, "min_annotations_to_start_training"))
        jw_ki64(&w, "min_annotations_to_start_training", jin_bool(in, "start_training_on_annotation_update", false));
    TRY(weights_write(s, &w, in, old ? row_text(old, PROJECT_LOCK_LABEL_CONFIG) : NULL));
    /* Turning predictions off forgets the version, as clients of the reference API expect, unless they name one. */
    if (!jin_has(in, "model_version") && jin_has(in, "show_collab_predictions") && !jin_bool(in, "show_collab_predictions", true))
        jw_kstr(&w, "model_version", "");
    arg_ki64(&w, in, "workspace", "workspace_id");
    TRY(config_write(s, &w, in, old ? row_json(old, PROJECT_LOCK_CONTROL_WEIGHTS) : NULL));
    jw_end(&w);
    TRY(strbuf_check(&b));
    *out = b.buf;
    return OK;
}

/* Projects go into workspaces that the caller is in. */
static err *workspace_allowed(struct scope *s, const struct jin *in)
{
    return arg_given(in, "workspace") ? workspace_check_target(s, jin_int(in, "workspace", 0), "workspace") : OK;
}

err *project_create(struct scope *s, const struct jin *in, int64_t *id)
{
    const char *change;
    struct row r;

    TRY(workspace_allowed(s, in));
    TRY(change_build(s, in, NULL, &change));
    TRY(db_one(s->db, SQL_project_insert, DB_ARGS(db_i64(s->organization), db_i64(s->user)), &r));
    *id = row_i64(&r, PROJECT_INSERT_ID);
    TRY(db_exec(s->db, SQL_project_update, DB_ARGS(db_i64(*id), db_text(change)), NULL));
    return event_project(s, "PROJECT_CREATED", *id);
}

/* Null is a version that no prediction has; a project shows none only when its version was removed. */
static err *model_version_check(struct scope *s, int64_t id, const struct jin *in, const char *present)
{
    const char *version;
    struct row r;

    if (!jin_has(in, "model_version"))
        return OK;
    version = jin_text(in, "model_version");
    if (version ? !*version || (present && strcmp(version, present) == 0) : !present)
        return OK;
    TRY(db_one(s->db, SQL_project_version_known, DB_ARGS(db_i64(id), db_text(version)), &r));
    if (row_bool(&r, PROJECT_VERSION_KNOWN_KNOWN))
        return OK;
    return verr_one(s->a, "model_version", "Model version doesn't exist either as live model or as static predictions.");
}

/* What the change makes of the settings that tasks follow. */
static err *tasks_follow(struct scope *s, int64_t id, const struct jin *in, const struct row *old, int64_t *job)
{
    const struct overlap_settings before = {row_i64(old, PROJECT_LOCK_MAXIMUM_ANNOTATIONS),
                                            row_i64(old, PROJECT_LOCK_OVERLAP_COHORT_PERCENTAGE), row_text(old, PROJECT_LOCK_SKIP_QUEUE),
                                            row_text(old, PROJECT_LOCK_LABEL_STREAM_TASK_DISTRIBUTION)};
    const char *distribution;
    TRY(distribution_read(s, in, &distribution));
    const struct overlap_settings after = {jin_int(in, "maximum_annotations", before.overlap),
                                           jin_int(in, "overlap_cohort_percentage", before.percentage),
                                           jin_has(in, "skip_queue") ? jin_text(in, "skip_queue") : before.skip_queue,
                                           distribution ? distribution : before.distribution};

    return overlap_follow(s, id, &before, &after, job);
}

err *project_update(struct scope *s, int64_t id, const struct jin *in, int64_t *job)
{
    const char *change;
    struct row old;
    bool found;

    TRY(db_opt(s->db, SQL_project_lock, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), &old, &found));
    if (!found)
        return no_project(s);
    TRY(workspace_allowed(s, in));
    TRY(model_version_check(s, id, in, row_text(&old, PROJECT_LOCK_MODEL_VERSION)));
    if (jin_text(in, "label_config"))
        TRY(project_config_check(s, id, jin_text(in, "label_config"), false, "label_config", NULL));
    TRY(change_build(s, in, &old, &change));
    TRY(db_exec(s->db, SQL_project_update, DB_ARGS(db_i64(id), db_text(change)), NULL));
    TRY(setting_note_body(s, id, in));
    TRY(tasks_follow(s, id, in, &old, job));
    return event_project(s, "PROJECT_UPDATED", id);
}

err *project_config_put(struct scope *s, int64_t id, const char *xml)
{
    struct strbuf b;
    struct row old;
    struct lc *lc;
    struct jw w;
    bool found;

    TRY(db_opt(s->db, SQL_project_lock, DB_ARGS(SCOPE_ARGS(s), db_i64(id)), &old, &found));
    if (!found)
        return no_project(s);
    TRY(lc_parse(s->a, row_text(&old, PROJECT_LOCK_LABEL_CONFIG), "label_config", &lc));
    if (lc_has_controls(lc))
        return verr_one(s->a, "take_config", "The project has got a label configuration meanwhile.");
    TRY(project_config_check(s, id, xml, false, "label_config", NULL));
    TRY(lc_parse(s->a, xml, "label_config", &lc));
    strbuf_init(&b, s->a, 64u << 20);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    config_fields_write(s, &w, xml, lc);
    jw_kraw(&w, "control_weights", lc_control_weights(lc, s->a, NULL));
    jw_end(&w);
    TRY(strbuf_check(&b));
    TRY(db_exec(s->db, SQL_project_update, DB_ARGS(db_i64(id), db_text(b.buf)), NULL));
    TRY(setting_note(s, id, "labeling"));
    return event_project(s, "PROJECT_UPDATED", id);
}

err *project_delete(struct scope *s, int64_t id)
{
    int64_t n;

    TRY(db_exec(s->db, SQL_project_trash, DB_ARGS(SCOPE_ARGS(s), db_i64(id), db_bool(cfg.trash_keep_s == 0)), &n));
    if (n == 0)
        return no_project(s);
    TRY(event_object(s, "PROJECT_DELETED", id, arena_printf(s->a, "{\"project\":{\"id\":%lld}}", (long long)id)));
    if (cfg.trash_keep_s > 0)
        return OK;
    return queue_add(s->db, "project_delete", s->organization, arena_printf(s->a, "{\"project\":%lld}", (long long)id),
                     arena_printf(s->a, "%lld", (long long)id), NULL);
}
