/* Downloads on behalf of users. With the guard on, no address in a reserved network is ever
 * connected to, whatever names, redirects or later answers of a name server say: each address is
 * checked, and the checked one is connected to. */
#ifndef LABELD_NET_FETCH_H
#define LABELD_NET_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct fetch_options {
    bool guard;         /* refuse reserved networks */
    int64_t timeout_ms; /* for everything, redirects included */
    int64_t most_bytes; /* of the body */
};

struct fetched {
    const char *url; /* where the redirects ended */
    int64_t size_bytes;
};

/* Write the body of GET url to fd; http and https, at most five redirects.
 * Errors: VALIDATION under non_field_errors, as the reference server words refused and unknown
 * hosts. */
err *fetch_file(struct arena *a, const char *url, const struct fetch_options *o, int fd,
                struct fetched *out) __attribute__((warn_unused_result));
/* Last segment of the URL's path, decoded; "" when there is none. */
const char *fetch_name(struct arena *a, const char *url);

#endif
