/* Organizations and memberships: who is in, with which role, and the organization's own settings. */
#ifndef LABELD_CORE_ORG_H
#define LABELD_CORE_ORG_H

#include "core/scope.h"
#include "json/jin.h"

struct org_brief {
    int64_t id;              /* 0: there is none */
    const char *title;
};

err *org_first(struct arena *a, struct db *db, struct org_brief *out) __attribute__((warn_unused_result));
/* The same, holding a lock until the transaction ends when there is none, so that two first sign-ups make one organization. */
err *org_first_locked(struct arena *a, struct db *db, struct org_brief *out) __attribute__((warn_unused_result));
err *org_by_token(struct arena *a, struct db *db, const char *token, struct org_brief *out) __attribute__((warn_unused_result));

/* New organization owned by `owner`, which becomes the owner's active one when they have none. */
err *org_create(struct arena *a, struct db *db, const char *title, int64_t owner, int64_t *id) __attribute__((warn_unused_result));
/* Membership with this role, or the default role when NULL; somebody who left comes back. */
err *org_join(struct db *db, int64_t organization, int64_t user, const char *role) __attribute__((warn_unused_result));

/* May this user come in? PERMISSION where scripts of projects are on and they are in another organization too. */
err *org_takes(struct arena *a, struct db *db, int64_t organization, int64_t user) __attribute__((warn_unused_result));

/* ---- below: the caller's active organization; `id` must be it. Errors: NOT_FOUND ---- */

err *org_check_own(const struct scope *s, int64_t id) __attribute__((warn_unused_result));
err *org_list_write(struct scope *s, struct jw *w) __attribute__((warn_unused_result));
err *org_write(struct scope *s, struct jw *w, int64_t id) __attribute__((warn_unused_result));
err *org_created_write(struct scope *s, struct jw *w, int64_t id) __attribute__((warn_unused_result));
err *org_change(struct scope *s, int64_t id, const struct jin *in) __attribute__((warn_unused_result));
err *org_set_defaults(struct scope *s, int64_t id, const struct jin *in) __attribute__((warn_unused_result));
err *org_defaults_write(struct scope *s, struct jw *w, int64_t id) __attribute__((warn_unused_result));

/* The invitation link's token; `reset` makes a new one. */
err *org_invite_token(struct scope *s, bool reset, const char **token) __attribute__((warn_unused_result));

/* What the pages show of the caller's organization. Errors: NOT_FOUND without one. */
struct org_rules {
    const char *title, *token, *default_role;
    bool api_tokens_enabled, legacy_api_tokens_enabled;
    int64_t api_token_ttl_days;
    bool custom_scripts_enabled;
    const char *custom_script_hosts;
};
err *org_rules(struct scope *s, struct org_rules *out) __attribute__((warn_unused_result));
/* Turn scripts of projects on or off, and say where they may load from (sources of a Content-Security-Policy). Needs a transaction.
 * Errors: VALIDATION while a member is in another organization, too. */
err *org_set_scripts(struct scope *s, bool on, const char *hosts) __attribute__((warn_unused_result));
err *org_set_rules(struct scope *s, const char *title, const char *default_role) __attribute__((warn_unused_result));

err *org_token_settings_write(struct scope *s, struct jw *w) __attribute__((warn_unused_result));
err *org_set_token_settings(struct scope *s, const struct jin *in) __attribute__((warn_unused_result));
err *org_session_policy_write(struct scope *s, struct jw *w) __attribute__((warn_unused_result));
err *org_set_session_policy(struct scope *s, const struct jin *in) __attribute__((warn_unused_result));

/* ---- members ---- */

struct member_filter {
    int64_t offset, most;         /* most 0: all */
    int64_t user;                 /* this one only; 0: all */
    const char *search;           /* in names and e-mail; NULL: all */
    const char *roles;            /* "AN,RE"; NULL: all */
    const char *since, *until;    /* of the last activity; NULL: all */
    const char *tags;             /* "label,label" or ids; NULL: all */
    const char *ordering;         /* "role", "-user__email" …; NULL: by id */
    int64_t not_in_project, not_in_workspace;   /* without explicit members of these; 0: all */
    bool deleted;                 /* those who left instead of those who are in */
    bool active_only;             /* without those not or no longer activated */
    bool with_projects;           /* lists of projects per member */
};

err *org_member_count(struct scope *s, int64_t id, const struct member_filter *f, int64_t *total) __attribute__((warn_unused_result));
struct member_page {
    struct rows members, users;   /* of the same people in the same order */
};
err *org_members(struct scope *s, int64_t id, const struct member_filter *f, struct member_page *out) __attribute__((warn_unused_result));
/* Item i of the list. */
void org_member_write(struct jw *w, const struct member_page *page, int i);
/* The item of one member. Errors: NOT_FOUND. */
err *org_member_write_one(struct scope *s, struct jw *w, int64_t id, int64_t user) __attribute__((warn_unused_result));
/* Workspaces and their projects, as an array of choices for filters. */
err *org_places_write(struct scope *s, struct jw *w, int64_t id, const char *search) __attribute__((warn_unused_result));
/* The single-member object with work figures. */
err *org_member_figures_write(struct scope *s, struct jw *w, int64_t id, int64_t user) __attribute__((warn_unused_result));
/* A page of members for people, by name: offset, most and search of the filter count. */
struct member_line {
    int64_t id;
    const char *first_name, *last_name, *username, *email, *avatar, *role, *last_activity;   /* avatar NULL: none; the time as the API writes it */
    int64_t annotated_tasks;
    const char *tags;             /* JSON list of labels; NULL: none */
};
err *org_member_lines(struct scope *s, const struct member_filter *f, struct member_line **out, size_t *n) __attribute__((warn_unused_result));
/* Whose address this is, in any case; 0: nobody's here. */
err *org_member_by_email(struct scope *s, const char *email, int64_t *user) __attribute__((warn_unused_result));
/* Errors: VALIDATION (owner's role, unknown role), NOT_FOUND. */
err *org_set_role(struct scope *s, int64_t id, int64_t user, const char *role) __attribute__((warn_unused_result));
/* End a membership: sessions, tokens and locks go, the work stays.
 * Errors: METHOD for oneself, PERMISSION for the owner, NOT_FOUND. */
err *org_remove_member(struct scope *s, int64_t id, int64_t user) __attribute__((warn_unused_result));

/* ---- permission overrides: core/org_permission.c ---- */

/* What the organization changed, or everything that it could change, as an array. */
err *org_overrides_write(struct scope *s, struct jw *w, int64_t id) __attribute__((warn_unused_result));
err *org_override_options_write(struct scope *s, struct jw *w, int64_t id) __attribute__((warn_unused_result));
/* One of them. Errors: NOT_FOUND for what cannot be changed. */
err *org_override_write(struct scope *s, struct jw *w, int64_t id, const char *permission) __attribute__((warn_unused_result));
/* roles: a JSON list of codes; NULL: back to the default. Errors: VALIDATION, NOT_FOUND. */
err *org_override_set(struct scope *s, int64_t id, const char *permission, const json_t *roles) __attribute__((warn_unused_result));

#endif
