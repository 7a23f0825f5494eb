/* Requests: path, query, headers and the typed access to their parts. Bodies are read in rq_body.c; what depends on
 * proxies (host, scheme, client address) is worked out in rq_client.c. */
#include "http/rq.h"

#include <ctype.h>

#include "base/cfg.h"
#include "base/log.h"
#include "base/text.h"
#include "http/cookie.h"
#include "http/query.h"
#include "json/verr.h"

const char *rq_param(const struct rq *rq, const char *name)
{
    return FCGX_GetParam(name, rq->fcgi->envp);
}

const char *rq_header(const struct rq *rq, const char *name)
{
    char *param = arena_printf(rq->a, "HTTP_%s", name);
    const char *value;

    for (char *s = param; *s; s++)
        *s = *s == '-' ? '_' : (char)toupper((unsigned char)*s);
    /* The two headers that CGI names without HTTP_; web servers pass them empty when the client sent none. */
    if (strcmp(param + 5, "CONTENT_TYPE") == 0 || strcmp(param + 5, "CONTENT_LENGTH") == 0) {
        value = rq_param(rq, param + 5);
        return value && *value ? value : NULL;
    }
    return rq_param(rq, param);
}

const char *rq_cookie(const struct rq *rq, const char *name)
{
    const char *header = rq_param(rq, "HTTP_COOKIE");

    return header ? cookie_get(rq->a, header, name) : NULL;
}

/* ---- the request line ---- */

static err *read_method(struct rq *rq)
{
    const char *name = rq_param(rq, "REQUEST_METHOD");

    for (int m = 0; name && m < M_COUNT; m++)
        if (strcmp(name, method_names[m]) == 0) {
            rq->method = (enum method)m;
            return OK;
        }
    return err_new(rq->a, ERR_METHOD, "Method \"%.32s\" not allowed.", name ? name : "");
}

/* "." or ".." between slashes: clients resolve them before they send, so here they only serve mischief. */
static bool has_dot_segment(const char *path)
{
    for (const char *s = path; s; s = strchr(s + 1, '/')) {
        size_t n = strcspn(s + 1, "/");

        if ((n == 1 && s[1] == '.') || (n == 2 && s[1] == '.' && s[2] == '.'))
            return true;
    }
    return false;
}

static const char *without_base(const char *path)
{
    size_t n = strlen(cfg.base_path);

    if (n && strncmp(path, cfg.base_path, n) == 0 && (path[n] == '/' || path[n] == '\0'))
        path += n;
    return *path ? path : "/";
}

static const char *one_slash(const char *path)
{
    return path + strspn(path, "/") - 1;
}

/* REQUEST_URI is what the client sent; DOCUMENT_URI is already decoded and has its slashes merged. */
static err *read_path(struct rq *rq)
{
    const char *raw = rq_param(rq, "REQUEST_URI");
    const char *path;
    size_t n;

    if (raw && *raw == '/') {
        path = url_decode(rq->a, raw, strcspn(raw, "?#"), false, &n);
    } else {
        raw = rq_param(rq, "DOCUMENT_URI");
        path = arena_strdup(rq->a, raw ? raw : "");
        n = strlen(path);
    }
    if (*path != '/' || memchr(path, '\0', n) || !utf8_valid(path, n))
        return err_new(rq->a, ERR_BAD_REQUEST, "The path is not valid.");
    path = one_slash(path);
    if (has_dot_segment(path))
        return err_new(rq->a, ERR_BAD_REQUEST, "The path is not valid.");
    rq->path = one_slash(without_base(path));
    return OK;
}

static err *read_query(struct rq *rq)
{
    const char *raw = rq_param(rq, "QUERY_STRING");

    rq->query_string = raw ? raw : "";
    return query_parse(rq->a, "query", rq->query_string, strlen(rq->query_string), &rq->query, &rq->nquery);
}

/* nginx's, so that what it answers by itself and what we log meet; it sets the parameter in every request. */
static const char *request_id(struct rq *rq)
{
    const char *given = rq_param(rq, "REQUEST_ID");

    return given && strlen(given) == 36 && uuid_valid(given) ? given : uuid4(rq->a);
}

err *rq_init(struct rq *rq, struct arena *a, FCGX_Request *fcgi)
{
    *rq = (struct rq){.a = a, .fcgi = fcgi, .path = "/", .query_string = "", .body_most = cfg.upload_max_bytes};
    rq->id = request_id(rq);
    rq->rs = ARENA_NEW(a, struct rs);
    rs_init(rq->rs, rq);
    TRY(read_method(rq));
    TRY(read_path(rq));
    return read_query(rq);
}

/* ---- parts of the pattern ---- */

const char *rq_arg(const struct rq *rq, const char *name)
{
    for (int i = 0; i < rq->match.n; i++)
        if (strcmp(rq->match.names[i], name) == 0)
            return rq->match.texts[i];
    BUG("route has no part {%s}", name);
}

int64_t rq_int(const struct rq *rq, const char *name)
{
    int64_t v;

    return int_parse(rq_arg(rq, name), 0, INT32_MAX, &v) ? v : -1;
}

/* ---- query ---- */

const char *rq_query(const struct rq *rq, const char *name)
{
    return pairs_last(rq->query, rq->nquery, name);
}

const char *rq_query_text(const struct rq *rq, const char *name)
{
    const char *text = rq_query(rq, name);

    return text && *text ? text : NULL;
}

static bool is_name_or_list(const char *have, const char *name)
{
    size_t n = strlen(name);

    return strncmp(have, name, n) == 0 && (have[n] == '\0' || strcmp(have + n, "[]") == 0);
}

size_t rq_query_all(const struct rq *rq, const char *name, const char ***out)
{
    size_t n = 0;

    *out = arena_array(rq->a, rq->nquery, sizeof **out);
    for (size_t i = 0; i < rq->nquery; i++)
        if (is_name_or_list(rq->query[i].name, name))
            (*out)[n++] = rq->query[i].value;
    return n;
}

err *rq_query_int(const struct rq *rq, const char *name, int64_t absent, int64_t *out)
{
    const char *text = rq_query(rq, name);

    *out = absent;
    if (!text || !*text || int_parse(text, INT64_MIN, INT64_MAX, out))
        return OK;
    return verr_one(rq->a, name, "A valid integer is required.");
}

err *rq_query_bool(const struct rq *rq, const char *name, bool absent, bool *out)
{
    const char *text = rq_query(rq, name);

    *out = absent;
    if (!text || !*text || bool_parse(text, out))
        return OK;
    return verr_one(rq->a, name, "Must be a valid boolean.");
}

err *rq_query_switch(const struct rq *rq, const char *name, bool absent, bool *out)
{
    const char *text = rq_query(rq, name);

    *out = absent;
    if (!text || bool_parse(text, out))
        return OK;
    return verr_text(rq->a, name, "Incorrect bool value \"%s\". It should be one of [1, 0, true, false, yes, no]", text);
}

err *rq_query_id(const struct rq *rq, const char *name, int64_t *out)
{
    const char *text = rq_query(rq, name);

    *out = 0;
    if (!text || !*text || int_parse(text, 0, INT32_MAX, out))
        return OK;
    if (text[strspn(text, "0123456789")] == '\0')
        *out = -1;
    else
        return verr_text(rq->a, name, "Incorrect value in key \"%s\" = \"%s\". It should be digit string.", name, text);
    return OK;
}

const char *rq_form(const struct rq *rq, const char *name)
{
    return pairs_last(rq->form, rq->nform, name);
}

bool rq_wants_html(const struct rq *rq)
{
    const char *accept = rq_param(rq, "HTTP_ACCEPT");

    return accept && strstr(accept, "text/html");
}
