/* One worker process: accepts requests on its pool's socket until told to stop. */
#ifndef LABELD_MAIN_WORKER_H
#define LABELD_MAIN_WORKER_H

#include <stdint.h>

struct worker {
    const char *pool;             /* "web" or "slow" */
    const char *program;          /* name in log and process list, "labeld-web" */
    int listen_fd;
    int ready_fd;                 /* the master's pipe: our pid goes there once requests are taken */
    int64_t statement_timeout_ms;
    int64_t most_requests;        /* then leave; 0 = never */
};

/* Serve until SIGTERM, the parent's death or most_requests. Returns the exit status: 0 when the end was in order. */
int worker_run(const struct worker *w);

#endif
