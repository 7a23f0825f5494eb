/* One download, hop by hop: what fetch.c does one after the other, and fetch_pool.c several at a time. */
#ifndef LABELD_NET_DOWNLOAD_H
#define LABELD_NET_DOWNLOAD_H

#include "net/fetch.h"
#include "net/hop.h"

struct download {
    struct arena *a;
    struct fetch_options o;
    int fd;
    int64_t size_bytes;
    int64_t until_us;
    int64_t *left;      /* bytes that several downloads may have together; NULL = as many as they like */
    bool spent;         /* they had them */
    int write_errno;    /* why the bytes could not be kept */
    int hops;
    struct hop hop;     /* the next exchange */
    struct hop_result result;
};

/* The body of url goes to fd. a lasts as long as the download. */
void download_start(struct download *d, struct arena *a, const char *url, const struct fetch_options *o, int fd);
/* Make the next exchange ready: d->hop, whose outcome belongs into d->result. Errors: VALIDATION (too long, too many redirects). */
err *download_next(struct download *d) __attribute__((warn_unused_result));
/* What came of it. *more: a redirect leads on. Errors: as fetch_file. */
err *download_judge(struct download *d, bool *more) __attribute__((warn_unused_result));

#endif
