/* Settings that are columns of the project: general, instructions, annotation. Each page is a table of fields; saving one is the PATCH that
 * the API would get, of this page's fields only. */
#include "api/bodies.h"
#include "base/cfg.h"
#include "base/text.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "json/verr.h"
#include "page/fields.h"
#include "page/settings.h"
#include "page/workspaces.h"
#include "tmpl/sanitize.h"
#include "tmpl/tmpl.h"

enum { TEXT_MOST = 8 << 20, OVERLAP_MOST = 1000 };

/* ---- what the pages share ---- */

/* The project as the API shows it, without what is long and on no form. */
static err *stored_values(struct rq *rq, const struct row *r, json_t **out)
{
    static const char *const include =
        "title,description,color,is_published,workspace,expert_instruction,show_instruction,maximum_annotations,overlap_cohort_percentage,"
        "show_overlap_first,sampling,skip_queue,show_skip_button,require_comment_on_skip,enable_empty_annotation,show_annotation_history,"
        "show_collab_predictions,reveal_preannotations_interactively,show_ground_truth_first,annotator_evaluation_enabled,assignment_settings";
    struct strbuf b;
    struct jw w;

    strbuf_init(&b, rq->a, TEXT_MOST);
    jw_init_strbuf(&w, &b);
    project_write(&w, r, include, false);
    return page_tree(rq->a, &b, out);
}

static void set_form(struct rq *rq, json_t *ctx, const char *tab, const char *heading, const char *save_text)
{
    page_set_text(ctx, "form_href", arena_printf(rq->a, "/projects/%lld/settings/%s", (long long)rq_int(rq, "id"), tab));
    page_set_text(ctx, "heading", heading);
    page_set_text(ctx, "save_text", save_text);
}

static void body_open(struct rq *rq, struct strbuf *b, struct jw *w)
{
    strbuf_init(b, rq->a, (size_t)cfg.upload_max_bytes);
    jw_init_strbuf(w, b);
    jw_obj(w);
}

static err *change(struct rq *rq, const struct strbuf *b)
{
    struct jin in;
    int64_t job;

    TRY(page_body(rq->a, &B_PROJECT, b, &in));
    return project_update(rq->scope, rq_int(rq, "id"), &in, &job);
}

/* ---- general ---- */

static const struct form_field general_fields[] = {
    {.name = "title", .kind = FIELD_TEXT, .label = "Name", .min = 3, .max = 50, .required = true},
    {.name = "description", .kind = FIELD_AREA, .label = "Description", .help = "Shown in the list of projects."},
    {.name = "color", .kind = FIELD_COLOR, .label = "Colour", .help = "Clients that show projects in colours use it.", .required = true},
    {0}};
static const struct form_field visibility_fields[] = {
    {.name = "workspace", .kind = FIELD_SELECT, .label = "Workspace",
     .help = "Annotators, reviewers and managers of a workspace see its projects. In none, the whole organization does."},
    {.name = "is_published", .kind = FIELD_CHECK, .label = "Published",
     .help = "Annotators and reviewers see published projects only. Managers and above see every project."},
    {0}};

err *settings_general_fill(struct rq *rq, const struct row *r, json_t *ctx)
{
    int64_t now = row_null(r, PROJECT_BY_IDS_WORKSPACE) ? 0 : row_i64(r, PROJECT_BY_IDS_WORKSPACE);
    json_t *values, *groups = json_array(), *visibility, *choices;

    json_object_set_new(ctx, "groups", groups);
    TRY(stored_values(rq, r, &values));
    json_array_append_new(groups, fields_group(rq, NULL, general_fields, values));
    visibility = fields_group(rq, "Who sees it", visibility_fields, values);
    json_array_append_new(groups, visibility);
    TRY(workspaces_choices(rq, now, row_text(r, PROJECT_BY_IDS_WORKSPACE_TITLE), &choices));
    fields_choices(visibility, "workspace", choices);
    set_form(rq, ctx, "general", "General", "Save settings");
    return OK;
}

/* Only where it changes: whoever is not in the project's workspace may still change its name. */
static err *workspace_write_change(struct rq *rq, struct jw *w)
{
    int64_t sent = page_sent_id(rq, "workspace"), now = 0;
    struct row r;

    if (!rq_form(rq, "workspace"))
        return OK;
    TRY(project_row(rq->scope, rq_int(rq, "id"), &r));
    if (!row_null(&r, PROJECT_BY_IDS_WORKSPACE))
        now = row_i64(&r, PROJECT_BY_IDS_WORKSPACE);
    if (sent == now)
        return OK;
    if (sent)
        jw_ki64(w, "workspace", sent);
    else
        jw_knull(w, "workspace");
    return OK;
}

err *settings_general_save(struct rq *rq, const char **done)
{
    struct strbuf b;
    struct jw w;

    body_open(rq, &b, &w);
    fields_write(rq, &w, general_fields);
    jw_kbool(&w, "is_published", rq_form(rq, "is_published") != NULL);
    TRY(workspace_write_change(rq, &w));
    jw_end(&w);
    *done = "Settings saved.";
    return change(rq, &b);
}

/* ---- instructions ---- */

err *settings_instructions_fill(struct rq *rq, const struct row *r, json_t *ctx)
{
    const char *stored = row_text(r, PROJECT_BY_IDS_EXPERT_INSTRUCTION);
    bool sent = rq->method == M_POST;
    json_t *values = json_object();

    page_set_text(values, "expert_instruction", sent ? page_sent(rq, "expert_instruction") : stored ? stored : "");
    page_set_bool(values, "show_instruction", sent ? rq_form(rq, "show_instruction") != NULL : row_bool(r, PROJECT_BY_IDS_SHOW_INSTRUCTION));
    json_object_set_new(ctx, "values", values);
    json_object_set_new(ctx, "shown", stored && *stored ? tmpl_html(html_sanitize(rq->a, stored, cfg.base_path)) : json_null());
    set_form(rq, ctx, "instructions", NULL, NULL);
    return OK;
}

err *settings_instructions_save(struct rq *rq, const char **done)
{
    struct strbuf b;
    struct jw w;

    body_open(rq, &b, &w);
    jw_kstr(&w, "expert_instruction", page_sent(rq, "expert_instruction"));
    jw_kbool(&w, "show_instruction", rq_form(rq, "show_instruction") != NULL);
    jw_end(&w);
    *done = "Instructions saved.";
    return change(rq, &b);
}

/* ---- annotation ---- */

static const struct field_choice samplings[] = {
    {"Sequential sampling", "One after the other"}, {"Uniform sampling", "At random"}, {"Uncertainty sampling", "Uncertain predictions first"}, {0}};
static const struct field_choice skips[] = {
    {"REQUEUE_FOR_ME", "Comes back to who skipped it"},
    {"REQUEUE_FOR_OTHERS", "Goes to somebody else"},
    {"IGNORE_SKIPPED", "Counts as done"},
    {0}};
static const struct field_choice distributions[] = {
    {"auto_distribution", "By itself: whoever asks gets the next task"}, {"assigned_only", "By hand: people get what they were assigned"}, {0}};

static const struct form_field stream_fields[] = {
    {.name = "label_stream_task_distribution", .kind = FIELD_SELECT, .label = "Who gets which task", .choices = distributions},
    {.name = "sampling", .kind = FIELD_SELECT, .label = "Order of tasks", .choices = samplings},
    {.name = "show_ground_truth_first", .kind = FIELD_CHECK, .label = "Tasks with ground truth come first",
     .help = "Everybody is measured against it before the rest."},
    {.name = "show_overlap_first", .kind = FIELD_CHECK, .label = "Tasks with more annotators come first"},
    {0}};
static const struct form_field overlap_fields[] = {
    {.name = "maximum_annotations", .kind = FIELD_NUMBER, .label = "Annotations for each task (overlap)",
     .help = "How many different annotators label a task before it counts as labelled.", .min = 1, .max = OVERLAP_MOST, .required = true},
    {.name = "overlap_cohort_percentage", .kind = FIELD_NUMBER, .label = "Share of tasks that get them, in per cent",
     .help = "The others are labelled once.", .min = 0, .max = 100, .required = true},
    {0}};
static const struct form_field skip_fields[] = {
    {.name = "show_skip_button", .kind = FIELD_CHECK, .label = "Tasks may be skipped"},
    {.name = "require_comment_on_skip", .kind = FIELD_CHECK, .label = "Who skips a task says why",
     .help = "The labelling page asks for a comment, which is kept in the annotation's history."},
    {.name = "skip_queue", .kind = FIELD_SELECT, .label = "A skipped task", .choices = skips},
    {0}};
static const struct form_field work_fields[] = {
    {.name = "enable_empty_annotation", .kind = FIELD_CHECK, .label = "Empty annotations may be submitted",
     .help = "When a task may hold nothing to label."},
    {.name = "show_annotation_history", .kind = FIELD_CHECK, .label = "Annotators see their earlier annotations in the task table"},
    {.name = "annotator_evaluation_enabled", .kind = FIELD_CHECK, .label = "Measure annotators against the ground truth"},
    {0}};
/* Saved only where they change: to say that predictions are not started from forgets which version is shown. */
static const struct form_field prediction_fields[] = {
    {.name = "show_collab_predictions", .kind = FIELD_CHECK, .label = "Start from predictions",
     .help = "A task with a prediction opens with a copy of it. Turned off, no version is chosen any more."},
    {.name = "reveal_preannotations_interactively", .kind = FIELD_CHECK, .label = "Show a prediction region by region",
     .help = "Only where the annotator draws."},
    {0}};
static const struct {
    const char *title;
    const struct form_field *fields;
} annotation_groups[] = {
    {"Which task comes next", stream_fields}, {"How often a task is labelled", overlap_fields}, {"Skipping", skip_fields},
    {"While labelling", work_fields}, {"Predictions", prediction_fields}};
enum { N_GROUPS = sizeof annotation_groups / sizeof *annotation_groups };

err *settings_annotation_fill(struct rq *rq, const struct row *r, json_t *ctx)
{
    json_t *values, *groups = json_array();

    json_object_set_new(ctx, "groups", groups);
    TRY(stored_values(rq, r, &values));
    json_object_set(values, "label_stream_task_distribution",
                    json_object_get(json_object_get(values, "assignment_settings"), "label_stream_task_distribution"));
    for (size_t i = 0; i < N_GROUPS; i++)
        json_array_append_new(groups, fields_group(rq, annotation_groups[i].title, annotation_groups[i].fields, values));
    set_form(rq, ctx, "annotation", "Annotation", "Save settings");
    return OK;
}

static void check_number(struct rq *rq, struct verr *v, const char *name, int64_t least, int64_t most, const char *said)
{
    int64_t n;

    if (!int_parse(page_sent(rq, name), least, most, &n))
        verr_add(v, name, "%s", said);
}

err *settings_annotation_save(struct rq *rq, const char **done)
{
    struct verr *v = verr_new(rq->a);
    struct strbuf b;
    json_t *values;
    struct row now;
    struct jw w;

    check_number(rq, v, "maximum_annotations", 1, OVERLAP_MOST, "Enter a number from 1 to 1,000.");
    check_number(rq, v, "overlap_cohort_percentage", 0, 100, "Enter a number from 0 to 100.");
    TRY(verr_done(v));
    TRY(project_row(rq->scope, rq_int(rq, "id"), &now));
    TRY(stored_values(rq, &now, &values));
    body_open(rq, &b, &w);
    fields_write(rq, &w, stream_fields + 1);
    fields_write(rq, &w, overlap_fields);
    fields_write(rq, &w, skip_fields);
    fields_write(rq, &w, work_fields);
    fields_write_changed(rq, &w, prediction_fields, values);
    if (rq_form(rq, "label_stream_task_distribution")) {
        jw_key(&w, "assignment_settings");
        jw_obj(&w);
        jw_kstr(&w, "label_stream_task_distribution", rq_form(rq, "label_stream_task_distribution"));
        jw_end(&w);
    }
    jw_end(&w);
    *done = "Settings saved.";
    return change(rq, &b);
}
