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
