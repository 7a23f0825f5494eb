/* Passwords: what is acceptable, hashing, verifying. argon2id with about 19 MiB and 2 passes; hashes of the reference server
 * (pbkdf2_sha256) are verified once and then replaced. Hashing takes tens of milliseconds: never inside a transaction. */
#ifndef LABELD_CORE_PASSWORD_H
#define LABELD_CORE_PASSWORD_H

#include <stdbool.h>

#include "base/err.h"

enum { PASSWORD_LEAST = 8, PASSWORD_MOST = 128 };

/* Why the password is refused for this account, or NULL when it is good. */
const char *password_problem(struct arena *a, const char *password, const char *email);

/* Hash for user_account.password_hash. At most cfg.login_parallel processes of this host hash at the same time; the rest wait.
 * Errors: INTERNAL. */
err *password_hash(struct arena *a, const char *password, const char **out) __attribute__((warn_unused_result));
/* Compare. stored NULL (no such account, or one without a password) takes the same time and never matches.
 * *rehash: the stored form is outdated and should be replaced now that the password is known. */
err *password_verify(struct arena *a, const char *password, const char *stored, bool *match, bool *rehash)
    __attribute__((warn_unused_result));

#endif
