/* Credential extraction: Authorization, X-Api-Key, then the session cookie. A token that fails is never replaced by a session:
 * who names a credential is judged by it. */
#include "api/credentials.h"

#include <strings.h>

#include "base/text.h"
#include "core/auth.h"

static const char *const SESSION_COOKIE = "sessionid";

/* An access token has two dots, a legacy token none. */
static bool looks_like_jwt(const char *s)
{
    const char *dot = strchr(s, '.');

    return dot && strchr(dot + 1, '.');
}

static err *bad_header(struct rq *rq, const char *why)
{
    return err_new(rq->a, ERR_UNAUTHENTICATED, "Invalid token header. %s", why);
}

static err *check_token(struct rq *rq, const char *token)
{
    if (!*token)
        return bad_header(rq, "No credentials provided.");
    if (strchr(token, ' '))
        return bad_header(rq, "Token string should not contain spaces.");
    if (!utf8_valid(token, strlen(token)))
        return bad_header(rq, "Token string should not contain invalid characters.");
    return auth_token(rq->scope, token);
}

static err *check_session(struct rq *rq)
{
    const char *cookie = rq_cookie(rq, SESSION_COOKIE);
    bool found;

    return cookie ? auth_session(rq->scope, cookie, &found) : OK;
}

/* The scheme "Token" is taken in any case, "Bearer" only as written, as on the reference. Other schemes are somebody else's: a
 * proxy with Basic log-in in front of this server does not disturb its sessions. */
static err *check_authorization(struct rq *rq, const char *header, bool tokens)
{
    size_t n = strcspn(header, " ");
    const char *value = header + n + strspn(header + n, " ");

    if (n == 6 && memcmp(header, "Bearer", 6) == 0)
        return auth_access(rq->scope, value);
    if (tokens && n == 5 && strncasecmp(header, "Token", 5) == 0)
        return check_token(rq, value);
    return check_session(rq);
}

err *credentials_check(struct rq *rq, bool tokens)
{
    const char *key = rq_param(rq, "HTTP_X_API_KEY");
    const char *header = rq_param(rq, "HTTP_AUTHORIZATION");

    if (tokens && key && *key)
        return looks_like_jwt(key) ? auth_access(rq->scope, key) : check_token(rq, key);
    if (header && *header)
        return check_authorization(rq, header, tokens);
    return check_session(rq);
}
