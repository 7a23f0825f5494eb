/* The sockets that nginx connects to. */
#ifndef LABELD_MAIN_LISTEN_H
#define LABELD_MAIN_LISTEN_H

#include <sys/types.h>

#include "base/err.h"

struct listener {
    int fd;
    const char *path;     /* Unix socket, NULL for TCP */
    dev_t dev;
    ino_t ino;
};

/* Bind and listen: a path (holds a slash), or host:port, [v6]:port, :port. `mode` is octal text for Unix sockets. A socket
 * file that nobody listens on is replaced. The descriptor does not block, so that workers may race for connections.
 * Errors: BAD_REQUEST (address or mode not understood), CONFLICT (somebody listens there), INTERNAL. */
err *listen_open(struct arena *a, const char *address, const char *mode, struct listener *out) __attribute__((warn_unused_result));
/* Is the text an address that listen_open understands? Nothing is opened. */
err *listen_check(struct arena *a, const char *address, const char *mode) __attribute__((warn_unused_result));
/* Close, and remove the socket file if it is still ours. */
void listen_close(struct listener *l);

#endif
