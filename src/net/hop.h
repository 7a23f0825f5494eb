/* One HTTP exchange on behalf of users: resolve, check, connect to the checked addresses only. Redirects are answers like others: whoever
 * follows one makes another hop, with a check of its own. Which addresses are refused is guard.c. */
#ifndef LABELD_NET_HOP_H
#define LABELD_NET_HOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Takes the body as it comes; false ends the exchange. */
typedef bool hop_sink(void *to, const char *p, size_t len);

struct hop {
    const char *url;
    const char *body;               /* POSTed as JSON; NULL = GET */
    size_t body_len;
    const char *const *headers;     /* "Name: value", ended by NULL; NULL = none */
    const char *user, *password;    /* basic authentication; NULL = none */
    const char *agent;              /* User-Agent */
    bool guard;                     /* refuse reserved networks */
    int64_t timeout_ms;
    int64_t most_bytes;             /* of the answer's body */
    hop_sink *sink;
    void *to;
};

enum hop_end {
    HOP_ANSWERED,      /* status is set */
    HOP_NO_URL,        /* not one that can be read; text: it */
    HOP_SCHEME,        /* neither http nor https */
    HOP_NO_HOST,       /* text: the URL */
    HOP_UNRESOLVED,    /* text: the host */
    HOP_REFUSED,       /* text: the reserved block, "127.0.0.0/8" */
    HOP_TOO_LARGE,
    HOP_SINK,          /* the sink ended it */
    HOP_TIMEOUT,
    HOP_FAILED         /* text: why */
};

struct hop_result {
    enum hop_end end;
    const char *text;
    long status;
    const char *location;    /* absolute, of a redirect; NULL = none */
};

void hop_run(struct arena *a, const struct hop *h, struct hop_result *out);

/* The same in parts, for exchanges side by side. hop_open is NULL when it ended at once, else the host's name is being looked up. When
 * hop_lookup_fd is -1 (it is known, or has taken too long) hop_connect goes on; before, the descriptor tells when to look again. False: it ended before a connection; else whoever performs the
 * handle (a CURL *) says with which code it ended. */
struct hop_exchange;
struct hop_exchange *hop_open(struct arena *a, const struct hop *h, struct hop_result *out);
int hop_lookup_fd(const struct hop_exchange *x);
bool hop_connect(struct hop_exchange *x);
void *hop_handle(const struct hop_exchange *x); /* NULL before hop_connect */
void hop_close(struct hop_exchange *x, int code);

#endif
