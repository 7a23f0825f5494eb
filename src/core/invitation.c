/* Invitations by e-mail. The secret is the token; the address only says for whom it is. */
#include "core/invitation.h"

#include <strings.h>

#include "base/text.h"
#include "core/invitation.sql.h"
#include "core/org.h"
#include "core/user.h"
#include "core/wire.h"
#include "json/verr.h"

enum { TOKEN_BYTES = 20, INVITED_MOST = 500, DAYS = 30, EMAIL_MOST = 254 };

/* ---- sending ---- */

static bool looks_like_email(const char *text)
{
    const char *at = strchr(text, '@');

    return at && at != text && strchr(at, '.') && !strpbrk(text, " \t\r\n<>,;\"") && strlen(text) <= EMAIL_MOST && !strchr(at + 1, '@');
}

static err *read_emails(struct scope *s, json_t *list, const char ***out, size_t *n)
{
    json_t *v;
    size_t i;

    *n = json_array_size(list);
    if (*n == 0)
        return verr_one(s->a, "emails", "This list may not be empty.");
    if (*n > INVITED_MOST)
        return verr_one(s->a, "emails", "Ensure this field has no more than %d elements.", INVITED_MOST);
    *out = arena_array(s->a, *n, sizeof **out);
    json_array_foreach(list, i, v)
    {
        if (!json_is_string(v) || !looks_like_email(json_string_value(v)))
            return verr_one(s->a, "emails", "Enter a valid email address.");
        (*out)[i] = json_string_value(v);
    }
    return OK;
}

static err *read_ids(struct scope *s, const struct jin *in, const char *field, struct db_arg *out)
{
    json_t *list = jin_has(in, field) ? jin_tree(in, field) : NULL, *v;
    size_t n = json_array_size(list), i;
    int64_t *ids = arena_array(s->a, n, sizeof *ids);

    json_array_foreach(list, i, v)
    {
        ids[i] = json_integer_value(v);
        if (!json_is_integer(v) || ids[i] < 1 || ids[i] > INT32_MAX)
            return verr_one(s->a, field, "A valid integer is required.");
    }
    *out = db_i64s(s->a, ids, n);
    return OK;
}

static err *check_places(struct scope *s, struct db_arg workspaces, struct db_arg projects)
{
    struct row r;

    TRY(db_one(s->db, SQL_invitation_places, DB_ARGS(SCOPE_ARGS(s), workspaces, projects), &r));
    if (!row_bool(&r, INVITATION_PLACES_WORKSPACES))
        return verr_one(s->a, "workspaces", "Invalid pk - object does not exist.");
    if (!row_bool(&r, INVITATION_PLACES_PROJECTS))
        return verr_one(s->a, "projects", "Invalid pk - object does not exist.");
    return OK;
}

static bool sent_to(const struct rows *sent, const char *email)
{
    for (int i = 0; i < sent->n; i++) {
        struct row r = rows_at(sent, i);

        if (strcasecmp(row_text(&r, INVITATION_SEND_EMAIL), email) == 0)
            return true;
    }
    return false;
}

static const char *url(struct scope *s, const char *token)
{
    return arena_printf(s->a, "/user/signup/?token=%s", token);
}

static void write_sent(struct scope *s, struct jw *w, const struct rows *sent, const char *const *emails, size_t n)
{
    jw_obj(w);
    jw_key(w, "invited");
    jw_arr(w);
    for (int i = 0; i < sent->n; i++) {
        struct row r = rows_at(sent, i);

        jw_obj(w);
        wire_kstr(w, "email", &r, INVITATION_SEND_EMAIL);
        jw_kstr(w, "invite_url", url(s, row_text(&r, INVITATION_SEND_TOKEN)));
        wire_ktime(w, "expires_at", &r, INVITATION_SEND_EXPIRES_AT);
        jw_end(w);
    }
    jw_end(w);
    jw_key(w, "skipped");
    jw_arr(w);
    for (size_t i = 0; i < n; i++)
        if (!sent_to(sent, emails[i]))
            jw_str(w, emails[i]);
    jw_end(w);
    jw_end(w);
}

err *invitation_send(struct scope *s, struct jw *w, const struct jin *in)
{
    struct db_arg workspaces, projects;
    const char **emails, **tokens;
    struct rows sent;
    size_t n;

    TRY(read_emails(s, jin_tree(in, "emails"), &emails, &n));
    TRY(read_ids(s, in, "workspaces", &workspaces));
    TRY(read_ids(s, in, "projects", &projects));
    if (jin_text(in, "role"))
        TRY(scope_need(s, PERM_ORGANIZATIONS_CHANGE));
    TRY(check_places(s, workspaces, projects));
    tokens = arena_array(s->a, n, sizeof *tokens);
    for (size_t i = 0; i < n; i++)
        tokens[i] = hex_random(s->a, TOKEN_BYTES);
    TRY(db_many(s->db, SQL_invitation_send,
                DB_ARGS(SCOPE_ARGS(s), db_texts(s->a, emails, n), db_texts(s->a, tokens, n), db_text(jin_text(in, "role")), workspaces,
                        projects, db_i64(DAYS)),
                &sent));
    write_sent(s, w, &sent, emails, n);
    return OK;
}

err *invitation_list_write(struct scope *s, struct jw *w)
{
    struct rows rows;

    TRY(db_many(s->db, SQL_invitation_list, DB_ARGS(db_i64(s->organization)), &rows));
    jw_arr(w);
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);

        jw_obj(w);
        wire_ki64(w, "id", &r, INVITATION_LIST_ID);
        wire_kstr(w, "email", &r, INVITATION_LIST_EMAIL);
        wire_kstr(w, "role", &r, INVITATION_LIST_ROLE);
        wire_kraw(w, "workspaces", &r, INVITATION_LIST_WORKSPACES);
        wire_kraw(w, "projects", &r, INVITATION_LIST_PROJECTS);
        jw_kstr(w, "invite_url", url(s, row_text(&r, INVITATION_LIST_TOKEN)));
        wire_ki64(w, "invited_by", &r, INVITATION_LIST_INVITED_BY);
        wire_ktime(w, "invited_at", &r, INVITATION_LIST_CREATED_AT);
        wire_ktime(w, "invite_expired_at", &r, INVITATION_LIST_EXPIRES_AT);
        wire_kbool(w, "invite_expired", &r, INVITATION_LIST_EXPIRED);
        jw_end(w);
    }
    jw_end(w);
    return OK;
}

err *invitation_revoke(struct scope *s, const char *email)
{
    int64_t n;

    TRY(db_exec(s->db, SQL_invitation_revoke, DB_ARGS(db_i64(s->organization), db_text(email)), &n));
    return n ? OK : err_new(s->a, ERR_NOT_FOUND, "No invitation of this e-mail address is open.");
}

/* ---- accepting ---- */

err *invitation_by_token(struct db *db, const char *token, struct invitation *out)
{
    struct row r;
    bool found;

    *out = (struct invitation){0};
    TRY(db_opt(db, SQL_invitation_by_token, DB_ARGS(db_text(token)), &r, &found));
    if (!found)
        return OK;
    out->organization = row_i64(&r, INVITATION_BY_TOKEN_ORGANIZATION);
    out->title = row_text(&r, INVITATION_BY_TOKEN_TITLE);
    out->email = row_text(&r, INVITATION_BY_TOKEN_EMAIL);
    return OK;
}

static err *not_valid(struct arena *a)
{
    return err_new(a, ERR_PERMISSION, "This invitation link is not valid any more. Ask for a new one.");
}

err *invitation_accept(struct arena *a, struct db *db, const char *token, int64_t user)
{
    struct row r;
    bool found;

    TRY(db_opt(db, SQL_invitation_accept, DB_ARGS(db_text(token), db_i64(user)), &r, &found));
    return found ? OK : not_valid(a);
}

/* By the link everybody comes in with the default role; whoever is in stays what they are. */
static err *join_by_link(struct scope *s, const char *token, int64_t *organization)
{
    struct org_brief org;
    bool member;

    TRY(org_by_token(s->a, s->db, token, &org));
    if (!org.id)
        return not_valid(s->a);
    *organization = org.id;
    TRY(user_is_member(s->db, s->user, org.id, &member));
    if (member)
        return OK;
    TRY(org_takes(s->a, s->db, org.id, s->user));
    return org_join(s->db, org.id, s->user, NULL);
}

err *invitation_join(struct scope *s, const char *token, int64_t *organization)
{
    struct invitation i;

    TRY(invitation_by_token(s->db, token, &i));
    if (!i.organization) {
        TRY(join_by_link(s, token, organization));
        return user_switch(s, *organization);
    }
    if (strcasecmp(i.email, s->email) != 0)
        return err_new(s->a, ERR_PERMISSION, "This invitation is for another e-mail address.");
    *organization = i.organization;
    TRY(org_takes(s->a, s->db, i.organization, s->user));
    TRY(invitation_accept(s->a, s->db, token, s->user));
    return user_switch(s, i.organization);
}
