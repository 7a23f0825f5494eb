/* Body specs of projects, tasks, annotations, drafts and predictions: the same rows validate input, word the errors and print the schema. */
#include "api/bodies.h"

#include "import/resumable.h"

#define TEXT_MOST 1000000

static const struct jin_field project_fields[] = {
    {"title", JIN_TEXT, JIN_NULL | JIN_BLANK, 3, 50, NULL, "Name of the project."},
    {"description", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, TEXT_MOST, NULL, "What the project is about."},
    {"label_config", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_RAW, 0, 0, NULL, "Label configuration, XML."},
    {"expert_instruction", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, TEXT_MOST, NULL, "Labelling instruction, HTML."},
    {"show_instruction", JIN_BOOL, 0, 0, 0, NULL, "Show the instruction before labelling."},
    {"show_skip_button", JIN_BOOL, 0, 0, 0, NULL, "Annotators may skip tasks."},
    {"require_comment_on_skip", JIN_BOOL, 0, 0, 0, NULL, "Who skips a task says why."},
    {"enable_empty_annotation", JIN_BOOL, 0, 0, 0, NULL, "Annotations without regions are allowed."},
    {"show_annotation_history", JIN_BOOL, 0, 0, 0, NULL, "Annotators may open the task table."},
    {"color", JIN_COLOR, JIN_NULL, 0, 16, NULL, "Colour of the project card."},
    {"maximum_annotations", JIN_INT, 0, 0, 0, NULL, "Annotations per task (overlap)."},
    {"is_published", JIN_BOOL, 0, 0, 0, NULL, "Visible to annotators and reviewers."},
    {"model_version", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 256, NULL, "Predictions that annotators see."},
    {"is_draft", JIN_BOOL, 0, 0, 0, NULL, "Set-up is not finished."},
    {"min_annotations_to_start_training", JIN_INT, 0, 0, 0, NULL, "Annotations between two trainings."},
    {"start_training_on_annotation_update", JIN_BOOL, 0, 0, 0, NULL, "Train after annotations."},
    {"show_collab_predictions", JIN_BOOL, 0, 0, 0, NULL, "Annotators see predictions."},
    {"sampling", JIN_ENUM, JIN_NULL, 0, 0, "Sequential sampling|Uniform sampling|Uncertainty sampling", "Order of the task stream."},
    {"show_ground_truth_first", JIN_BOOL, 0, 0, 0, NULL, "Stream begins with ground truth tasks."},
    {"annotator_evaluation_enabled", JIN_BOOL, 0, 0, 0, NULL, "Evaluate annotators against ground truth."},
    {"show_overlap_first", JIN_BOOL, 0, 0, 0, NULL, "Stream begins with tasks of higher overlap."},
    {"overlap_cohort_percentage", JIN_INT, 0, 0, 0, NULL, "Share of tasks that get the overlap."},
    {"task_data_login", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 256, NULL, "Login for task data addresses."},
    {"task_data_password", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_WRITEONLY, 0, 256, NULL, "Password for task data addresses."},
    {"control_weights", JIN_JSON, JIN_NULL, 0, 0, NULL, "Weights of controls and labels."},
    {"evaluate_predictions_automatically", JIN_BOOL, 0, 0, 0, NULL, "Ask for predictions when a task is read."},
    {"skip_queue", JIN_ENUM, JIN_NULL, 0, 0, "REQUEUE_FOR_ME|REQUEUE_FOR_OTHERS|IGNORE_SKIPPED", "What becomes of skipped tasks."},
    {"reveal_preannotations_interactively", JIN_BOOL, 0, 0, 0, NULL, "Show predictions one by one."},
    {"pinned_at", JIN_TIME, JIN_NULL, 0, 0, NULL, "Pinned in the list since."},
    {"custom_script", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_RAW, 0, 0, NULL, "Script of the labelling page; passed over while the organization has scripts off."},
    {"workspace", JIN_INT, JIN_NULL | JIN_PK, 0, 0, NULL, "Workspace that the project is in; null: visible to the whole organization."},
    {"review_settings", JIN_OBJECT, JIN_NULL, 0, 0, NULL, "How annotations are reviewed; what is not named stays."},
    {"assignment_settings", JIN_OBJECT, 0, 0, 0, NULL, "label_stream_task_distribution: auto_distribution, or assigned_only."},
    {0}};
const struct jin_spec B_PROJECT = {"ProjectRequest", project_fields};

static const struct jin_field script_fault_fields[] = {
    {"version", JIN_INT, JIN_REQUIRED, 0, 0, NULL, "Version that ran."},
    {"event", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 100, NULL, "Event whose handler it was."},
    {"message", JIN_TEXT, JIN_REQUIRED, 0, 1000, NULL, "What the browser says."},
    {"line", JIN_INT, JIN_NULL, 0, 0, NULL, "Line of the script."},
    {0}};
const struct jin_spec B_SCRIPT_FAULT = {"CustomScriptErrorRequest", script_fault_fields};

static const struct jin_field label_config_fields[] = {
    {"label_config", JIN_TEXT, JIN_REQUIRED | JIN_RAW, 0, 0, NULL, "Label configuration, XML."},
    {"include_annotation_and_prediction", JIN_BOOL, 0, 0, 0, NULL, "Also make up an annotation and a prediction."},
    {0}};
const struct jin_spec B_LABEL_CONFIG = {"ProjectLabelConfigRequest", label_config_fields};

static const struct jin_field task_fields[] = {
    {"data", JIN_JSON, JIN_REQUIRED, 0, 0, NULL, "Task data."},
    {"meta", JIN_JSON, JIN_NULL, 0, 0, NULL, "Anything kept beside the data."},
    {"project", JIN_INT, JIN_PK, 0, 0, NULL, "Project id."},
    {"overlap", JIN_INT, 0, 0, 0, NULL, "Annotations that finish the task."},
    {"allow_skip", JIN_BOOL, 0, 0, 0, NULL, "Annotators may skip the task."},
    {"inner_id", JIN_JSON, JIN_READONLY | JIN_NULL, 0, 0, NULL, "Number within the project."},
    {"is_labeled", JIN_JSON, JIN_READONLY | JIN_NULL, 0, 0, NULL, "Finished."},
    {0}};
const struct jin_spec B_TASK = {"TaskRequest", task_fields};

#define LAST_ACTIONS "prediction|propagated_annotation|imported|submitted|updated|skipped|accepted|rejected|fixed_and_accepted|deleted_review"

static const struct jin_field annotation_fields[] = {
    {"result", JIN_JSON, 0, 0, 0, NULL, "List of regions."},
    {"completed_by", JIN_INT, JIN_PK, 0, 0, NULL, "Author."},
    {"was_cancelled", JIN_BOOL, 0, 0, 0, NULL, "Skipped."},
    {"ground_truth", JIN_BOOL, 0, 0, 0, NULL, "Taken as the truth."},
    {"lead_time", JIN_FLOAT, JIN_NULL, 0, 0, NULL, "Working time in seconds."},
    {"unique_id", JIN_UUID, JIN_NULL | JIN_WRITEONLY, 0, 0, NULL, "Client's key: a second send of it is refused."},
    {"import_id", JIN_INT, JIN_NULL, INT64_MIN, INT64_MAX, NULL, "Id in the system it came from."},
    {"last_action", JIN_ENUM, JIN_NULL, 0, 0, LAST_ACTIONS, "What was done last."},
    {"parent_prediction", JIN_INT, JIN_PK | JIN_NULL, 0, 0, NULL, "Prediction that it began as."},
    {"parent_annotation", JIN_INT, JIN_PK | JIN_NULL, 0, 0, NULL, "Annotation that it began as."},
    {"last_created_by", JIN_INT, JIN_PK | JIN_NULL, 0, 0, NULL, "Author of the last version."},
    {"bulk_created", JIN_BOOL, JIN_NULL, 0, 0, NULL, "Made for many tasks at once."},
    {"draft_created_at", JIN_TIME, JIN_NULL, 0, 0, NULL, "When its draft was begun."},
    {"task", JIN_INT, JIN_PK, 0, 0, NULL, "Task; a change moves the annotation within its project."},
    {"draft_id", JIN_INT, JIN_NULL | JIN_WRITEONLY, 0, 0, NULL, "Draft that becomes this annotation."},
    {"comment", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_WRITEONLY, 0, 10000, NULL, "Why it was skipped or changed; kept in the annotation's history."},
    {0}};
const struct jin_spec B_ANNOTATION = {"AnnotationRequest", annotation_fields};

static const struct jin_field draft_fields[] = {
    {"result", JIN_JSON, JIN_REQUIRED, 0, 0, NULL, "List of regions."},
    {"lead_time", JIN_FLOAT, JIN_NULL, 0, 0, NULL, "Working time in seconds."},
    {"was_postponed", JIN_BOOL, 0, 0, 0, NULL, "The stream passes over the task until nothing else is left."},
    {"import_id", JIN_INT, JIN_NULL, INT64_MIN, INT64_MAX, NULL, "Id in the system it came from."},
    {"annotation", JIN_INT, JIN_PK | JIN_NULL, 0, 0, NULL, "Annotation of the same task that the draft is to change; null for a new one."},
    {0}};
const struct jin_spec B_DRAFT = {"AnnotationDraftRequest", draft_fields};

static const struct jin_field prediction_fields[] = {
    {"task", JIN_INT, JIN_REQUIRED | JIN_PK, 0, 0, NULL, "Task; a change moves the prediction within its project."},
    {"result", JIN_JSON, JIN_REQUIRED, 0, 0, NULL, "List of regions, or a short form."},
    {"score", JIN_FLOAT, JIN_NULL, 0, 0, NULL, "Confidence."},
    {"model_version", JIN_TEXT, JIN_BLANK, 0, 0, NULL, "Version of the model."},
    {"cluster", JIN_INT, JIN_NULL, 0, 0, NULL, "Cluster of the task."},
    {"neighbors", JIN_JSON, JIN_NULL, 0, 0, NULL, "Nearest tasks."},
    {"mislabeling", JIN_FLOAT, 0, 0, 0, NULL, "Probability of a wrong label."},
    {0}};
const struct jin_spec B_PREDICTION = {"PredictionRequest", prediction_fields};

static const struct jin_field model_version_fields[] = {
    {"model_version", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_RAW, 0, 0, NULL, "Version whose predictions go."},
    {0}};
const struct jin_spec B_MODEL_VERSION = {"ModelVersionRequest", model_version_fields};

static const struct jin_field reimport_fields[] = {
    {"file_upload_ids", JIN_JSON, JIN_NULL, 0, 0, NULL, "Uploaded files; their tasks are replaced."},
    {"files_as_tasks_list", JIN_BOOL, 0, 0, 0, NULL, "false: a CSV, TSV or TXT file is one task with its address."},
    {0}};
const struct jin_spec B_REIMPORT = {"ReimportRequest", reimport_fields};

static const struct jin_field file_uploads_fields[] = {
    {"file_upload_ids", JIN_JSON, JIN_NULL, 0, 0, NULL, "The caller's uploaded files; all when absent."},
    {0}};
const struct jin_spec B_FILE_UPLOADS = {"FileUploadsRequest", file_uploads_fields};

static const struct jin_field resumable_fields[] = {
    {"name", JIN_TEXT, JIN_REQUIRED, 1, RESUMABLE_NAME_MOST, NULL, "Name of the file; its ending says what it is."},
    {"size", JIN_INT, JIN_REQUIRED, 1, 0, NULL, "Bytes of the file."},
    {"key", JIN_TEXT, JIN_NULL | JIN_RAW, 1, RESUMABLE_KEY_MOST, NULL, "The client's own name for the file: announced again with it, the file goes on where it was."},
    {0}};
const struct jin_spec B_RESUMABLE = {"ResumableUploadRequest", resumable_fields};

static const struct jin_field view_fields[] = {
    {"project", JIN_INT, 0, 0, 0, NULL, "Project id."},
    {"data", JIN_JSON, 0, 0, 0, NULL, "What clients keep in a view: title, columns, filters, ordering."},
    {"selected_items", JIN_JSON, JIN_NULL, 0, 0, NULL, "Tasks that the view is limited to; at creation only."},
    {"is_private", JIN_BOOL, 0, 0, 0, NULL, "Seen by its owner only."},
    {"order", JIN_JSON, JIN_READONLY | JIN_NULL, 0, 0, NULL, "Place among the views."},
    {"user", JIN_JSON, JIN_READONLY | JIN_NULL, 0, 0, NULL, "Owner."},
    {0}};
const struct jin_spec B_VIEW = {"ViewRequest", view_fields};

static const struct jin_field view_reset_fields[] = {
    {"project", JIN_INT, JIN_NULL, 0, 0, NULL, "Project id; also as a query parameter."},
    {0}};
const struct jin_spec B_VIEW_RESET = {"ViewResetRequest", view_reset_fields};

static const struct jin_field view_order_fields[] = {
    {"project", JIN_INT, JIN_REQUIRED, 0, 0, NULL, "Project id."},
    {"ids", JIN_JSON, JIN_REQUIRED, 0, 0, NULL, "Views in their new order."},
    {0}};
const struct jin_spec B_VIEW_ORDER = {"ViewOrderRequest", view_order_fields};

/* Fields of all types: those that a type does not have are passed over. */
static const struct jin_field storage_fields[] = {
    {"id", JIN_INT, JIN_NULL, 0, 0, NULL, "When a connection is tried: take what is not given from this storage."},
    {"project", JIN_INT, JIN_PK, 0, 0, NULL, "Project id."},
    {"title", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 256, NULL, "Name for people."},
    {"description", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, TEXT_MOST, NULL, "What it is."},
    {"synchronizable", JIN_BOOL, 0, 0, 0, NULL, "It may be synchronized."},
    {"regex_filter", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_RAW, 0, 10000, NULL, "Objects whose key matches from its beginning."},
    {"use_blob_urls", JIN_BOOL, 0, 0, 0, NULL, "Every object is a task of its own; else objects are JSON texts that hold tasks."},
    {"recursive_scan", JIN_BOOL, JIN_NULL, 0, 0, NULL, "Below the first level too."},
    {"presign", JIN_BOOL, 0, 0, 0, NULL, "Objects are read by signed addresses."},
    {"presign_ttl", JIN_INT, 0, 0, 32767, NULL, "Minutes that a signed address is good for."},
    {"can_delete_objects", JIN_BOOL, JIN_NULL, 0, 0, NULL, "Objects of deleted annotations go."},
    {"path", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 4096, NULL, "Directory on this host, or key prefix."},
    {"bucket", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 4096, NULL, "Bucket."},
    {"container", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 4096, NULL, "Container."},
    {"prefix", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 4096, NULL, "What keys begin with."},
    {"region_name", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 4096, NULL, "Region."},
    {"s3_endpoint", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 4096, NULL, "Address of a service that speaks S3."},
    {"aws_access_key_id", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_WRITEONLY, 0, 4096, NULL, "Key id."},
    {"aws_secret_access_key", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_WRITEONLY, 0, 4096, NULL, "Key."},
    {"aws_session_token", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_WRITEONLY, 0, 8192, NULL, "Token of temporary keys."},
    {"aws_sse_kms_key_id", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 4096, NULL, "Key that the service encrypts with."},
    {"role_arn", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 4096, NULL, "Role that is taken on."},
    {"external_id", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 4096, NULL, "Id that the role wants to hear."},
    {"legacy_auth", JIN_BOOL, JIN_NULL, 0, 0, NULL, "Log in as earlier releases did."},
    {"google_application_credentials", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_WRITEONLY, 0, 65536, NULL, "Key of a service account, JSON."},
    {"google_project_id", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 4096, NULL, "Project there."},
    {"account_name", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_WRITEONLY, 0, 4096, NULL, "Account."},
    {"account_key", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_WRITEONLY, 0, 4096, NULL, "Its key."},
    {"host", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 4096, NULL, "Host of the server."},
    {"port", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 64, NULL, "Port of the server."},
    {"db", JIN_INT, 0, 0, 32767, NULL, "Number of the database."},
    {"password", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_WRITEONLY, 0, 4096, NULL, "Password of the server."},
    {"limit", JIN_INT, 0, 1, 10000, NULL, "Objects to list."},
    {0}};
const struct jin_spec B_STORAGE = {"StorageRequest", storage_fields};

static const struct jin_field ml_backend_fields[] = {
    {"project", JIN_INT, JIN_PK, 0, 0, NULL, "Project id."},
    {"url", JIN_TEXT, 0, 0, 4096, NULL, "Address of the backend."},
    {"title", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 256, NULL, "Name; also what a project's model_version says to show its predictions."},
    {"description", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, TEXT_MOST, NULL, "What it does."},
    {"is_interactive", JIN_BOOL, 0, 0, 0, NULL, "It answers while somebody draws."},
    {"auth_method", JIN_ENUM, 0, 0, 0, "NONE|BASIC_AUTH", "How to log in."},
    {"basic_auth_user", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 256, NULL, "User name."},
    {"basic_auth_pass", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_WRITEONLY, 0, 256, NULL, "Password."},
    {"extra_params", JIN_JSON, JIN_NULL, 0, 0, NULL, "Passed on to the backend."},
    {"model_version", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 256, NULL, "Version of its model."},
    {"timeout", JIN_FLOAT, 0, 0, 0, NULL, "Longest prediction in seconds."},
    {"auto_update", JIN_BOOL, 0, 0, 0, NULL, "The version follows what the backend says."},
    {0}};
const struct jin_spec B_ML_BACKEND = {"MLBackendRequest", ml_backend_fields};

static const struct jin_field ml_interactive_fields[] = {
    {"task", JIN_INT, JIN_PK, 0, 0, NULL, "Task id."},
    {"context", JIN_JSON, JIN_NULL, 0, 0, NULL, "What was drawn."},
    {0}};
const struct jin_spec B_ML_INTERACTIVE = {"MLInteractiveAnnotatingRequestRequest", ml_interactive_fields};

static const struct jin_field ml_train_fields[] = {
    {"use_ground_truth", JIN_BOOL, 0, 0, 0, NULL, "Accepted, and decided by the backend."},
    {0}};
const struct jin_spec B_ML_TRAIN = {"MLTrainRequest", ml_train_fields};

static const struct jin_field task_event_fields[] = {
    {"event_key", JIN_TEXT, JIN_REQUIRED, 0, 100, NULL, "What happened, for example annotation_loaded."},
    {"event_time", JIN_TIME, JIN_REQUIRED, 0, 0, NULL, "When, by the client's clock."},
    {"annotation", JIN_INT, JIN_NULL, 0, 0, NULL, "To which annotation."},
    {"annotation_draft", JIN_INT, JIN_NULL, 0, 0, NULL, "To which draft; annotation_draft_id says the same."},
    {"annotation_draft_id", JIN_INT, JIN_NULL, 0, 0, NULL, "To which draft."},
    {"review", JIN_INT, JIN_NULL, 0, 0, NULL, "To which review."},
    {"meta", JIN_JSON, JIN_NULL, 0, 0, NULL, "Anything else."},
    {0}};
const struct jin_spec B_TASK_EVENT = {"TaskEventRequest", task_event_fields};

static const struct jin_field transition_fields[] = {
    {"transition_name", JIN_TEXT, JIN_REQUIRED, 0, 100, NULL, "skipped or submitted."},
    {"transition_data", JIN_OBJECT, JIN_NULL, 0, 0, NULL, "comment: why."},
    {0}};
const struct jin_spec B_TRANSITION = {"FSMTransitionExecuteRequest", transition_fields};
