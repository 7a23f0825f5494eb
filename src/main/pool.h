/* A pool: worker processes of one kind on one listening socket, kept at their number by the master. */
#ifndef LABELD_MAIN_POOL_H
#define LABELD_MAIN_POOL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { POOL_MOST = 256 };

struct slot {
    pid_t pid;             /* 0: empty */
    unsigned generation;   /* of the settings it was started with */
    bool ready;            /* it takes requests */
    bool stopping;         /* told to leave */
    int crashes;           /* since the last calm time */
    int64_t started_us;
    int64_t due_us;        /* empty: start it then */
};

struct pool {
    const char *name;          /* "web" */
    const char *program;       /* "labeld-web" */
    int listen_fd;
    int size;                  /* slots from here on only run out */
    unsigned generation;
    int64_t statement_timeout_ms;
    int64_t most_requests;
    struct seats *seats;       /* of a pool that no caller may take whole; NULL: of no other */
    struct slot slots[POOL_MOST];
};

/* Descriptors of the master that a worker inherits: it writes to ready_fd and closes the others. */
struct pool_fds {
    int ready_fd;
    const int *close;
    int nclose;
};

/* Start what is due. Returns in the master only. */
void pool_fill(struct pool *p, const struct pool_fds *fds, int64_t now_us);
/* A process ended with this wait status: log it and say when its successor is due. False when it is none of ours. */
bool pool_reap(struct pool *p, pid_t pid, int wait_status, int64_t now_us);
/* A worker reported that it takes requests. */
void pool_mark_ready(struct pool *p, pid_t pid);
/* Ask every worker to leave after its current request; `sig` SIGTERM or SIGKILL. */
void pool_stop(struct pool *p, int sig);
/* Replace every worker, each as soon as it has finished its request. */
void pool_roll(struct pool *p);
/* Every worker runs with the present settings and takes requests; surplus ones are gone. */
bool pool_settled(const struct pool *p);
bool pool_any_ready(const struct pool *p);
int pool_alive(const struct pool *p);
/* Earliest time at which an empty slot is due; INT64_MAX when none is. */
int64_t pool_next_due(const struct pool *p);

#endif
