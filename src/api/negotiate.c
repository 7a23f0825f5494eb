/* CORS, OPTIONS and the Accept header. Pure functions of the request and the route table: no database, no user. */
#include "api/negotiate.h"

#include <strings.h>

#include "base/cfg.h"
#include "base/text.h"

/* ---- cross-origin ---- */

/* "*" or the origin itself when the setting lists it; NULL when it may not read us. */
static const char *allowed_origin(struct rq *rq, const char *origin)
{
    char *list, *save = NULL;

    if (strcmp(cfg.cors_origins, "*") == 0)
        return "*";
    list = arena_strdup(rq->a, cfg.cors_origins);
    for (char *p = strtok_r(list, ", ", &save); p; p = strtok_r(NULL, ", ", &save))
        if (strcasecmp(p, origin) == 0)
            return p;
    return NULL;
}

void negotiate_cors(struct rq *rq)
{
    const char *origin = rq_param(rq, "HTTP_ORIGIN");
    const char *allowed = origin ? allowed_origin(rq, origin) : NULL;

    if (allowed)
        rs_header(rq, "Access-Control-Allow-Origin", allowed);
    rs_header(rq, "Vary", "Accept-Language, Cookie, origin");
}

bool negotiate_is_preflight(const struct rq *rq)
{
    return rq->method == M_OPTIONS && rq_param(rq, "HTTP_ORIGIN") && rq_param(rq, "HTTP_ACCESS_CONTROL_REQUEST_METHOD");
}

err *negotiate_preflight(struct rq *rq)
{
    rs_header(rq, "Access-Control-Allow-Methods", "DELETE, GET, OPTIONS, PATCH, POST, PUT");
    rs_header(rq, "Access-Control-Allow-Headers",
              "accept, authorization, content-type, if-match, prefer, user-agent, x-api-key, x-csrftoken, x-requested-with");
    rs_header(rq, "Access-Control-Max-Age", "86400");
    return OK;
}

/* ---- methods ---- */

void negotiate_allow(struct rq *rq)
{
    struct strbuf b;

    strbuf_init(&b, rq->a, 128);
    for (int m = 0; m < M_OPTIONS; m++)
        if (rq->match.allow >> m & 1)
            strbuf_printf(&b, "%s, ", method_names[m]);
    strbuf_puts(&b, method_names[M_OPTIONS]);
    rs_header(rq, "Allow", b.buf);
}

static void write_field(struct jw *w, const struct jin_field *f)
{
    static const char *const types[] = {
        [JIN_TEXT] = "string", [JIN_INT] = "integer", [JIN_FLOAT] = "float", [JIN_BOOL] = "boolean", [JIN_JSON] = "field",
        [JIN_OBJECT] = "field", [JIN_ARRAY] = "list", [JIN_ENUM] = "choice", [JIN_TIME] = "datetime", [JIN_UUID] = "string",
        [JIN_COLOR] = "string", [JIN_EMAIL] = "email",
    };

    jw_key(w, f->name);
    jw_obj(w);
    jw_kstr(w, "type", types[f->type]);
    jw_kbool(w, "required", (f->flags & JIN_REQUIRED) != 0);
    jw_kbool(w, "read_only", (f->flags & JIN_READONLY) != 0);
    if (f->doc)
        jw_kstr(w, "help_text", f->doc);
    if (f->type == JIN_TEXT && f->max)
        jw_ki64(w, "max_length", f->max);
    jw_end(w);
}

static void write_action(struct jw *w, const struct route *r)
{
    if (!r->body)
        return;
    jw_key(w, method_names[r->method]);
    jw_obj(w);
    for (const struct jin_field *f = r->body->fields; f->name; f++)
        write_field(w, f);
    jw_end(w);
}

static void write_list(struct jw *w, const char *key, const char *const *items)
{
    jw_key(w, key);
    jw_arr(w);
    for (; *items; items++)
        jw_str(w, *items);
    jw_end(w);
}

err *negotiate_options(struct rq *rq, const struct route_trie *t)
{
    static const char *const renders[] = {"application/json", NULL};
    static const char *const parses[] = {"application/json", "application/x-www-form-urlencoded", "multipart/form-data", NULL};
    const struct route *served[M_COUNT] = {0};
    const struct route *first = NULL;
    struct jw *w = rs_json(rq);

    for (int m = M_COUNT - 1; m >= 0; m--) {
        struct route_match found;

        if (m != M_HEAD && rq->match.allow >> m & 1 && route_find(t, rq->a, (enum method)m, rq->path, &found) && found.route)
            first = served[m] = found.route;
    }
    jw_obj(w);
    jw_kstr(w, "name", first ? first->operation_id : "");
    jw_kstr(w, "description", first ? first->summary : "");
    write_list(w, "renders", renders);
    write_list(w, "parses", parses);
    jw_key(w, "actions");
    jw_obj(w);
    for (int m = 0; m < M_COUNT; m++)
        if (served[m] && (m == M_POST || m == M_PUT))
            write_action(w, served[m]);
    jw_end(w);
    jw_end(w);
    return OK;
}

/* ---- the type of the answer ---- */

/* "q=0" (also 0.0…) among the parameters of one range means "not this". */
static bool ruled_out(const char *params, size_t len)
{
    for (size_t i = 0; i + 3 < len + 1; i++)
        if (params[i] == ';') {
            size_t at = i + 1 + strspn(params + i + 1, " ");

            if (at + 2 < len && (params[at] | 0x20) == 'q' && params[at + 1] == '=')
                return strspn(params + at + 2, "0.") == strcspn(params + at + 2, ";, ");
        }
    return false;
}

static bool range_takes_json(const char *range, size_t len)
{
    static const char *const ranges[] = {"application/json", "application/*", "*/*"};
    size_t n = strcspn(range, ";, ");

    for (int i = 0; i < 3; i++)
        if (n == strlen(ranges[i]) && strncasecmp(range, ranges[i], n) == 0)
            return !ruled_out(range, len);
    return false;
}

err *negotiate_accept(struct rq *rq)
{
    const char *s = rq_param(rq, "HTTP_ACCEPT");

    if (!s || !*s)
        return OK;
    while (*s) {
        size_t len;

        s += strspn(s, ", ");
        len = strcspn(s, ",");
        if (len && range_takes_json(s, len))
            return OK;
        s += len;
    }
    return err_new(rq->a, ERR_NOT_ACCEPTABLE, NULL);
}
