/* Query strings and urlencoded bodies: name=value pairs joined by &. */
#ifndef LABELD_HTTP_QUERY_H
#define LABELD_HTTP_QUERY_H

#include <stddef.h>

#include "http/rq.h"

enum { QUERY_MOST = 10000 };   /* pairs in one query or form */

/* Decode s into pairs, in order, empty pieces left out. `what` ("query", "form") appears in messages.
 * Errors: BAD_REQUEST for a NUL, for text that is not UTF-8, for more than QUERY_MOST pairs. */
err *query_parse(struct arena *a, const char *what, const char *s, size_t len, struct rq_pair **pairs, size_t *n)
    __attribute__((warn_unused_result));
/* A value with a null character in it: told under its field, as a body in JSON would be, but no business of those who show mistakes beside
 * their fields, since the form was not read. name NULL: the name of a field has one. */
err *query_nul(struct arena *a, const char *name) __attribute__((warn_unused_result));

/* The last pair of that name, NULL when there is none. */
const char *pairs_last(const struct rq_pair *pairs, size_t n, const char *name);

#endif
