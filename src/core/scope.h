/* Who acts, in which organization, with which rights: the first parameter of every call of core. Set by the gate from one query. */
#ifndef LABELD_CORE_SCOPE_H
#define LABELD_CORE_SCOPE_H

#include "core/perm.h"
#include "db/db.h"

enum auth_kind { AUTH_NONE, AUTH_LEGACY_TOKEN, AUTH_ACCESS_TOKEN, AUTH_SESSION };

struct scope {
    struct arena *a;
    struct db *db;
    enum auth_kind auth;       /* AUTH_NONE: anonymous, user 0 */
    int64_t user;              /* user_account.id */
    int64_t organization;      /* the active one; 0 when none: lists are empty, objects are 404 */
    const char *role;          /* "OW" … in the active organization, or the one that counts in the request's project; "" when none */
    bool project_roles;        /* in some project another role counts (auth_enter_project) */
    const char *overrides;     /* organization.permission_overrides; NULL without an organization */
    uint64_t permissions;      /* bit set of enum perm */
    int64_t organization_version;
    const char *email;
    const char *first_name;
    const char *last_name;
    const char *username;
    const char *organization_title;
    const unsigned char *session_hash;   /* 32 bytes, sessions only */
    bool is_superuser;
    bool hooks;                /* the organization has webhooks: changes are announced (event.h) */
    bool may_guess;            /* the request changes nothing before the credential is checked (known.h) */
    struct guess *guess;
};

static inline bool scope_can(const struct scope *s, enum perm p)
{
    return p == PERM_NONE || (s->permissions >> p & 1) != 0;
}
/* Annotators see their own annotations only. */
static inline bool scope_own_only(const struct scope *s)
{
    return s->role[0] == 'A' && s->role[1] == 'N';
}
/* ERR_PERMISSION unless held. */
err *scope_need(const struct scope *s, enum perm p) __attribute__((warn_unused_result));

/* The three arguments of visible_project($1, $2, $3). */
#define SCOPE_ARGS(s) db_i64((s)->organization), db_i64((s)->user), db_text((s)->role)

#endif
