/* Body specs of exports, imports and webhooks. */
#include "api/bodies.h"

static const struct jin_field snapshot_fields[] = {
    {"title", JIN_TEXT, JIN_BLANK, 0, 2048, NULL, "Name; made of project and time when it is empty."},
    {"task_filter_options", JIN_JSON, 0, 0, 0, NULL, "view, finished, annotated, skipped, reviewed, only_with_annotations."},
    {"annotation_filter_options", JIN_JSON, 0, 0, 0, NULL, "usual, ground_truth, skipped: the union of these."},
    {"serialization_options", JIN_JSON, 0, 0, 0, NULL,
     "drafts, predictions, annotations__completed_by: {only_id}; interpolate_key_frames, include_annotation_history."},
    {"status", JIN_JSON, JIN_READONLY | JIN_NULL, 0, 0, NULL, "created, in_progress, completed, failed."},
    {"md5", JIN_JSON, JIN_READONLY | JIN_NULL, 0, 0, NULL, "Of the file."},
    {"counters", JIN_JSON, JIN_READONLY | JIN_NULL, 0, 0, NULL, "Number of tasks."},
    {"created_by", JIN_JSON, JIN_READONLY | JIN_NULL, 0, 0, NULL, "Who asked for it."},
    {"finished_at", JIN_JSON, JIN_READONLY | JIN_NULL, 0, 0, NULL, "When the file was there."},
    {"converted_formats", JIN_JSON, JIN_READONLY | JIN_NULL, 0, 0, NULL, "Other formats that are kept."},
    {0}};
const struct jin_spec B_SNAPSHOT = {"ExportCreateRequest", snapshot_fields};

static const struct jin_field snapshot_convert_fields[] = {
    {"export_type", JIN_TEXT, JIN_REQUIRED, 0, 64, NULL, "Name of the format."},
    {"download_resources", JIN_BOOL, 0, 0, 0, NULL, "Of formats that bring pictures: put them in."},
    {"corrected", JIN_BOOL, JIN_NULL, 0, 0, NULL, "Without known defects of the format as Label Studio writes it."},
    {0}};
const struct jin_spec B_SNAPSHOT_CONVERT = {"ExportConvertRequest", snapshot_convert_fields};

#define WEBHOOK_FIELDS                                                                              \
    {"url", JIN_TEXT, JIN_REQUIRED, 0, 2048, NULL, "Where it is sent by POST."},                    \
    {"send_payload", JIN_BOOL, 0, 0, 0, NULL, "Also what it is about, not only the action."},       \
    {"send_for_all_actions", JIN_BOOL, 0, 0, 0, NULL, "Every action, whatever `actions` says."},    \
    {"headers", JIN_JSON, 0, 0, 0, NULL, "Headers to send along: at most ten, texts."},             \
    {"is_active", JIN_BOOL, 0, 0, 0, NULL, "Anything is sent at all."},                             \
    {"actions", JIN_JSON, 0, 0, 0, NULL, "Names of actions; absent means none."},                   \
    {"secret", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_WRITEONLY | JIN_RAW, 0, 256, NULL,              \
     "Signs what is sent: X-Labeld-Signature, HMAC-SHA256 of the body."}

static const struct jin_field webhook_fields[] = {
    {"project", JIN_INT, JIN_PK | JIN_NULL, 0, 0, NULL, "Project id; null for all projects (owner and administrators)."},
    WEBHOOK_FIELDS,
    {0}};
const struct jin_spec B_WEBHOOK = {"WebhookRequest", webhook_fields};

static const struct jin_field webhook_change_fields[] = {
    WEBHOOK_FIELDS,
    {0}};
const struct jin_spec B_WEBHOOK_CHANGE = {"WebhookSerializerForUpdateRequest", webhook_change_fields};
