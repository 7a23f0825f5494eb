/* Logging in with e-mail and password: throttling, verification, the session. */
#ifndef LABELD_CORE_LOGIN_H
#define LABELD_CORE_LOGIN_H

#include "core/scope.h"

struct login {
    const char *email, *password;
    const char *remote_addr, *user_agent;   /* NULL when unknown */
    bool persistent;
};

/* Verify and start a session.
 *
 * user, cookie  out: the account, and the value of the cookie `sessionid`
 *
 * Must not be called inside a transaction: the password hash takes its time.
 * Errors: UNAUTHENTICATED (wrong, unknown or deactivated), THROTTLED with retry_after_s. Both have texts for people. */
err *login_run(struct arena *a, struct db *db, const struct login *in, int64_t *user, const char **cookie)
    __attribute__((warn_unused_result));
/* The session of somebody who has just signed up. Joins the caller's transaction. */
err *login_after_sign_up(struct arena *a, struct db *db, const struct login *in, int64_t user, const char **cookie)
    __attribute__((warn_unused_result));

#endif
