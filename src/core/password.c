/* Password hashing over libsodium, the old Django form over OpenSSL, and the limit on how many run at once. */
#include "core/password.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/text.h"

enum {
    PASSES = 2,
    MEMORY_BYTES = 19 * 1024 * 1024,
    BYTES_MOST = 4 * PASSWORD_MOST,         /* longer is no password of ours: refused without hashing */
    PBKDF2_ROUNDS_MOST = 5000000,           /* a planted row must not stop a worker for minutes */
    PBKDF2_BYTES = 32
};

/* ---- what is acceptable ---- */

static char *lower(struct arena *a, const char *s)
{
    char *out = arena_strdup(a, s);

    for (char *c = out; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return out;
}

/* One contains the other, and what is added is less than a third of the whole. */
static bool mostly_same(const char *x, const char *y)
{
    size_t nx = strlen(x), ny = strlen(y), longer = nx > ny ? nx : ny, shorter = nx > ny ? ny : nx;

    return shorter >= 4 && (strstr(x, y) || strstr(y, x)) && 10 * shorter >= 7 * longer;
}

static bool like_email(struct arena *a, const char *password, const char *email)
{
    const char *mail = lower(a, email), *word = lower(a, password);
    const char *local = arena_strndup(a, mail, strcspn(mail, "@"));

    return mostly_same(word, mail) || mostly_same(word, local) || (*word && strstr(mail, word));
}

const char *password_problem(struct arena *a, const char *password, const char *email)
{
    size_t n = utf8_valid(password, strlen(password)) ? utf8_count(password, strlen(password)) : 0;

    if (n < PASSWORD_LEAST || n > PASSWORD_MOST)
        return "Please enter a password 8-128 characters in length.";
    if (like_email(a, password, email))
        return "The password is too similar to the e-mail address.";
    return NULL;
}

/* ---- one of few at a time ---- */

static int open_slot(struct arena *a, int64_t i)
{
    const char *dir = arena_printf(a, "%s/tmp", cfg.data_dir);

    if (mkdir(dir, 0770) < 0 && errno != EEXIST)
        return -1;
    return open(arena_printf(a, "%s/login.%lld", dir, (long long)i), O_CREAT | O_RDWR | O_CLOEXEC, 0660);
}

/* A lock on one of login_parallel files. The kernel gives it back when a worker dies. */
static err *take_slot(struct arena *a, int *out)
{
    int64_t slots = cfg.login_parallel > 0 ? cfg.login_parallel : 1, first = getpid() % slots;
    int fd = -1;

    for (int64_t i = 0; i < slots; i++) {
        fd = open_slot(a, (first + i) % slots);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0) {
            *out = fd;
            return OK;
        }
        if (fd >= 0)
            close(fd);
    }
    fd = open_slot(a, first);
    if (fd < 0 || flock(fd, LOCK_EX) < 0) {
        int why = errno;

        if (fd >= 0)
            close(fd);
        return err_internal(a, "could not lock \"%s/tmp/login.%lld\": %s", cfg.data_dir, (long long)first, strerror(why));
    }
    *out = fd;
    return OK;
}

/* ---- argon2id ---- */

static err *argon2_hash(struct arena *a, const char *password, const char **out)
{
    char *text = arena_alloc(a, crypto_pwhash_STRBYTES);

    if (crypto_pwhash_str_alg(text, password, strlen(password), PASSES, MEMORY_BYTES, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return err_internal(a, "could not hash a password: not enough memory");
    *out = text;
    return OK;
}

err *password_hash(struct arena *a, const char *password, const char **out)
{
    int slot;
    err *e;

    TRY(take_slot(a, &slot));
    e = argon2_hash(a, password, out);
    close(slot);
    return e;
}

/* ---- pbkdf2_sha256$<rounds>$<salt>$<base64 of 32 bytes> ---- */

struct pbkdf2 {
    int rounds;
    const char *salt;
    unsigned char hash[PBKDF2_BYTES];
};

static bool pbkdf2_parse(struct arena *a, const char *stored, struct pbkdf2 *out)
{
    char *save = NULL, *s = arena_strdup(a, stored);
    const char *rounds, *hash;
    int64_t n = 0;
    size_t len = 0;

    strtok_r(s, "$", &save);
    rounds = strtok_r(NULL, "$", &save);
    out->salt = strtok_r(NULL, "$", &save);
    hash = strtok_r(NULL, "$", &save);
    if (!hash || !int_parse(rounds, 1, PBKDF2_ROUNDS_MOST, &n))
        return false;
    out->rounds = (int)n;
    return sodium_base642bin(out->hash, sizeof out->hash, hash, strlen(hash), NULL, &len, NULL, sodium_base64_VARIANT_ORIGINAL) ==
               0 &&
           len == sizeof out->hash;
}

static bool pbkdf2_matches(struct arena *a, const char *password, const char *stored)
{
    unsigned char got[PBKDF2_BYTES];
    struct pbkdf2 p;

    if (!pbkdf2_parse(a, stored, &p))
        return false;
    return PKCS5_PBKDF2_HMAC(password, (int)strlen(password), (const unsigned char *)p.salt, (int)strlen(p.salt), p.rounds,
                             EVP_sha256(), sizeof got, got) == 1 &&
           sodium_memcmp(got, p.hash, sizeof got) == 0;
}

/* ---- verify ---- */

static err *verify(struct arena *a, const char *password, const char *stored, bool *match, bool *rehash)
{
    const char *unused;

    if (!stored)
        return argon2_hash(a, password, &unused);   /* as long as a comparison takes: the answer does not tell who exists */
    if (text_starts(stored, "pbkdf2_sha256$")) {
        *match = pbkdf2_matches(a, password, stored);
        *rehash = *match;
        return OK;
    }
    *match = crypto_pwhash_str_verify(stored, password, strlen(password)) == 0;
    *rehash = *match && crypto_pwhash_str_needs_rehash(stored, PASSES, MEMORY_BYTES) != 0;
    return OK;
}

err *password_verify(struct arena *a, const char *password, const char *stored, bool *match, bool *rehash)
{
    int slot;
    err *e;

    *match = *rehash = false;
    if (strlen(password) > BYTES_MOST)
        return OK;
    TRY(take_slot(a, &slot));
    e = verify(a, password, stored, match, rehash);
    close(slot);
    return e;
}
