/* Credential checking: from a token, an access JWT or a session cookie to the scope of a request, in one query each.
 * Also the question whether an object is visible at all, which tells 404 from 403 where a permission is missing. */
#include "core/auth.h"

#include <assert.h>

#include "base/cfg.h"
#include "base/text.h"
#include "core/auth.sql.h"
#include "core/known.h"
#include "core/session.h"
#include "core/token.h"
#include "core/visible.sql.h"

/* All credential queries give the same columns; auth_token's names stand for them. */
_Static_assert((int)AUTH_TOKEN_STALE == (int)AUTH_ACCESS_STALE && (int)AUTH_TOKEN_STALE == (int)AUTH_SESSION_STALE &&
                   (int)AUTH_TOKEN_STALE == (int)AUTH_USER_STALE,
               "one function reads the rows of every credential query");

static const char *text_or_empty(const struct row *r, int col)
{
    return row_null(r, col) ? "" : row_text(r, col);
}

void auth_nobody(struct scope *s, struct arena *a, struct db *db)
{
    *s = (struct scope){
        .a = a, .db = db, .role = "", .email = "", .first_name = "", .last_name = "", .username = "", .organization_title = "",
    };
}

static void fill(struct scope *s, const struct row *r, enum auth_kind kind)
{
    s->auth = kind;
    s->user = row_i64(r, AUTH_TOKEN_USER_ID);
    s->is_superuser = row_bool(r, AUTH_TOKEN_IS_SUPERUSER);
    s->email = row_text(r, AUTH_TOKEN_EMAIL);
    s->username = row_text(r, AUTH_TOKEN_USERNAME);
    s->first_name = row_text(r, AUTH_TOKEN_FIRST_NAME);
    s->last_name = row_text(r, AUTH_TOKEN_LAST_NAME);
    s->role = text_or_empty(r, AUTH_TOKEN_ROLE);
    s->organization_title = text_or_empty(r, AUTH_TOKEN_ORGANIZATION_TITLE);
    if (row_null(r, AUTH_TOKEN_ORGANIZATION_ID))
        return;
    s->organization = row_i64(r, AUTH_TOKEN_ORGANIZATION_ID);
    s->organization_version = row_i64(r, AUTH_TOKEN_ORGANIZATION_VERSION);
    s->hooks = row_bool(r, AUTH_TOKEN_HOOKS);
    s->project_roles = row_bool(r, AUTH_TOKEN_PROJECT_ROLES);
    s->overrides = row_text(r, AUTH_TOKEN_OVERRIDES);
    s->permissions = perm_set(s->role, s->overrides);
}

static err *refuse(struct scope *s)
{
    return err_new(s->a, ERR_UNAUTHENTICATED, NULL);
}

static err *check_active(struct scope *s, const struct row *r)
{
    return row_bool(r, AUTH_TOKEN_ACTIVE) ? OK : err_new(s->a, ERR_UNAUTHENTICATED, "User inactive or deleted.");
}

err *auth_token(struct scope *s, const char *token)
{
    struct row r;
    bool found;

    TRY(known_row(s, SQL_auth_token, DB_ARGS(db_text(token)), &r, &found));
    if (!found)
        return err_new(s->a, ERR_UNAUTHENTICATED, "Invalid token.");
    TRY(check_active(s, &r));
    if (!row_bool(&r, AUTH_TOKEN_LEGACY_TOKENS))
        return err_new(s->a, ERR_UNAUTHENTICATED,
                       "Authentication token no longer valid: legacy token authentication has been disabled for this organization");
    fill(s, &r, AUTH_LEGACY_TOKEN);
    return known_touch(s, &r, SQL_auth_touch_token, DB_ARGS(db_i64(s->user)));
}

err *auth_access(struct scope *s, const char *jwt)
{
    struct token_claims c;
    struct row r;
    bool found;

    TRY(token_open(s->a, s->db, jwt, "access", &c, &found));
    if (!found)
        return refuse(s);
    TRY(known_row(s, SQL_auth_access, DB_ARGS(db_text(c.parent), db_i64(c.user)), &r, &found));
    if (!found || !row_bool(&r, AUTH_TOKEN_API_TOKENS))
        return refuse(s);
    TRY(check_active(s, &r));
    fill(s, &r, AUTH_ACCESS_TOKEN);
    return known_touch(s, &r, SQL_auth_touch_access, DB_ARGS(db_i64(s->user), db_text(c.parent)));
}

err *auth_session(struct scope *s, const char *cookie, bool *found)
{
    unsigned char *hash = arena_alloc(s->a, SESSION_HASH_BYTES);
    struct row r;

    *found = false;
    if (!session_hash(cookie, hash))
        return OK;
    TRY(known_row(s, SQL_auth_session,
                  DB_ARGS(db_bytes(hash, SESSION_HASH_BYTES), db_i64(cfg.session_max_age_min), db_i64(cfg.session_idle_min)), &r,
                  found));
    if (*found && !row_bool(&r, AUTH_TOKEN_ACTIVE))
        *found = false;
    if (!*found)
        return OK;
    fill(s, &r, AUTH_SESSION);
    s->session_hash = hash;
    return known_touch(s, &r, SQL_auth_touch_session, DB_ARGS(db_i64(s->user), db_bytes(hash, SESSION_HASH_BYTES)));
}

err *auth_as_user(struct scope *s, int64_t user)
{
    struct row r;

    TRY(db_one(s->db, SQL_auth_user, DB_ARGS(db_i64(user)), &r));
    fill(s, &r, AUTH_NONE);
    return OK;
}

err *auth_as_member(struct scope *s, int64_t user, int64_t organization)
{
    struct row r;
    bool found;

    TRY(auth_as_user(s, user));
    TRY(db_opt(s->db, SQL_auth_member, DB_ARGS(db_i64(organization), db_i64(user)), &r, &found));
    if (!found)
        return err_new(s->a, ERR_PERMISSION, NULL);
    s->organization = organization;
    s->organization_title = row_text(&r, AUTH_MEMBER_ORGANIZATION_TITLE);
    s->role = row_text(&r, AUTH_MEMBER_ROLE);
    s->hooks = row_bool(&r, AUTH_MEMBER_HOOKS);
    s->permissions = perm_set(s->role, row_text(&r, AUTH_MEMBER_OVERRIDES));
    return OK;
}

/* ---- visibility ---- */

/* The first column of every query says which project the object is in, where it is in one; visible_task's name stands for them. */

static const struct object {
    const char *prefix;
    const char *name;      /* as the reference's 404 calls it */
    const struct sql_query *query;
    bool in_project;       /* the query says which one */
} objects[] = {
    {"/api/projects/{", "Project", SQL_visible_project_id, true},
    {"/projects/{", "Project", SQL_visible_project_id, true},
    {"/data/upload/{", "Project", SQL_visible_project_id, true},
    {"/api/tasks/{", "Task", SQL_visible_task, true},
    {"/tasks/{", "Task", SQL_visible_task, true},
    {"/api/annotations/{", "Annotation", SQL_visible_annotation, true},
    {"/api/annotation-history/{", "AnnotationHistory", SQL_visible_history_row, true},
    {"/api/fsm/entities/annotation/{", "Annotation", SQL_visible_annotation, true},
    {"/api/drafts/{", "AnnotationDraft", SQL_visible_draft, true},
    {"/api/comments/{", "Comment", SQL_visible_comment, true},
    {"/api/annotation-reviews/{", "AnnotationReview", SQL_visible_review, true},
    {"/api/predictions/{", "Prediction", SQL_visible_prediction, true},
    {"/api/dm/views/{", "View", SQL_visible_view, true},
    {"/api/import/file-upload/{", "FileUpload", SQL_visible_upload, true},
    {"/api/webhooks/{", "Webhook", SQL_visible_webhook, false},
    {"/api/users/{", "User", SQL_visible_user, false},
    {"/api/organizations/{", "Organization", SQL_visible_organization, false},
    {"/api/trash/{", "Project", SQL_visible_trashed, false},
    {"/api/projects/roles/{", "ProjectRole", SQL_visible_role_row, true},
    {"/api/project-templates/{", "ProjectTemplate", SQL_visible_template, false},
    {"/api/labels/{", "Label", SQL_visible_label, false},
    {"/api/label_links/{", "LabelLink", SQL_visible_label_link, true},
    {"/api/workspaces/{", "Workspace", SQL_visible_workspace_id, false},
    {"/workspaces/{", "Workspace", SQL_visible_workspace_id, false},
    {"/api/ml/{", "MLBackend", SQL_visible_ml_backend, true},
    {"/api/storages/", "Storage", SQL_visible_storage, true},
};

static const struct object *object_of(const char *pattern)
{
    for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++)
        if (text_starts(pattern, objects[i].prefix))
            return &objects[i];
    return NULL;
}

/* The role that counts in the project. */
static err *enter(struct scope *s, int64_t project)
{
    struct row r;

    TRY(db_one(s->db, SQL_visible_role, DB_ARGS(db_i64(project), db_i64(s->user), db_text(s->role)), &r));
    s->role = row_text(&r, VISIBLE_ROLE_ROLE);
    s->permissions = perm_set(s->role, s->overrides);
    return OK;
}

err *auth_enter_project(struct scope *s, const char *project)
{
    int64_t n;

    if (!s->project_roles || !project || !int_parse(project, 1, INT32_MAX, &n))
        return OK;
    return enter(s, n);
}

err *auth_enter(struct scope *s, const char *pattern, const char *id)
{
    const struct object *o = object_of(pattern);
    struct row r;
    bool found;
    int64_t n;

    if (!s->project_roles || !o || !o->in_project || !int_parse(id, 1, INT32_MAX, &n))
        return OK;
    TRY(db_opt(s->db, o->query, DB_ARGS(SCOPE_ARGS(s), db_i64(n)), &r, &found));
    if (!found)
        return err_new(s->a, ERR_NOT_FOUND, "No %s matches the given query.", o->name);
    return enter(s, row_i64(&r, VISIBLE_TASK_PROJECT));
}

bool auth_object_known(const char *pattern)
{
    return object_of(pattern) != NULL;
}

err *auth_refuse(struct scope *s, const char *pattern, const char *id)
{
    const struct object *o = object_of(pattern);
    bool visible = false;
    struct row r;
    int64_t n;

    assert(o);      /* the gate checked at start that every pattern has its object */
    if (int_parse(id, 1, INT32_MAX, &n))
        TRY(db_opt(s->db, o->query, DB_ARGS(SCOPE_ARGS(s), db_i64(n)), &r, &visible));
    if (visible)
        return err_new(s->a, ERR_PERMISSION, NULL);
    return err_new(s->a, ERR_NOT_FOUND, "No %s matches the given query.", o->name);
}
