/* Body specs of workspaces, members, roles, invitations, templates and what else people do together. */
#include "api/bodies.h"

static const struct jin_field workspace_fields[] = {
    {"title", JIN_TEXT, JIN_REQUIRED, 1, 1000, NULL, "Name of the workspace."},
    {"description", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 100000, NULL, "What it is for."},
    {"color", JIN_TEXT, JIN_NULL, 1, 16, NULL, "Colour of the workspace."},
    {"is_personal", JIN_BOOL, 0, 0, 0, NULL, "The caller's sandbox, at creation only: there is one for each."},
    {"is_archived", JIN_BOOL, 0, 0, 0, NULL, "Kept out of the usual lists."},
    {0}};
const struct jin_spec B_WORKSPACE = {"WorkspaceRequest", workspace_fields};

static const struct jin_field workspace_member_fields[] = {
    {"user", JIN_INT, JIN_REQUIRED | JIN_PK, 0, 0, NULL, "The new member."},
    {"workspace", JIN_INT, JIN_NULL | JIN_PK, 0, 0, NULL, "The workspace of the address."},
    {0}};
const struct jin_spec B_WORKSPACE_MEMBER = {"WorkspaceMemberCreateRequest", workspace_member_fields};

/* Of calls that remove, which name what they remove in the query or, as older clients do, in a body. */
static const struct jin_field leaving_fields[] = {
    {"user", JIN_INT, JIN_PK, 0, 0, NULL, "Who leaves; also in the query."},
    {"user_id", JIN_INT, JIN_PK, 0, 0, NULL, "The same."},
    {"workspace", JIN_INT, JIN_NULL | JIN_PK, 0, 0, NULL, "The workspace of the address."},
    {"project", JIN_INT, JIN_NULL | JIN_PK, 0, 0, NULL, "Which project leaves; also in the query."},
    {0}};
const struct jin_spec B_LEAVING = {"LeavingRequest", leaving_fields};

static const struct jin_field workspace_project_fields[] = {
    {"project", JIN_INT, JIN_REQUIRED | JIN_PK, 0, 0, NULL, "The project to move here."},
    {0}};
const struct jin_spec B_WORKSPACE_PROJECT = {"WorkspaceProjectRequest", workspace_project_fields};

static const struct jin_field pick_fields[] = {
    {"all", JIN_BOOL, 0, 0, 0, NULL, "Everybody whom the filters of the query let through, but the excluded."},
    {"included", JIN_ARRAY, JIN_NULL, 0, 0, NULL, "Ids of users, without `all`."},
    {"excluded", JIN_ARRAY, JIN_NULL, 0, 0, NULL, "Ids of users, with `all`."},
    {"roles", JIN_ARRAY, JIN_NULL, 0, 0, NULL, "Objects {user_id, role}: roles in the project at the same time."},
    {0}};
const struct jin_spec B_PICK = {"BulkMembersRequest", pick_fields};

static const struct jin_field member_fields[] = {
    {"user", JIN_INT, JIN_REQUIRED | JIN_PK, 0, 0, NULL, "The new member."},
    {0}};
const struct jin_spec B_PROJECT_MEMBER = {"ProjectMemberRequest", member_fields};

static const struct jin_field role_fields[] = {
    {"project", JIN_INT, JIN_REQUIRED | JIN_PK, 0, 0, NULL, "Where the role counts."},
    {"user", JIN_INT, JIN_REQUIRED | JIN_PK, 0, 0, NULL, "An annotator or reviewer of the organization."},
    {"role", JIN_ENUM, JIN_REQUIRED, 0, 0, "AN|RE", "The role in this project."},
    {"role_source", JIN_TEXT, JIN_READONLY, 0, 0, NULL, "Who gave it."},
    {0}};
const struct jin_spec B_PROJECT_ROLE = {"ProjectRoleRequest", role_fields};

static const struct jin_field invitation_fields[] = {
    {"emails", JIN_ARRAY, JIN_REQUIRED, 0, 0, NULL, "Whom to invite."},
    {"role", JIN_ENUM, JIN_NULL, 0, 0, "AD|AN|MA|NO|RE|VO", "Their role; the default role without it."},
    {"workspaces", JIN_ARRAY, JIN_NULL, 0, 0, NULL, "Workspaces that they will be in."},
    {"projects", JIN_ARRAY, JIN_NULL, 0, 0, NULL, "Projects that they will be in."},
    {"user_type", JIN_TEXT, JIN_READONLY | JIN_NULL | JIN_BLANK, 0, 0, NULL, "Passed over."},
    {0}};
const struct jin_spec B_INVITATION = {"OrganizationInviteRequest", invitation_fields};

static const struct jin_field invitation_email_fields[] = {
    {"email", JIN_TEXT, JIN_REQUIRED, 0, 254, NULL, "Whose invitation is taken back."},
    {0}};
const struct jin_spec B_INVITATION_EMAIL = {"OrganizationInviteRevokeRequest", invitation_email_fields};

static const struct jin_field invitation_token_fields[] = {
    {"token", JIN_TEXT, JIN_REQUIRED, 1, 100, NULL, "Of the invitation link."},
    {0}};
const struct jin_spec B_INVITATION_TOKEN = {"OrganizationInviteAcceptRequest", invitation_token_fields};

static const struct jin_field override_fields[] = {
    {"permission", JIN_TEXT, 0, 0, 100, NULL, "Which permission."},
    {"roles", JIN_ARRAY, JIN_NULL, 0, 0, NULL, "Roles that hold it; the owner always does."},
    {0}};
const struct jin_spec B_OVERRIDE = {"OrganizationPermissionRequest", override_fields};

static const struct jin_field tag_fields[] = {
    {"label", JIN_TEXT, JIN_REQUIRED, 1, 200, NULL, "Name of the tag."},
    {0}};
const struct jin_spec B_TAG = {"OrganizationMemberTagRequest", tag_fields};

static const struct jin_field tags_fields[] = {
    {"labels", JIN_ARRAY, JIN_REQUIRED, 0, 0, NULL, "Names of the tags."},
    {0}};
const struct jin_spec B_TAGS = {"OrganizationMemberTagsRequest", tags_fields};

static const struct jin_field tags_assign_fields[] = {
    {"all", JIN_BOOL, 0, 0, 0, NULL, "Everybody whom the filters of the query let through, but the excluded."},
    {"included", JIN_ARRAY, JIN_NULL, 0, 0, NULL, "Ids of users, without `all`."},
    {"excluded", JIN_ARRAY, JIN_NULL, 0, 0, NULL, "Ids of users, with `all`."},
    {"tags", JIN_ARRAY, JIN_REQUIRED, 0, 0, NULL, "Ids of tags."},
    {"overwrite", JIN_BOOL, 0, 0, 0, NULL, "Other tags of these members go."},
    {0}};
const struct jin_spec B_TAGS_ASSIGN = {"BulkOrganizationMemberTagAssignmentRequest", tags_assign_fields};

static const struct jin_field member_search_fields[] = {
    {"filters", JIN_JSON, JIN_NULL, 0, 0, NULL, "Items {key, operator, value} as the filter schema describes them."},
    {0}};
const struct jin_spec B_MEMBER_SEARCH = {"OrganizationMemberSearchRequest", member_search_fields};

static const struct jin_field annotation_bulk_fields[] = {
    {"project", JIN_INT, JIN_REQUIRED | JIN_PK, 0, 0, NULL, "Project of the tasks."},
    {"tasks", JIN_ARRAY, JIN_NULL, 0, 0, NULL, "Ids of tasks."},
    {"selected_items", JIN_OBJECT, JIN_NULL, 0, 0, NULL, "Instead of ids: a selection {all, included or excluded}."},
    {"filters", JIN_JSON, JIN_NULL, 0, 0, NULL, "Filters of the selection."},
    {"result", JIN_JSON, 0, 0, 0, NULL, "List of regions."},
    {"completed_by", JIN_INT, JIN_PK | JIN_NULL, 0, 0, NULL, "The caller."},
    {"was_cancelled", JIN_BOOL, 0, 0, 0, NULL, "Skipped."},
    {"ground_truth", JIN_BOOL, 0, 0, 0, NULL, "Taken as the truth."},
    {"lead_time", JIN_FLOAT, JIN_NULL, 0, 0, NULL, "Working time in seconds, for each."},
    {"import_id", JIN_INT, JIN_NULL, INT64_MIN, INT64_MAX, NULL, "Id in the system it came from."},
    {"last_action", JIN_ENUM, JIN_NULL, 0, 0,
     "prediction|propagated_annotation|imported|submitted|updated|skipped|accepted|rejected|fixed_and_accepted|deleted_review", "What was done last."},
    {"draft_created_at", JIN_TIME, JIN_NULL, 0, 0, NULL, "When it was begun."},
    {0}};
const struct jin_spec B_ANNOTATION_BULK = {"AnnotationBulkRequest", annotation_bulk_fields};

static const struct jin_field annotation_bulk_delete_fields[] = {
    {"project", JIN_INT, JIN_REQUIRED | JIN_PK, 0, 0, NULL, "Project of the annotations."},
    {"ids", JIN_ARRAY, JIN_REQUIRED, 0, 0, NULL, "Ids of annotations, 100 at most."},
    {0}};
const struct jin_spec B_ANNOTATION_BULK_DELETE = {"AnnotationBulkDeleteRequest", annotation_bulk_delete_fields};

static const struct jin_field duplicate_fields[] = {
    {"mode", JIN_ENUM, JIN_REQUIRED, 0, 0, "settings|settings,data", "What to copy: the settings, or the tasks too."},
    {"title", JIN_TEXT, JIN_REQUIRED, 3, 50, NULL, "Name of the duplicate."},
    {"description", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 1000000, NULL, "Its description; that of the original without it."},
    {"workspace", JIN_INT, JIN_NULL | JIN_PK, 0, 0, NULL, "Where it goes; null: visible to the whole organization."},
    {"include_members", JIN_BOOL, 0, 0, 0, NULL, "Explicit members and roles too."},
    {0}};
const struct jin_spec B_DUPLICATE = {"ProjectDuplicateRequest", duplicate_fields};

static const struct jin_field template_fields[] = {
    {"name", JIN_TEXT, JIN_REQUIRED, 1, 256, NULL, "Name of the template."},
    {"description", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 100000, NULL, "What it is for."},
    {"project_id", JIN_INT, JIN_NULL | JIN_PK, 0, 0, NULL, "Project whose settings are taken."},
    {"project_settings", JIN_OBJECT, JIN_NULL, 0, 0, NULL, "Fields of a project."},
    {"review_settings", JIN_OBJECT, JIN_NULL, 0, 0, NULL, "Kept for clients."},
    {"assignment_settings", JIN_OBJECT, JIN_NULL, 0, 0, NULL, "As of projects."},
    {"custom_script", JIN_TEXT, JIN_NULL | JIN_BLANK | JIN_RAW, 0, 1000000, NULL, "Kept for clients."},
    {"require_comment_on_skip", JIN_BOOL, JIN_NULL, 0, 0, NULL, "As of projects."},
    {"show_unused_data_columns_to_annotators", JIN_BOOL, JIN_NULL, 0, 0, NULL, "Kept for clients."},
    {"tags", JIN_JSON, JIN_NULL, 0, 0, NULL, "Kept for clients."},
    {0}};
const struct jin_spec B_PROJECT_TEMPLATE = {"ProjectTemplateRequest", template_fields};

static const struct jin_field from_template_fields[] = {
    {"title", JIN_TEXT, JIN_REQUIRED, 3, 50, NULL, "Name of the project."},
    {"description", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 1000000, NULL, "What it is about."},
    {"workspace_id", JIN_INT, JIN_NULL | JIN_PK, 0, 0, NULL, "Where it goes."},
    {0}};
const struct jin_spec B_FROM_TEMPLATE = {"CreateProjectFromTemplateRequest", from_template_fields};

static const struct jin_field label_fields[] = {
    {"title", JIN_TEXT, JIN_REQUIRED, 1, 2048, NULL, "Name of the label."},
    {"value", JIN_JSON, JIN_REQUIRED, 0, 0, NULL, "What regions carry."},
    {"description", JIN_TEXT, JIN_NULL | JIN_BLANK, 0, 100000, NULL, "What it means."},
    {"approved", JIN_BOOL, 0, 0, 0, NULL, "Approved by the caller."},
    {0}};
const struct jin_spec B_LABEL = {"LabelRequest", label_fields};

static const struct jin_field label_link_fields[] = {
    {"from_name", JIN_TEXT, JIN_REQUIRED, 1, 2048, NULL, "Control of the label configuration."},
    {"project", JIN_INT, JIN_REQUIRED | JIN_PK, 0, 0, NULL, "Where the label is used."},
    {"label", JIN_INT, JIN_REQUIRED | JIN_PK, 0, 0, NULL, "The label."},
    {0}};
const struct jin_spec B_LABEL_LINK = {"LabelLinkRequest", label_link_fields};

static const struct jin_field label_replace_fields[] = {
    {"old_label", JIN_JSON, JIN_REQUIRED, 0, 0, NULL, "The whole value of a region."},
    {"new_label", JIN_JSON, JIN_REQUIRED, 0, 0, NULL, "What takes its place."},
    {"project", JIN_INT, JIN_NULL | JIN_PK, 0, 0, NULL, "In this project only."},
    {0}};
const struct jin_spec B_LABEL_REPLACE = {"BulkLabelRequest", label_replace_fields};

static const struct jin_field tour_fields[] = {
    {"state", JIN_ENUM, 0, 0, 0, "ready|completed|skipped", "How far it went."},
    {"interaction_data", JIN_OBJECT, JIN_NULL, 0, 0, NULL, "What clients keep with it."},
    {0}};
const struct jin_spec B_TOUR = {"UserProductTourRequest", tour_fields};
