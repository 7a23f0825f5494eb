/* Body of the Data Manager's actions: what is selected, and what the single actions want to know. The actions judge it. */
#include "api/bodies.h"

#define ANY JIN_JSON, JIN_NULL, 0, 0, NULL

static const struct jin_field dm_action_fields[] = {
    {"project", ANY, "Project id; the query's counts."},
    {"view", ANY, "View whose filters, ordering and selection win over those given here; also as a query parameter."},
    {"filters", ANY, "{\"conjunction\", \"items\"} as in the task list."},
    {"ordering", ANY, "One column, as in the task list."},
    {"selectedItems", ANY, "{\"all\": true, \"excluded\": [ids]} or {\"all\": false, \"included\": [ids]}; every task that the filters find when absent."},
    {"annotator", ANY, "delete_tasks_annotations: whose."},
    {"reviewer", ANY, "delete_tasks_reviews: whose."},
    {"mode", ANY, "next_task: review gives the next task to review."},
    {"model_version", ANY, "predictions_to_annotations: of which version, or a list of them."},
    {"source_annotation_id", ANY, "propagate_annotations: what is copied."},
    {"control_tag", ANY, "rename_labels, cache_labels: name of a control."},
    {"old_label_name", ANY, "rename_labels: the label."},
    {"new_label_name", ANY, "rename_labels: its new name."},
    {"map", ANY, "relabel: [{\"control\", \"was\", \"is\": the new name, or null to remove the label}]."},
    {"custom_control_tag", ANY, "cache_labels: a control that the configuration lacks."},
    {"with_counters", ANY, "cache_labels: Yes or No."},
    {"source", ANY, "cache_labels: Annotations or Predictions."},
    {"value_name", ANY, "add_data_field: key of the data."},
    {"value_type", ANY, "add_data_field: String, Number or Expression."},
    {"value", ANY, "add_data_field: what it is set to."},
    {"users", ANY, "assign_…, delete_annotators, delete_reviewers: people, or one of them."},
    {"replace", ANY, "assign_annotators, assign_reviewers: true takes assignments of others away."},
    {"type", ANY, "assign_by_sampling: AN to annotate, RE to review."},
    {"fraction", ANY, "assign_by_sampling: share of the tasks, up to 1."},
    {"overlap", ANY, "assign_by_sampling: people per task."},
    {"seed", ANY, "assign_by_sampling: the same one chooses the same tasks."},
    {0}};
const struct jin_spec B_DM_ACTION = {"DMActionRequest", dm_action_fields};
