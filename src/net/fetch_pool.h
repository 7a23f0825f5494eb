/* Several downloads at the same time, of which one is waited for. They are under way while somebody waits; between that they only gather
 * what the system buffers. Every address is checked as in fetch.h. */
#ifndef LABELD_NET_FETCH_POOL_H
#define LABELD_NET_FETCH_POOL_H

#include "net/fetch.h"

struct fetch_pool;

struct fetch_pool_options {
    struct fetch_options each;
    size_t most;        /* at the same time, and one that is waited for at once */
    int64_t all_bytes;  /* of all of them, from the first to the last */
};

/* Lives as long as the arena, which must not be rewound meanwhile; what is under way then is given up. */
struct fetch_pool *fetch_pool_new(struct arena *a, const struct fetch_pool_options *o);
/* Is there room for one that is waited for later? Without it one that is waited for at once can be added all the same. Those that nobody
 * takes are given up after a while. */
bool fetch_pool_room(struct fetch_pool *p);
/* Have all_bytes been used up? Nothing comes any more then. */
bool fetch_pool_spent(const struct fetch_pool *p);
/* Begin with one that will be taken; fd is the pool's from now on. What is under way already is not begun twice. */
void fetch_pool_add(struct fetch_pool *p, const char *url, int fd);
bool fetch_pool_has(const struct fetch_pool *p, const char *url);

struct fetch_pool_result {
    int fd;          /* the caller's to close; -1 when it failed */
    int64_t took_us;
    bool starved;    /* it failed, maybe because nobody waited for anything meanwhile */
};
/* The bytes of a download that was added, as soon as they are there. Errors: NO_SPACE, INTERNAL. */
err *fetch_pool_take(struct fetch_pool *p, const char *url, struct fetch_pool_result *out) __attribute__((warn_unused_result));

#endif
