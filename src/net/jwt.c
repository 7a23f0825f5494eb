/* HS256 tokens over libsodium: sign, verify, take apart. What the claims mean is decided in core/token.c. */
#include "net/jwt.h"

#include <sodium.h>

#include "base/text.h"

/* {"alg":"HS256","typ":"JWT"} */
static const char header[] = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/* A token's parts inside its text. */
struct parts {
    const char *p[3];
    size_t len[3];
    int n;
};

static bool split(const char *token, struct parts *out)
{
    *out = (struct parts){.n = 0};
    if (strnlen(token, JWT_MOST_BYTES + 1) > JWT_MOST_BYTES)
        return false;
    for (const char *s = token;; s++) {
        if (out->n == 3)
            return false;
        out->p[out->n] = s;
        out->len[out->n] = strcspn(s, ".");
        s += out->len[out->n];
        if (out->len[out->n++] == 0)
            return false;
        if (!*s)
            return out->n >= 2;
    }
}

static void mac(const char *signed_text, size_t len, const void *key, size_t key_len, unsigned char out[crypto_auth_hmacsha256_BYTES])
{
    crypto_auth_hmacsha256_state st;

    crypto_auth_hmacsha256_init(&st, key, key_len);
    crypto_auth_hmacsha256_update(&st, (const unsigned char *)signed_text, len);
    crypto_auth_hmacsha256_final(&st, out);
}

/* One part as a JSON object that the arena gives back. */
static json_t *part_object(struct arena *a, const char *p, size_t len)
{
    size_t n;
    const unsigned char *bytes = b64url_decode(a, p, len, &n);
    json_t *tree = bytes ? json_loadb((const char *)bytes, n, JSON_REJECT_DUPLICATES, NULL) : NULL;

    if (tree)
        arena_defer(a, (void (*)(void *))json_decref, tree);
    return json_is_object(tree) ? tree : NULL;
}

static bool algorithm_is_ours(struct arena *a, const struct parts *t)
{
    const char *alg = json_string_value(json_object_get(part_object(a, t->p[0], t->len[0]), "alg"));

    return alg && strcmp(alg, "HS256") == 0;
}

static bool signature_fits(struct arena *a, const struct parts *t, const void *key, size_t key_len)
{
    unsigned char want[crypto_auth_hmacsha256_BYTES];
    size_t n;
    const unsigned char *got = b64url_decode(a, t->p[2], t->len[2], &n);

    mac(t->p[0], t->len[0] + 1 + t->len[1], key, key_len, want);
    return got && n == sizeof want && sodium_memcmp(got, want, sizeof want) == 0;
}

char *jwt_sign(struct arena *a, const char *claims, const void *key, size_t key_len)
{
    char *text = arena_printf(a, "%s.%s", header, b64url_encode(a, claims, strlen(claims)));
    unsigned char sig[crypto_auth_hmacsha256_BYTES];

    mac(text, strlen(text), key, key_len, sig);
    return arena_printf(a, "%s.%s", text, b64url_encode(a, sig, sizeof sig));
}

bool jwt_open(struct arena *a, const char *token, const void *key, size_t key_len, json_t **claims)
{
    struct parts t;

    /* The signature comes before anything is parsed: strangers' bytes go no further than base64. */
    if (!split(token, &t) || t.n != 3 || !signature_fits(a, &t, key, key_len) || !algorithm_is_ours(a, &t))
        return false;
    *claims = part_object(a, t.p[1], t.len[1]);
    return *claims != NULL;
}

bool jwt_peek(struct arena *a, const char *token, json_t **claims)
{
    struct parts t;

    if (!split(token, &t))
        return false;
    *claims = part_object(a, t.p[1], t.len[1]);
    return *claims != NULL;
}

char *jwt_head(struct arena *a, const char *token)
{
    struct parts t;

    return split(token, &t) ? arena_strndup(a, token, t.len[0] + 1 + t.len[1]) : NULL;
}
