/* Log-in sessions: start, end, and the hash under which the database knows them. Who they belong to is read in auth.c. */
#include "core/session.h"

#include <sodium.h>

#include "base/cfg.h"
#include "base/text.h"
#include "core/session.sql.h"

_Static_assert(SESSION_HASH_BYTES == crypto_hash_sha256_BYTES, "the cookie's hash is its SHA-256");

bool session_hash(const char *cookie, unsigned char out[SESSION_HASH_BYTES])
{
    unsigned char value[SESSION_COOKIE_BYTES];

    if (strlen(cookie) != 2 * SESSION_COOKIE_BYTES || !hex_decode(cookie, 2 * SESSION_COOKIE_BYTES, value))
        return false;
    /* The value is random and long: a plain hash cannot be searched, and no key has to be kept for it. */
    crypto_hash_sha256(out, value, sizeof value);
    return true;
}

/* Headers may hold any bytes. */
static struct db_arg header_arg(const char *s)
{
    return db_text(s && utf8_valid(s, strlen(s)) ? s : "");
}

err *session_start(struct arena *a, struct db *db, int64_t user, bool persistent, const char *user_agent, const char *remote_addr,
                   const char **cookie)
{
    unsigned char hash[SESSION_HASH_BYTES];

    *cookie = hex_random(a, SESSION_COOKIE_BYTES);
    if (!session_hash(*cookie, hash))
        return err_internal(a, "could not hash a new session cookie");
    TRY(db_exec(db, SQL_session_sweep, DB_ARGS(db_i64(user), db_i64(cfg.session_max_age_min)), NULL));
    return db_exec(db, SQL_session_insert,
                   DB_ARGS(db_bytes(hash, sizeof hash), db_i64(user), db_bool(persistent), header_arg(user_agent), header_arg(remote_addr)),
                   NULL);
}

err *session_end(struct db *db, const unsigned char *hash)
{
    return db_exec(db, SQL_session_delete, DB_ARGS(db_bytes(hash, SESSION_HASH_BYTES)), NULL);
}

err *session_end_all(struct db *db, int64_t user, const unsigned char *keep)
{
    struct db_arg except = keep ? db_bytes(keep, SESSION_HASH_BYTES) : db_null();

    return db_exec(db, SQL_session_delete_all, DB_ARGS(db_i64(user), except), NULL);
}
