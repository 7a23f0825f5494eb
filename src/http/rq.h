/* A request as the handlers see it. Owned by its arena; one at a time per worker. */
#ifndef LABELD_HTTP_RQ_H
#define LABELD_HTTP_RQ_H

#include <fcgiapp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "http/route.h"
#include "http/rs.h"
#include "json/jin.h"

struct scope;   /* core/scope.h: acting user, organization, database; set by the gate */

struct rq_pair {
    const char *name;
    const char *value;
};

/* One part of a multipart body with a file name; its bytes lie in a temporary file that vanishes with the request. */
struct rq_file {
    const char *field;
    const char *name;          /* file name as sent, last path segment only, UTF-8 */
    const char *content_type;
    const char *path;          /* temporary file below cfg.data_dir/tmp; rename it to keep it */
    int64_t size_bytes;
};

struct rq {
    struct arena *a;
    FCGX_Request *fcgi;
    enum method method;
    const char *path;              /* decoded, without the base path, always starts with one / */
    const char *query_string;      /* as sent */
    struct rq_pair *query;         /* decoded, in order */
    size_t nquery;
    struct route_match match;
    struct scope *scope;
    struct rs *rs;
    const char *id;                /* UUID of this request: in the log and in error envelopes */

    int64_t body_most;             /* bytes that a body may have */

    /* body; filled by rq_body */
    bool body_read;
    struct span body;              /* raw bytes (memory, or a mapped temporary file); {NULL,0} for multipart */
    bool body_is_form;             /* urlencoded or multipart: read `form` and `files`, not `body` */
    struct rq_pair *form;          /* urlencoded or multipart text fields */
    size_t nform;
    struct rq_file *files;
    size_t nfiles;
    struct jin in;                 /* validated body when the route has a spec */

    const char *csrf;              /* token of this page, once csrf_token was asked */
};

/* Build from a FastCGI request. Errors: BAD_REQUEST (bad method, path not UTF-8 …). */
err *rq_init(struct rq *rq, struct arena *a, FCGX_Request *fcgi) __attribute__((warn_unused_result));
const char *rq_param(const struct rq *rq, const char *name);        /* FastCGI parameter, NULL when absent */
const char *rq_header(const struct rq *rq, const char *name);       /* "Content-Type", "If-Match"…; NULL when absent */
const char *rq_cookie(const struct rq *rq, const char *name);       /* decoded; NULL when absent */
int64_t rq_int(const struct rq *rq, const char *name);              /* {name:int} of the pattern; asking for another is a bug; beyond 32 bits gives -1 */
const char *rq_arg(const struct rq *rq, const char *name);          /* {name:str} or {name:path} */

/* Query parameters. The last of equal names counts; rq_query_all gives every one (also name[]). */
const char *rq_query(const struct rq *rq, const char *name);
const char *rq_query_text(const struct rq *rq, const char *name);       /* NULL also when it is empty */
size_t rq_query_all(const struct rq *rq, const char *name, const char ***out);
/* Typed: absent → `absent`. Errors: VALIDATION under the parameter's name. */
err *rq_query_int(const struct rq *rq, const char *name, int64_t absent, int64_t *out) __attribute__((warn_unused_result));
err *rq_query_bool(const struct rq *rq, const char *name, bool absent, bool *out) __attribute__((warn_unused_result));

/* A switch of imports, submissions and task reads: an empty text is refused too, and in other words. */
err *rq_query_switch(const struct rq *rq, const char *name, bool absent, bool *out) __attribute__((warn_unused_result));
/* The id of an object; absent or empty → 0, which no object has. What can be no id is refused in the words of those parameters. */
err *rq_query_id(const struct rq *rq, const char *name, int64_t *out) __attribute__((warn_unused_result));

/* Read the body by its content type: JSON (spooled to a file above cfg.body_spool_bytes and mapped), urlencoded, multipart (files streamed to disk).
 * Repeated calls are free. Errors: TOO_LARGE, MEDIA_TYPE, PARSE, BAD_REQUEST (body shorter than announced), INTERNAL (disk). */
err *rq_body(struct rq *rq) __attribute__((warn_unused_result));
/* Instead of that, for bytes that go straight where they belong: how many there are, and all of them in pieces, whatever their type.
 * Errors: TOO_LARGE, BAD_REQUEST, those of fn. */
typedef err *rq_piece_fn(void *to, const char *p, size_t len);
err *rq_body_length(struct rq *rq, size_t *out) __attribute__((warn_unused_result));
err *rq_body_pass(struct rq *rq, rq_piece_fn *fn, void *to) __attribute__((warn_unused_result));
/* Has everything been read that the web server sends for this request? */
bool rq_input_done(const struct rq *rq);
const char *rq_form(const struct rq *rq, const char *name);         /* last text field of that name, NULL when absent */

/* As seen by the client, honouring forwarded headers of trusted proxies. */
bool rq_is_https(const struct rq *rq);
const char *rq_host(const struct rq *rq);                           /* "example.org:8080" */
const char *rq_remote_addr(const struct rq *rq);
const char *rq_base_url(const struct rq *rq);                       /* "https://example.org:8080/label", no trailing slash */
/* Absolute URL of this request with query keys sorted and `name` replaced by `value` (NULL drops it), trailing-slash form of the path. */
const char *rq_url_with(const struct rq *rq, const char *name, const char *value);
bool rq_wants_html(const struct rq *rq);

#endif
