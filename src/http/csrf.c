/* Cross-site request forgery: the form token, and where an unsafe request may come from. Which requests are checked is the
 * gate's decision; the SameSite attribute of the cookies is a second fence.
 *
 * Pages hold the cookie's token under a mask of their own, so that how well a page compresses tells nothing of it (BREACH). */
#include "http/csrf.h"

#include <ctype.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "base/cfg.h"
#include "base/text.h"

enum { TOKEN_BYTES = 16, TOKEN_MOST = 128, YEAR_S = 31449600 };
static const char *const COOKIE = "csrftoken";

static bool token_valid(const char *s)
{
    size_t n = strspn(s, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    return n >= 32 && n <= TOKEN_MOST && s[n] == '\0';
}

/* In hexadecimal digits: random bytes, then the token's, each changed by one of them. */
static const char *masked(struct arena *a, const char *token)
{
    unsigned char raw[2 * TOKEN_MOST];
    size_t n = strlen(token);

    randombytes_buf(raw, n);
    for (size_t i = 0; i < n; i++)
        raw[n + i] = raw[i] ^ (unsigned char)token[i];
    return hex_encode(a, raw, 2 * n);
}

/* What a form sent is the token itself, or the token under a mask. */
static bool is_token(const char *sent, const char *token)
{
    unsigned char raw[2 * TOKEN_MOST];
    char shown[TOKEN_MOST + 1] = "";
    size_t n = strlen(token);

    if (text_equal_secret(sent, token))
        return true;
    if (strlen(sent) != 4 * n || !hex_decode(sent, 4 * n, raw))
        return false;
    for (size_t i = 0; i < n; i++)
        shown[i] = (char)(raw[i] ^ raw[n + i]);
    return text_equal_secret(shown, token);
}

const char *csrf_token(struct rq *rq)
{
    const char *token = rq_cookie(rq, COOKIE);

    if (rq->csrf)
        return rq->csrf;
    if (!token || !token_valid(token)) {
        token = hex_random(rq->a, TOKEN_BYTES);
        rs_cookie(rq, COOKIE, token, YEAR_S, false);
    }
    rq->csrf = masked(rq->a, token);
    return rq->csrf;
}

/* ---- origin ---- */

/* "https://example.org:443/x" → "https://example.org": scheme and host in lower case, default port dropped. NULL when no origin. */
static char *origin_of(struct arena *a, const char *url)
{
    const char *host = strstr(url, "://");
    size_t scheme = host ? (size_t)(host - url) : 0, n;
    char *out;

    if (scheme == 0)
        return NULL;
    n = scheme + 3 + strcspn(host + 3, "/?#");
    out = arena_strndup(a, url, n);
    for (char *s = out; *s; s++)
        *s = (char)tolower((unsigned char)*s);
    if (text_starts(out, "https://") && text_ends(out, ":443"))
        out[n - 4] = '\0';
    if (text_starts(out, "http://") && text_ends(out, ":80"))
        out[n - 3] = '\0';
    return out;
}

static bool is_origin(struct arena *a, const char *origin, const char *url)
{
    const char *own = origin_of(a, url);

    return own && strcmp(origin, own) == 0;
}

/* A trusted origin may have a star as its first label; then every host below that name is trusted. */
static bool matches_pattern(struct arena *a, const char *origin, const char *pattern)
{
    const char *star = strstr(pattern, "://*.");
    size_t scheme = star ? (size_t)(star - pattern) + 3 : 0;

    if (!star)
        return is_origin(a, origin, pattern);
    pattern = origin_of(a, pattern);
    return pattern && strncmp(origin, pattern, scheme) == 0 && text_ends(origin + scheme, pattern + scheme + 1);
}

static bool origin_trusted(const struct rq *rq, const char *url)
{
    const char *origin = origin_of(rq->a, url);
    char *list = arena_strdup(rq->a, cfg.csrf_trusted_origins), *save = NULL;

    if (!origin)
        return false;
    if (is_origin(rq->a, origin, arena_printf(rq->a, "%s://%s", rq_is_https(rq) ? "https" : "http", rq_host(rq))))
        return true;
    if (*cfg.origin && is_origin(rq->a, origin, cfg.origin))
        return true;
    for (char *p = strtok_r(list, ", ", &save); p; p = strtok_r(NULL, ", ", &save))
        if (matches_pattern(rq->a, origin, p))
            return true;
    return false;
}

/* What a client sent, fit for a message: printable ASCII, not too long. */
static const char *printable(struct arena *a, const char *s)
{
    char *out = arena_strndup(a, s, 200);

    for (char *c = out; *c; c++)
        if (*c < 0x20 || *c > 0x7e)
            *c = '?';
    return out;
}

static err *refuse(const struct rq *rq, const char *header, const char *seen)
{
    return err_new(rq->a, ERR_PERMISSION,
                   "CSRF Failed: %s \"%s\" does not match this server (%s://%s). Behind a proxy set \"host\" to the public "
                   "address; for another site add it to \"csrf_trusted_origins\".",
                   header, printable(rq->a, seen), rq_is_https(rq) ? "https" : "http", rq_host(rq));
}

static err *check_origin(const struct rq *rq)
{
    const char *origin = rq_header(rq, "Origin");
    const char *site = rq_header(rq, "Sec-Fetch-Site");
    const char *referer = rq_header(rq, "Referer");

    if (origin)
        return origin_trusted(rq, origin) ? OK : refuse(rq, "Origin", origin);
    if (referer && !origin_trusted(rq, referer))
        return refuse(rq, "Referer", referer);
    if (site && !referer && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return refuse(rq, "Sec-Fetch-Site", site);
    /* Browsers send at least one of the three with an unsafe request; other programs carry no foreign user's cookies. */
    return OK;
}

/* ---- token ---- */

static err *check_token(struct rq *rq)
{
    const char *cookie = rq_cookie(rq, COOKIE);
    const char *sent = rq_header(rq, "X-CSRFToken");

    if (!cookie || !token_valid(cookie))
        return err_new(rq->a, ERR_PERMISSION, "CSRF Failed: CSRF cookie not set.");
    if (!sent) {
        TRY(rq_body(rq));
        sent = rq_form(rq, "csrfmiddlewaretoken");
    }
    if (!sent)
        return err_new(rq->a, ERR_PERMISSION, "CSRF Failed: CSRF token missing.");
    if (!is_token(sent, cookie))
        return err_new(rq->a, ERR_PERMISSION, "CSRF Failed: CSRF token incorrect.");
    return OK;
}

err *csrf_check(struct rq *rq, bool form)
{
    TRY(check_origin(rq));
    return form ? check_token(rq) : OK;
}
