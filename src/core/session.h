/* Log-in sessions. The cookie holds 32 random bytes as hex; the database knows only their hash. */
#ifndef LABELD_CORE_SESSION_H
#define LABELD_CORE_SESSION_H

#include "core/scope.h"

enum { SESSION_HASH_BYTES = 32, SESSION_COOKIE_BYTES = 32 };

/* Hash of a cookie value; false when it is no value of ours. */
bool session_hash(const char *cookie, unsigned char out[SESSION_HASH_BYTES]);

/* Start a session for the user.
 *
 * persistent  the cookie outlives the browser
 * cookie      out: value for the cookie `sessionid`
 *
 * Also removes ended sessions of the user. Joins the caller's transaction. */
err *session_start(struct arena *a, struct db *db, int64_t user, bool persistent, const char *user_agent, const char *remote_addr,
                   const char **cookie) __attribute__((warn_unused_result));
/* End one session, or all of a user (but the one with hash `keep`, which may be NULL). */
err *session_end(struct db *db, const unsigned char *hash) __attribute__((warn_unused_result));
err *session_end_all(struct db *db, int64_t user, const unsigned char *keep) __attribute__((warn_unused_result));

#endif
