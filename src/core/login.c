/* Log-in with e-mail and password. The order matters: throttle, then hash outside any transaction, then one short transaction. */
#include "core/login.h"

#include <assert.h>
#include <ctype.h>

#include "base/cfg.h"
#include "core/login.sql.h"
#include "core/password.h"
#include "core/session.h"

/* Failures are counted per account and address together, which is what a guesser at one desk hits, and with ten times the
 * limit per account and per address alone: neither can a stranger lock somebody out for long, nor an office lock out itself. */
enum { KEYS = 3, LOOSE = 10 };

struct keys {
    const char *text[KEYS];
    int64_t most[KEYS];
};

static struct keys throttle_keys(struct arena *a, const struct login *in)
{
    char *email = arena_strndup(a, in->email, 256);
    const char *addr = in->remote_addr ? in->remote_addr : "";

    for (char *c = email; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return (struct keys){
        .text = {arena_printf(a, "both %s %s", addr, email), arena_printf(a, "account %s", email),
                 arena_printf(a, "address %s", addr)},
        .most = {cfg.login_attempts, LOOSE * cfg.login_attempts, LOOSE * cfg.login_attempts},
    };
}

static int64_t limit_of(const struct keys *k, const char *key)
{
    for (int i = 0; i < KEYS; i++)
        if (strcmp(k->text[i], key) == 0)
            return k->most[i];
    return INT64_MAX;
}

static err *check_throttle(struct arena *a, struct db *db, const struct keys *k)
{
    struct rows rows;

    TRY(db_many(db, SQL_login_failures, DB_ARGS(db_texts(a, k->text, KEYS), db_i64(cfg.login_window_s)), &rows));
    for (int i = 0; i < rows.n; i++) {
        struct row r = rows_at(&rows, i);
        err *e;

        if (row_i64(&r, LOGIN_FAILURES_FAILURES) < limit_of(k, row_text(&r, LOGIN_FAILURES_KEY)))
            continue;
        e = err_new(a, ERR_THROTTLED, "Too many failed log-ins. Please wait %lld seconds and try again.",
                    (long long)row_i64(&r, LOGIN_FAILURES_WAIT_S));
        e->retry_after_s = (int)row_i64(&r, LOGIN_FAILURES_WAIT_S);
        return e;
    }
    return OK;
}

struct account {
    int64_t id;                /* 0: nobody has this e-mail */
    const char *hash;
    bool allowed;
};

static err *read_account(struct db *db, const char *email, struct account *out)
{
    struct row r;
    bool found;

    *out = (struct account){0};
    TRY(db_opt(db, SQL_login_account, DB_ARGS(db_text(email)), &r, &found));
    if (!found)
        return OK;
    out->id = row_i64(&r, LOGIN_ACCOUNT_ID);
    out->hash = row_text(&r, LOGIN_ACCOUNT_PASSWORD_HASH);
    out->allowed = row_bool(&r, LOGIN_ACCOUNT_ALLOWED);
    return OK;
}

struct starting {
    struct arena *a;
    const struct login *in;
    const struct keys *keys;   /* NULL after a sign-up */
    int64_t user;
    const char *new_hash;      /* NULL: the stored one stays */
    const char **cookie;
};

static err *start_in_tx(struct db *db, void *arg)
{
    const struct starting *s = arg;

    if (s->new_hash)
        TRY(db_exec(db, SQL_login_rehash, DB_ARGS(db_i64(s->user), db_text(s->new_hash)), NULL));
    if (s->keys)
        TRY(db_exec(db, SQL_login_forget, DB_ARGS(db_text(s->keys->text[0]), db_i64(cfg.login_window_s)), NULL));
    TRY(db_exec(db, SQL_login_organization, DB_ARGS(db_i64(s->user)), NULL));
    return session_start(s->a, db, s->user, s->in->persistent, s->in->user_agent, s->in->remote_addr, s->cookie);
}

/* One text for an unknown account and a wrong password. */
static err *refuse(struct arena *a, struct db *db, const struct keys *k)
{
    TRY(db_exec(db, SQL_login_failed, DB_ARGS(db_texts(a, k->text, KEYS), db_i64(cfg.login_window_s)), NULL));
    return err_new(a, ERR_UNAUTHENTICATED, "The e-mail and password you entered do not match.");
}

err *login_run(struct arena *a, struct db *db, const struct login *in, int64_t *user, const char **cookie)
{
    struct keys k = throttle_keys(a, in);
    struct starting s = {.a = a, .in = in, .keys = &k, .cookie = cookie};
    struct account acc;
    bool match, rehash;

    assert(!tx_active(db));
    TRY(check_throttle(a, db, &k));
    TRY(read_account(db, in->email, &acc));
    TRY(password_verify(a, in->password, acc.hash, &match, &rehash));
    if (!match)
        return refuse(a, db, &k);
    if (!acc.allowed)
        return err_new(a, ERR_UNAUTHENTICATED, "This account has been deactivated.");
    if (rehash)
        TRY(password_hash(a, in->password, &s.new_hash));
    *user = s.user = acc.id;
    return tx_run(db, TX_WRITE, start_in_tx, &s);
}

err *login_after_sign_up(struct arena *a, struct db *db, const struct login *in, int64_t user, const char **cookie)
{
    struct starting s = {.a = a, .in = in, .user = user, .cookie = cookie};

    return tx_run(db, TX_WRITE, start_in_tx, &s);
}
