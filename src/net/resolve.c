/* getaddrinfo() has no time limit and cannot be broken off, so each name gets a thread of its own, the only ones of a process: it calls
 * nothing else, and touches nothing but its own memory. Whoever of both is done last frees that. */
#include "net/resolve.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"

struct resolve {
    atomic_int holders;
    atomic_bool known;
    int fd;
    char *host, *port;
    struct addrinfo *list;
};

static void let_go(struct resolve *r)
{
    if (atomic_fetch_sub(&r->holders, 1) > 1)
        return;
    if (r->list)
        freeaddrinfo(r->list);
    if (r->fd >= 0)
        close(r->fd);
    free(r->host);
    free(r->port);
    free(r);
}

static bool look_up(struct resolve *r, int flags)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};

    if (getaddrinfo(r->host, r->port, &hints, &r->list) == 0)
        return true;
    r->list = NULL;
    return false;
}

static void tell(struct resolve *r)
{
    const uint64_t one = 1;

    atomic_store(&r->known, true);
    if (r->fd >= 0 && write(r->fd, &one, sizeof one) < 0)
        return; /* whoever waits looks again before long */
}

static void *run(void *resolve)
{
    struct resolve *r = resolve;

    look_up(r, 0);
    tell(r);
    let_go(r);
    return NULL;
}

/* Signals are for the process, not for a thread that waits for name servers. */
static bool thread_start(struct resolve *r)
{
    sigset_t all, before;
    pthread_t thread;
    bool started;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(&thread, NULL, run, r) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started)
        pthread_detach(thread);
    return started;
}

struct resolve *resolve_start(const char *host, const char *port)
{
    struct resolve *r = calloc(1, sizeof *r);

    if (!r || !(r->host = strdup(host)) || !(r->port = strdup(port)))
        BUG("no memory for the name of a host");
    atomic_init(&r->holders, 2);
    r->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (r->fd >= 0 && !look_up(r, AI_NUMERICHOST) && thread_start(r))
        return r;
    tell(r); /* a literal, or there is no way to ask */
    let_go(r);
    return r;
}

bool resolve_known(const struct resolve *r)
{
    return atomic_load(&r->known);
}

int resolve_fd(const struct resolve *r)
{
    return r->fd;
}

const struct addrinfo *resolve_addresses(const struct resolve *r)
{
    return r->list;
}

void resolve_free(void *r)
{
    let_go(r);
}
