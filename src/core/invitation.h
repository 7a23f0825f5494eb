/* Invitations by e-mail, with role, workspaces and projects. The organization's common link is core/org.h. */
#ifndef LABELD_CORE_INVITATION_H
#define LABELD_CORE_INVITATION_H

#include "core/scope.h"
#include "json/jin.h"

/* Invite (B_INVITATION) and write what became of it: {invited: [{email, invite_url, expires_at}], skipped: [email]}; skipped are those who
 * are in already. Errors: VALIDATION, PERMISSION for a role without the right to give roles. */
err *invitation_send(struct scope *s, struct jw *w, const struct jin *in) __attribute__((warn_unused_result));
/* The open ones, as an array. */
err *invitation_list_write(struct scope *s, struct jw *w) __attribute__((warn_unused_result));
/* Errors: NOT_FOUND. */
err *invitation_revoke(struct scope *s, const char *email) __attribute__((warn_unused_result));

/* What a token is good for. */
struct invitation {
    int64_t organization;        /* 0: for nothing (any more) */
    const char *title, *email;
};
err *invitation_by_token(struct db *db, const char *token, struct invitation *out) __attribute__((warn_unused_result));
/* Join with everything that the invitation promises. Errors: PERMISSION when it is not open any more. */
err *invitation_accept(struct arena *a, struct db *db, const char *token, int64_t user) __attribute__((warn_unused_result));
/* The caller, who has an account already, joins and works there from now on. The token is that of an invitation to their e-mail address
 * or of the organization's link. Errors: PERMISSION. */
err *invitation_join(struct scope *s, const char *token, int64_t *organization) __attribute__((warn_unused_result));

#endif
