/* The one route table. src/api/routes.def is included with different macros; here are its types and the matcher. */
#ifndef LABELD_HTTP_ROUTE_H
#define LABELD_HTTP_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct rq;
struct jin_spec;
typedef err *route_handler(struct rq *rq);

enum method { M_GET, M_POST, M_PUT, M_PATCH, M_DELETE, M_HEAD, M_OPTIONS, M_COUNT };
extern const char *const method_names[M_COUNT];

enum route_flags {
    RF_PAGE = 1,      /* HTML page: session (or Bearer) log-in, 302 to the log-in page, HTML errors, page CSP */
    RF_PUBLIC = 2,    /* no credentials needed; used when present */
    RF_TX = 4,        /* the gate runs the handler in one transaction; the answer is held until commit */
    RF_SLOW = 8,      /* served by the slow pool (nginx location) */
    RF_NOSLASH = 16,  /* documented without a trailing slash (both forms are served) */
    RF_NODB = 32,     /* works without the database (health) */
    RF_STREAM = 64,   /* the answer may exceed memory: flushed as it grows */
    RF_CSRF = 128,    /* form post: CSRF token is required even without a session (log-in, sign-up) */
    RF_BARE = 256     /* answers what is wrong with a body without the envelope */
};

enum { ROUTE_ARGS = 4 };

struct route {
    enum method method;
    const char *pattern;          /* "/api/tasks/{id:int}/": {name:int} digits only, {name:str} one segment, {name:path} the rest */
    int permission;               /* enum perm, or PERM_NONE */
    const struct jin_spec *body;  /* NULL: no JSON body is read by the gate */
    route_handler *handler;
    const char *operation_id;
    unsigned flags;
    const char *summary;          /* one sentence for OpenAPI and `labeld-admin routes` */
};

/* A matched URL: route and the texts of its {…} parts. */
struct route_match {
    const struct route *route;
    const char *names[ROUTE_ARGS];
    const char *texts[ROUTE_ARGS];
    int n;
    unsigned allow;               /* bit per method that the path serves: for Allow and 405 */
};

struct route_trie;
/* Compile n routes into a segment trie in `a`. Two lines that match the same URL and method abort the program with both named. */
struct route_trie *route_build(struct arena *a, const struct route *routes, size_t n);
/* Match method and path (leading //, trailing slash or none are all the same). False when no pattern fits the path; true with
 * m->route NULL when the path exists for other methods (m->allow says which). HEAD matches GET. */
bool route_find(const struct route_trie *t, struct arena *a, enum method method, const char *path, struct route_match *m);

#endif
