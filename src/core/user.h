/* User accounts: creating, showing, changing, removing. Passwords are core/password.h, roles core/org.h. */
#ifndef LABELD_CORE_USER_H
#define LABELD_CORE_USER_H

#include <jansson.h>

#include "core/scope.h"
#include "json/jin.h"

struct user_new {
    const char *email;            /* "" when there is none */
    const char *username;         /* NULL: the part of the e-mail before the @ */
    const char *first_name, *last_name, *phone;   /* NULL: "" */
    const char *password_hash;    /* NULL: cannot log in with a password */
    const char *role;             /* user_add only: NULL takes the organization's default role */
};

/* Whose link brought a visitor to the sign-up page. */
struct user_invite {
    int64_t organization;         /* 0: the first one, made if there is none */
    const char *title;            /* of the organization; NULL when there is none yet */
    bool first_account;
    const char *invitation;       /* token of an invitation by e-mail; NULL: the common link, or none */
    const char *email;            /* whom it is for; NULL: anybody */
};

/* May somebody sign up now, and where would they land? `token` of the invitation link, NULL without one.
 * Errors: PERMISSION for a wrong token, or when the server asks for a link and there is none. */
err *user_invite(struct arena *a, struct db *db, const char *token, struct user_invite *out) __attribute__((warn_unused_result));
/* Create the account and its membership: the very first one makes the organization and owns it; later ones get the default role.
 * Needs a transaction. Errors: VALIDATION (e-mail taken). */
err *user_sign_up(struct arena *a, struct db *db, const struct user_new *in, const struct user_invite *where, int64_t *id)
    __attribute__((warn_unused_result));
/* Create an account in an organization. Needs a transaction. Errors: VALIDATION (e-mail taken). */
err *user_add(struct arena *a, struct db *db, int64_t organization, const struct user_new *in, int64_t *id)
    __attribute__((warn_unused_result));
/* The same, on behalf of the caller, for the caller's organization: a former member with this e-mail comes back as they were. */
err *user_add_or_return(struct scope *s, const struct user_new *in, int64_t *id) __attribute__((warn_unused_result));
/* Account of an e-mail in any case; *id is 0 when there is none. */
err *user_find(struct db *db, const char *email, int64_t *id) __attribute__((warn_unused_result));

/* The user object of the API. `user_write_open` leaves the object open for further keys. Errors: NOT_FOUND outside the caller's
 * organization, unless it is the caller. */
err *user_write(struct scope *s, struct jw *w, int64_t id) __attribute__((warn_unused_result));
err *user_write_open(struct scope *s, struct jw *w, int64_t id) __attribute__((warn_unused_result));
/* Everybody who is or was in the organization, by id. */
err *user_list_write(struct scope *s, struct jw *w) __attribute__((warn_unused_result));
/* Rows of these members, by id, and one such row as an object that is left open. */
err *user_rows(struct scope *s, const int64_t *ids, size_t n, struct rows *out) __attribute__((warn_unused_result));
void user_row_write_open(struct jw *w, const struct row *r);
int64_t user_row_id(const struct row *r);
/* The one of this id among rows by id; it is there. */
struct row user_row_of(const struct rows *users, int64_t id);
/* What lists outside of JSON show of such a row. */
struct user_line {
    const char *email, *first_name, *last_name;
    const char *last_activity;    /* as the database writes it */
};
void user_row_line(const struct row *r, struct user_line *out);

/* Change the fields that are present (B_USER). Oneself, or anybody of the organization with users.change.
 * Errors: NOT_FOUND, PERMISSION, VALIDATION, METHOD for an e-mail. */
err *user_change(struct scope *s, int64_t id, const struct jin *in) __attribute__((warn_unused_result));
/* Oneself, or anybody of the organization with users.change. Errors: NOT_FOUND, PERMISSION. */
err *user_check_may_change(struct scope *s, int64_t id) __attribute__((warn_unused_result));
/* The caller's own names. */
err *user_set_names(struct scope *s, const char *first_name, const char *last_name) __attribute__((warn_unused_result));
/* Replace the password hash and end every session but the caller's. Needs a transaction. */
err *user_set_password(struct scope *s, int64_t id, const char *hash) __attribute__((warn_unused_result));
/* The stored hash (NULL without a password). Errors: NOT_FOUND. */
err *user_password(struct db *db, int64_t id, const char **hash) __attribute__((warn_unused_result));

/* The timezone in which the caller reads times; "" when none is set. */
err *user_timezone(struct scope *s, const char **name) __attribute__((warn_unused_result));
/* Errors: VALIDATION for a name that Postgres does not know. */
err *user_set_timezone(struct scope *s, const char *name) __attribute__((warn_unused_result));
/* n times as the caller reads them ("2026-03-05 12:40"), and the zone; *zone is NULL when none is set, and then there are no texts. */
err *user_local_times(struct scope *s, const char *const *times, size_t n, const char ***texts, const char **zone)
    __attribute__((warn_unused_result));
/* n times that a clock of theirs shows ("2026-03-05T12:40"), as moments; UTC where no zone is set. */
err *user_utc_times(struct scope *s, const char *const *times, size_t n, const char ***utc) __attribute__((warn_unused_result));
err *user_is_member(struct db *db, int64_t user, int64_t organization, bool *member) __attribute__((warn_unused_result));
/* The caller works in another of their organizations from now on. Errors: VALIDATION. */
err *user_switch(struct scope *s, int64_t organization) __attribute__((warn_unused_result));

err *user_hotkeys(struct scope *s, const char **json) __attribute__((warn_unused_result));
err *user_set_hotkeys(struct scope *s, const char *json) __attribute__((warn_unused_result));

#endif
