/* Tokens of the API: legacy tokens (40 hex digits, one per user), personal access tokens (signed refresh tokens, known by their
 * jti) and the short access tokens traded for them. */
#ifndef LABELD_CORE_TOKEN_H
#define LABELD_CORE_TOKEN_H

#include "core/scope.h"

struct token_claims {
    int64_t user;
    const char *jti;
    const char *parent;    /* access tokens: jti of the refresh token they came from */
};

/* Verify a token of ours of type "access" or "refresh": signature, type, expiry. *found is false when anything is wrong. Whether it
 * was revoked is in the database. */
err *token_open(struct arena *a, struct db *db, const char *jwt, const char *type, struct token_claims *out, bool *found)
    __attribute__((warn_unused_result));

/* The user's legacy token, made when there is none. */
err *token_legacy(struct db *db, struct arena *a, int64_t user, const char **out) __attribute__((warn_unused_result));
/* Replace it; `token` NULL: a random one. Errors: BAD_REQUEST when `token` is not 40 hex digits. */
err *token_legacy_set(struct db *db, struct arena *a, int64_t user, const char *token, const char **out)
    __attribute__((warn_unused_result));

/* A personal access token as it is shown, once, in full. */
struct token_refresh {
    const char *token;
    const char *created_at, *expires_at;   /* as the API writes times */
};
/* Errors: CONFLICT when the caller has a live one. Needs a transaction. */
err *token_refresh_create(struct scope *s, struct token_refresh *out) __attribute__((warn_unused_result));
/* The caller's live tokens as a JSON list, each without its signature. */
err *token_refresh_list(struct scope *s, struct jw *w) __attribute__((warn_unused_result));
/* The same for pages. Times as the API writes them; last_used_at NULL: never. */
struct token_info {
    const char *jti, *head, *created_at, *expires_at, *last_used_at;
};
err *token_refresh_infos(struct scope *s, struct token_info **out, size_t *n) __attribute__((warn_unused_result));
/* Revoke one of the caller's own by its jti. Errors: NOT_FOUND. */
err *token_refresh_revoke(struct scope *s, const char *jti) __attribute__((warn_unused_result));
/* The caller's legacy token with its times (jti and expires_at unused; head is the token); head NULL when there is none. */
err *token_legacy_info(struct scope *s, struct token_info *out) __attribute__((warn_unused_result));
/* Trade a refresh token for an access token. Errors: UNAUTHENTICATED "Token is invalid" / "Token is blacklisted". */
err *token_access(struct scope *s, const char *refresh, const char **access) __attribute__((warn_unused_result));
/* Replace the caller's refresh token; the old one dies. Errors: VALIDATION. Needs a transaction. */
err *token_rotate(struct scope *s, const char *refresh, const char **out) __attribute__((warn_unused_result));
/* Revoke by the full token or by "<header>.<payload>" as listings show it.
 * Errors: NOT_FOUND with the reference's bare body, also the second time. */
err *token_revoke(struct scope *s, const char *refresh) __attribute__((warn_unused_result));
/* End every token of a user; the next one that is asked for is new. */
err *token_revoke_all(struct db *db, int64_t user) __attribute__((warn_unused_result));

#endif
