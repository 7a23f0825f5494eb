/* Credential checking: one query turns a token, an access JWT or a session cookie into a scope with the acting user,
 * the active organization, the role and its permissions. Extraction from the request is the gate's business. */
#ifndef LABELD_CORE_AUTH_H
#define LABELD_CORE_AUTH_H

#include "core/scope.h"

/* Each fills `s` (a and db are set already) and notes the use of the credential, at most once a minute.
 * auth_token, auth_access: Errors: UNAUTHENTICATED with the reference's detail.
 * auth_session: *found is false for an unknown, ended or revoked session; that is not an error. */
err *auth_token(struct scope *s, const char *token) __attribute__((warn_unused_result));
err *auth_access(struct scope *s, const char *jwt) __attribute__((warn_unused_result));
err *auth_session(struct scope *s, const char *cookie, bool *found) __attribute__((warn_unused_result));

/* Fill `s` for a user without credentials (labeld-admin, tests). Errors: NOT_FOUND. */
err *auth_as_user(struct scope *s, int64_t user) __attribute__((warn_unused_result));
/* The same in an organization that need not be the active one: for jobs, which do what somebody asked for earlier.
 * Errors: PERMISSION when they are no member any more. */
err *auth_as_member(struct scope *s, int64_t user, int64_t organization) __attribute__((warn_unused_result));
/* An anonymous scope: user 0, no organization, no permission. */
void auth_nobody(struct scope *s, struct arena *a, struct db *db);

/* The answer where a permission is missing for a route about one object: NOT_FOUND when the caller cannot see it, PERMISSION when
 * they can. `pattern` is the route's ("/api/tasks/{id:int}/…"), id its first variable part. Never OK. */
err *auth_refuse(struct scope *s, const char *pattern, const char *id) __attribute__((warn_unused_result));
/* Does auth_refuse know the kind of object? The gate checks its whole table at start. */
bool auth_object_known(const char *pattern);

/* Annotators and reviewers may have another role in one project: the scope takes the one that counts where the request's object is, or in
 * the project named as a text (NULL, no number, a foreign one: nothing changes). Costs nothing for people without such roles.
 * Errors: NOT_FOUND where the object is hidden. */
err *auth_enter(struct scope *s, const char *pattern, const char *id) __attribute__((warn_unused_result));
err *auth_enter_project(struct scope *s, const char *project) __attribute__((warn_unused_result));

#endif
