/* The last change of each part of a project's settings. One row per part: changes are rare and follow each other by the lock of the project. */
#include "core/setting.h"

#include <string.h>

#include "core/setting.sql.h"
#include "core/wire.h"

/* Settings of the project row by the page that shows them; what is not here belongs to no page. */
static const struct {
    const char *name, *part;
} places[] = {
    {"title", "general"}, {"description", "general"}, {"color", "general"}, {"is_published", "general"}, {"workspace", "general"},
    {"expert_instruction", "instructions"}, {"show_instruction", "instructions"},
    {"label_config", "labeling"}, {"control_weights", "labeling"},
    {"maximum_annotations", "annotation"}, {"overlap_cohort_percentage", "annotation"}, {"show_overlap_first", "annotation"},
    {"sampling", "annotation"}, {"skip_queue", "annotation"}, {"show_skip_button", "annotation"}, {"require_comment_on_skip", "annotation"},
    {"enable_empty_annotation", "annotation"}, {"show_annotation_history", "annotation"}, {"show_collab_predictions", "annotation"},
    {"reveal_preannotations_interactively", "annotation"}, {"show_ground_truth_first", "annotation"},
    {"annotator_evaluation_enabled", "annotation"}, {"assignment_settings", "annotation"},
    {"evaluate_predictions_automatically", "ml"}, {"start_training_on_annotation_update", "ml"}, {"min_annotations_to_start_training", "ml"},
    {"task_data_login", "ml"}, {"task_data_password", "ml"},
    {"model_version", "predictions"}, {"review_settings", "review"},
};
enum { N_PLACES = sizeof places / sizeof *places };

static err *note(struct scope *s, int64_t project, const char **parts, size_t n)
{
    return db_exec(s->db, SQL_setting_note, DB_ARGS(db_i64(project), db_texts(s->a, parts, n), db_i64(s->user)), NULL);
}

err *setting_note(struct scope *s, int64_t project, const char *part)
{
    return note(s, project, (const char *[]){part}, 1);
}

err *setting_note_body(struct scope *s, int64_t project, const struct jin *in)
{
    const char *parts[N_PLACES];
    size_t n = 0;

    for (size_t i = 0; i < N_PLACES; i++)
        if (jin_has(in, places[i].name))
            parts[n++] = places[i].part;
    return n ? note(s, project, parts, n) : OK;
}

err *setting_last(struct scope *s, int64_t project, const char *part, struct setting_last *out)
{
    struct row r;

    TRY(db_one(s->db, SQL_setting_last, DB_ARGS(db_i64(project), db_text(part)), &r));
    out->at = wire_time_text(s->a, row_text(&r, SETTING_LAST_CHANGED_AT));
    out->by = row_text(&r, SETTING_LAST_AUTHOR);
    return OK;
}

err *setting_note_organization(struct scope *s, const char *part)
{
    return db_exec(s->db, SQL_setting_note_organization, DB_ARGS(db_i64(s->organization), db_text(part), db_i64(s->user)), NULL);
}

err *setting_last_organization(struct scope *s, const char *part, struct setting_last *out)
{
    struct row r;

    TRY(db_one(s->db, SQL_setting_last_organization, DB_ARGS(db_i64(s->organization), db_text(part)), &r));
    out->at = wire_time_text(s->a, row_text(&r, SETTING_LAST_ORGANIZATION_CHANGED_AT));
    out->by = row_text(&r, SETTING_LAST_ORGANIZATION_AUTHOR);
    return OK;
}
