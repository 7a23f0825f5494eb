/* How annotations of a project are reviewed: a table of fields over the project's review_settings. */
#include <stdlib.h>
#include <string.h>

#include "api/bodies.h"
#include "core/project.h"
#include "core/project.sql.h"
#include "page/fields.h"
#include "page/project_page.h"
#include "page/settings.h"

enum { TEXT_MOST = 8 << 20 };

static const struct field_choice criteria[] = {{"all", "When each of its annotations was reviewed"}, {"one", "When one annotation was accepted"}, {0}};
static const struct field_choice requeues[] = {
    {"requeue", "Go back to their annotator"}, {"remove", "Go out of the project's work"}, {"flexible", "The reviewer chooses"}, {0}};
static const struct field_choice orders[] = {{"task_id", "One after the other"}, {"random", "At random"}, {"by_annotator", "Annotator by annotator"}, {0}};

static const struct form_field stream_fields[] = {
    {.name = "review_criteria", .kind = FIELD_SELECT, .label = "A task is reviewed", .choices = criteria},
    {.name = "sampling", .kind = FIELD_SELECT, .label = "Order of tasks", .choices = orders},
    {.name = "only_finished_tasks", .kind = FIELD_CHECK, .label = "Only tasks that are finished"},
    {.name = "review_only_manual_assignments", .kind = FIELD_CHECK, .label = "Reviewers get only tasks that they were assigned"},
    {0}};
/* Of these an empty field is none. */
static const struct form_field share_fields[] = {
    {.name = "review_task_limit_percent", .kind = FIELD_TEXT, .label = "Share of tasks to review, in per cent", .help = "At random only. Empty: all.", .max = 10},
    {0}};
static const struct form_field reject_fields[] = {
    {.name = "requeue_rejected_tasks_mode", .kind = FIELD_SELECT, .label = "Rejected annotations", .choices = requeues},
    {.name = "require_comment_on_reject", .kind = FIELD_CHECK, .label = "Who rejects says why"},
    {0}};
static const struct form_field sight_fields[] = {
    {.name = "anonymize_annotations", .kind = FIELD_CHECK, .label = "Hide who annotated",
     .help = "Reviewers read “Annotator 1” in place of names, also beside comments. The API tells them numbers that stand for people."},
    {.name = "show_data_manager_to_reviewers", .kind = FIELD_CHECK, .label = "Reviewers see the table of tasks",
     .help = "Otherwise the project opens with the first task to review."},
    {0}};
static const struct form_field instruction_fields[] = {
    {.name = "instruction", .kind = FIELD_AREA, .label = "Instruction for reviewers",
     .help = "Plain text or simple HTML. It opens from its button while reviewing."},
    {.name = "show_instruction", .kind = FIELD_CHECK, .label = "Show it before reviewing starts", .help = "Once to everybody, and again when it was changed."},
    {0}};
static const struct {
    const char *title;
    const struct form_field *fields;
} review_groups[] = {
    {"What is reviewed", stream_fields}, {"How much", share_fields}, {"Rejecting", reject_fields}, {"What reviewers see", sight_fields},
    {"Instruction", instruction_fields}};
enum { N_GROUPS = sizeof review_groups / sizeof *review_groups };

err *settings_review_fill(struct rq *rq, const struct row *r, json_t *ctx)
{
    json_t *tree, *groups = json_array();
    struct strbuf b;
    struct jw w;

    json_object_set_new(ctx, "groups", groups);
    strbuf_init(&b, rq->a, TEXT_MOST);
    jw_init_strbuf(&w, &b);
    project_write(&w, r, "review_settings", false);
    TRY(page_tree(rq->a, &b, &tree));
    for (size_t i = 0; i < N_GROUPS; i++)
        json_array_append_new(groups, fields_group(rq, review_groups[i].title, review_groups[i].fields, json_object_get(tree, "review_settings")));
    page_set_text(ctx, "form_href", project_page_href(rq->a, rq_int(rq, "id"), "settings/review"));
    page_set_text(ctx, "heading", "Review");
    page_set_text(ctx, "save_text", "Save settings");
    return OK;
}

/* What is wrong inside review_settings stands beside the field of that name. */
static err *lifted(struct rq *rq, err *e)
{
    json_t *tree = e && e->validation_json ? json_loads(e->validation_json, 0, NULL) : NULL;
    const json_t *inner = json_object_get(tree, "review_settings");
    char *text = json_is_object(inner) ? json_dumps(inner, JSON_COMPACT) : NULL;

    if (text)
        e->validation_json = arena_strdup(rq->a, text);
    free(text);
    json_decref(tree);
    return e;
}

static void shares_write(struct rq *rq, struct jw *w)
{
    for (const struct form_field *f = share_fields; f->label; f++) {
        const char *sent = rq_form(rq, f->name);

        if (sent && sent[strspn(sent, " ")])
            jw_kstr(w, f->name, sent);
        else
            jw_knull(w, f->name);
    }
}

err *settings_review_save(struct rq *rq, const char **done)
{
    struct strbuf b;
    struct jin in;
    struct jw w;
    int64_t job;

    strbuf_init(&b, rq->a, TEXT_MOST);
    jw_init_strbuf(&w, &b);
    jw_obj(&w);
    jw_key(&w, "review_settings");
    jw_obj(&w);
    for (size_t i = 0; i < N_GROUPS; i++)
        if (review_groups[i].fields != share_fields)
            fields_write(rq, &w, review_groups[i].fields);
    shares_write(rq, &w);
    jw_end(&w);
    jw_end(&w);
    TRY(page_body(rq->a, &B_PROJECT, &b, &in));
    *done = "Settings saved.";
    return lifted(rq, project_update(rq->scope, rq_int(rq, "id"), &in, &job));
}
