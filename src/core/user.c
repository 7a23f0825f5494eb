/* Accounts: creation in its three ways (sign-up, by an administrator, by the command line), the user object, changes.
 * Who is in which organization with which role is org.c. */
#include "core/user.h"

#include <strings.h>

#include "base/cfg.h"
#include "base/text.h"
#include "core/invitation.h"
#include "core/names.h"
#include "core/org.h"
#include "core/session.h"
#include "core/user.sql.h"
#include "core/wire.h"
#include "json/verr.h"

/* ---- creating ---- */

err *user_find(struct db *db, const char *email, int64_t *id)
{
    struct row r;
    bool found;

    *id = 0;
    TRY(db_opt(db, SQL_user_find, DB_ARGS(db_text(email)), &r, &found));
    if (found)
        *id = row_i64(&r, USER_FIND_ID);
    return OK;
}

static const char *or_empty(const char *s)
{
    return s ? s : "";
}

/* The unique index has the last word when two requests bring the same e-mail at once. */
static err *check_email_free(struct arena *a, struct db *db, const char *email)
{
    int64_t taken;

    TRY(user_find(db, email, &taken));
    return taken ? verr_one(a, "email", "User with this email already exists.") : OK;
}

static err *insert(struct arena *a, struct db *db, const struct user_new *in, int64_t organization, int64_t *id)
{
    const char *username = in->username ? in->username : arena_strndup(a, in->email, strcspn(in->email, "@"));
    struct row r;

    TRY(check_email_free(a, db, in->email));
    TRY(db_one(db, SQL_user_insert,
               DB_ARGS(db_text(in->email), db_text(username), db_text(or_empty(in->first_name)), db_text(or_empty(in->last_name)),
                       db_text(or_empty(in->phone)), db_text(in->password_hash), db_opt_i64(organization != 0, organization)),
               &r));
    *id = row_i64(&r, USER_INSERT_ID);
    return OK;
}

static err *by_invitation(struct db *db, const char *token, struct org_brief *org, struct user_invite *out)
{
    struct invitation i;

    TRY(invitation_by_token(db, token, &i));
    if (!i.organization)
        return OK;
    *org = (struct org_brief){i.organization, i.title};
    out->invitation = token;
    out->email = i.email;
    return OK;
}

err *user_invite(struct arena *a, struct db *db, const char *token, struct user_invite *out)
{
    struct org_brief org;

    *out = (struct user_invite){0};
    if (token) {
        TRY(org_by_token(a, db, token, &org));
        if (!org.id)
            TRY(by_invitation(db, token, &org, out));
        if (!org.id)
            return err_new(a, ERR_PERMISSION, "This invitation link is not valid any more. Ask for a new one.");
    } else {
        TRY(org_first(a, db, &org));
        if (org.id && cfg.disable_signup_without_link)
            return err_new(a, ERR_PERMISSION, "Signing up needs an invitation link. Ask the people who run this server for one.");
    }
    out->first_account = org.id == 0;
    out->organization = org.id;
    out->title = org.title;
    return OK;
}

static err *sign_up_invited(struct arena *a, struct db *db, const struct user_new *in, const struct user_invite *where, int64_t *id)
{
    if (strcasecmp(in->email, where->email) != 0)
        return verr_one(a, "email", "The invitation is for another e-mail address.");
    TRY(insert(a, db, in, where->organization, id));
    return invitation_accept(a, db, where->invitation, *id);
}

err *user_sign_up(struct arena *a, struct db *db, const struct user_new *in, const struct user_invite *where, int64_t *id)
{
    struct org_brief org = {.id = where->organization};

    if (where->invitation)
        return sign_up_invited(a, db, in, where, id);
    if (!org.id)
        TRY(org_first_locked(a, db, &org));   /* somebody may have been first while the form was filled in */
    if (org.id)
        return user_add(a, db, org.id, in, id);
    TRY(insert(a, db, in, 0, id));
    return org_create(a, db, "Label Studio", *id, &org.id);
}

err *user_add(struct arena *a, struct db *db, int64_t organization, const struct user_new *in, int64_t *id)
{
    TRY(insert(a, db, in, organization, id));
    return org_join(db, organization, *id, in->role);
}

err *user_add_or_return(struct scope *s, const struct user_new *in, int64_t *id)
{
    struct row r;
    bool found;

    TRY(db_opt(s->db, SQL_user_returning, DB_ARGS(db_i64(s->organization), db_text(in->email)), &r, &found));
    if (!found)
        return user_add(s->a, s->db, s->organization, in, id);
    *id = row_i64(&r, USER_RETURNING_ID);
    TRY(org_takes(s->a, s->db, s->organization, *id));
    return org_join(s->db, s->organization, *id, in->role);
}

/* ---- showing ---- */

_Static_assert((int)USER_GET_ORG_MEMBERSHIP == (int)USER_LIST_ORG_MEMBERSHIP, "one function writes the rows of both queries");

static void write_names(struct jw *w, const struct row *r)
{
    if (row_bool(r, USER_GET_DELETED)) {
        jw_kstr(w, "first_name", "Deleted");
        jw_kstr(w, "last_name", "User");
        jw_kstr(w, "username", "Deleted");
        jw_kstr(w, "email", "Deleted");
        return;
    }
    wire_kstr(w, "first_name", r, USER_GET_FIRST_NAME);
    wire_kstr(w, "last_name", r, USER_GET_LAST_NAME);
    wire_kstr(w, "username", r, USER_GET_USERNAME);
    wire_kstr(w, "email", r, USER_GET_EMAIL);
}

static void write_initials(struct jw *w, const struct row *r)
{
    if (row_bool(r, USER_GET_DELETED))
        jw_kstr(w, "initials", "DU");
    else
        wire_kinitials(w, row_text(r, USER_GET_FIRST_NAME), row_text(r, USER_GET_LAST_NAME), row_text(r, USER_GET_USERNAME),
                       row_text(r, USER_GET_EMAIL));
}

void user_row_write_open(struct jw *w, const struct row *r)
{
    jw_obj(w);
    wire_ki64(w, "id", r, USER_GET_ID);
    write_names(w, r);
    wire_ktime(w, "last_activity", r, USER_GET_LAST_ACTIVITY);
    wire_kraw(w, "custom_hotkeys", r, USER_GET_CUSTOM_HOTKEYS);
    wire_kstr(w, "avatar", r, USER_GET_AVATAR);
    write_initials(w, r);
    wire_kstr(w, "phone", r, USER_GET_PHONE);
    wire_ki64(w, "active_organization", r, USER_GET_ACTIVE_ORGANIZATION);
    jw_key(w, "active_organization_meta");
    jw_obj(w);
    jw_kstr(w, "title", or_empty(row_text(r, USER_GET_ACTIVE_TITLE)));
    jw_kstr(w, "email", or_empty(row_text(r, USER_GET_ACTIVE_EMAIL)));
    jw_end(w);
    wire_kbool(w, "allow_newsletters", r, USER_GET_ALLOW_NEWSLETTERS);
    wire_ktime(w, "date_joined", r, USER_GET_DATE_JOINED);
    wire_kraw(w, "org_membership", r, USER_GET_ORG_MEMBERSHIP);
}

int64_t user_row_id(const struct row *r)
{
    return row_i64(r, USER_GET_ID);
}

struct row user_row_of(const struct rows *users, int64_t id)
{
    int low = 0, high = users->n;

    while (high - low > 1) {
        struct row r = rows_at(users, (low + high) / 2);

        if (user_row_id(&r) <= id)
            low = (low + high) / 2;
        else
            high = (low + high) / 2;
    }
    return rows_at(users, low);
}

void user_row_line(const struct row *r, struct user_line *out)
{
    bool gone = row_bool(r, USER_GET_DELETED);

    *out = (struct user_line){
        .email = gone ? "Deleted" : row_text(r, USER_GET_EMAIL),
        .first_name = gone ? "Deleted" : row_text(r, USER_GET_FIRST_NAME),
        .last_name = gone ? "User" : row_text(r, USER_GET_LAST_NAME),
        .last_activity = row_text(r, USER_GET_LAST_ACTIVITY),
    };
}

static err *no_user(struct scope *s)
{
    return err_new(s->a, ERR_NOT_FOUND, "No User matches the given query.");
}

static err *get(struct scope *s, int64_t id, struct row *r)
{
    bool found;

    TRY(db_opt(s->db, SQL_user_get, DB_ARGS(db_i64(s->organization), db_i64(id), db_i64(s->user)), r, &found));
    return found ? OK : no_user(s);
}

err *user_write_open(struct scope *s, struct jw *w, int64_t id)
{
    struct row r;

    TRY(get(s, id, &r));
    user_row_write_open(w, &r);
    return OK;
}

err *user_write(struct scope *s, struct jw *w, int64_t id)
{
    TRY(user_write_open(s, w, id));
    jw_end(w);
    return OK;
}

err *user_rows(struct scope *s, const int64_t *ids, size_t n, struct rows *out)
{
    return db_many(s->db, SQL_user_list, DB_ARGS(db_i64(s->organization), db_i64s(s->a, ids, n)), out);
}

err *user_list_write(struct scope *s, struct jw *w)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_user_list, DB_ARGS(db_i64(s->organization), db_null()), &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        user_row_write_open(w, &r);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

/* ---- changing ---- */

err *user_is_member(struct db *db, int64_t user, int64_t organization, bool *member)
{
    struct row r;

    TRY(db_one(db, SQL_user_is_member, DB_ARGS(db_i64(user), db_i64(organization)), &r));
    *member = row_bool(&r, USER_IS_MEMBER_MEMBER);
    return OK;
}

err *user_switch(struct scope *s, int64_t organization)
{
    int64_t n = 0;

    TRY(db_exec(s->db, SQL_user_switch, DB_ARGS(db_i64(s->user), db_i64(organization)), &n));
    return n ? OK : verr_one(s->a, "active_organization", "You are not a member of this organization.");
}

/* The caller chooses among the organizations they belong to; others cannot choose for them. */
static err *switch_organization(struct scope *s, int64_t id, const struct jin *in)
{
    if (id != s->user || !jin_has(in, "active_organization") || jin_is_null(in, "active_organization"))
        return OK;
    return user_switch(s, jin_int(in, "active_organization", 0));
}

/* Whom the caller may not even see does not exist for them. */
err *user_check_may_change(struct scope *s, int64_t id)
{
    struct row r;

    TRY(get(s, id, &r));
    if (id == s->user || scope_can(s, PERM_USERS_CHANGE))
        return OK;
    return scope_can(s, PERM_USERS_VIEW) ? err_new(s->a, ERR_PERMISSION, NULL) : no_user(s);
}

err *user_change(struct scope *s, int64_t id, const struct jin *in)
{
    bool newsletters = jin_has(in, "allow_newsletters");

    TRY(user_check_may_change(s, id));
    if (jin_has(in, "email"))
        return err_new(s->a, ERR_METHOD, "Cannot update read-only field: email");
    TRY(db_exec(s->db, SQL_user_update,
                DB_ARGS(db_i64(s->organization), db_i64(id), db_i64(s->user), db_text(jin_text(in, "username")),
                        db_text(jin_text(in, "first_name")), db_text(jin_text(in, "last_name")), db_text(jin_text(in, "phone")),
                        db_bool(newsletters),
                        jin_is_null(in, "allow_newsletters") ? db_null() : db_bool(jin_bool(in, "allow_newsletters", false))),
                NULL));
    return switch_organization(s, id, in);
}

err *user_set_names(struct scope *s, const char *first_name, const char *last_name)
{
    return db_exec(s->db, SQL_user_names_set, DB_ARGS(db_i64(s->user), db_text(first_name), db_text(last_name)), NULL);
}

err *user_timezone(struct scope *s, const char **name)
{
    struct row r;

    TRY(db_one(s->db, SQL_user_timezone, DB_ARGS(db_i64(s->user)), &r));
    *name = row_text(&r, USER_TIMEZONE_TIMEZONE);
    return OK;
}

err *user_set_timezone(struct scope *s, const char *name)
{
    struct row r;

    TRY(db_one(s->db, SQL_user_timezone_set, DB_ARGS(db_i64(s->user), db_text(name)), &r));
    return row_bool(&r, USER_TIMEZONE_SET_KNOWN) ? OK : verr_one(s->a, "timezone", "There is no timezone of this name.");
}

err *user_local_times(struct scope *s, const char *const *times, size_t n, const char ***texts, const char **zone)
{
    struct rows rows;

    *zone = NULL;
    *texts = arena_array(s->a, n, sizeof **texts);
    TRY(db_many(s->db, SQL_user_local_times, DB_ARGS(db_i64(s->user), db_texts(s->a, times, n)), &rows));
    for (size_t i = 0; i < n && rows.n == (int)n; i++) {
        struct row r = rows_at(&rows, (int)i);

        (*texts)[i] = row_text(&r, USER_LOCAL_TIMES_LOCAL);
        *zone = row_text(&r, USER_LOCAL_TIMES_TIMEZONE);
    }
    return OK;
}

err *user_utc_times(struct scope *s, const char *const *times, size_t n, const char ***utc)
{
    struct rows rows;

    *utc = arena_array(s->a, n, sizeof **utc);
    TRY(db_many(s->db, SQL_user_utc_times, DB_ARGS(db_i64(s->user), db_texts(s->a, times, n)), &rows));
    for (size_t i = 0; i < n; i++) {
        struct row r = rows_at(&rows, (int)i);
        (*utc)[i] = row_text(&r, USER_UTC_TIMES_UTC);
    }
    return OK;
}

err *user_password(struct db *db, int64_t id, const char **hash)
{
    struct row r;

    TRY(db_one(db, SQL_user_password_get, DB_ARGS(db_i64(id)), &r));
    *hash = row_text(&r, USER_PASSWORD_GET_PASSWORD_HASH);
    return OK;
}

err *user_set_password(struct scope *s, int64_t id, const char *hash)
{
    TRY(db_exec(s->db, SQL_user_password_set, DB_ARGS(db_i64(id), db_text(hash)), NULL));
    return session_end_all(s->db, id, id == s->user ? s->session_hash : NULL);
}

err *user_hotkeys(struct scope *s, const char **json)
{
    struct row r;

    TRY(db_one(s->db, SQL_user_hotkeys_get, DB_ARGS(db_i64(s->user)), &r));
    *json = row_json(&r, USER_HOTKEYS_GET_CUSTOM_HOTKEYS);
    return OK;
}

err *user_set_hotkeys(struct scope *s, const char *json)
{
    return db_exec(s->db, SQL_user_hotkeys_set, DB_ARGS(db_i64(s->user), db_text(json)), NULL);
}
