/* The life of a worker: wait, accept, hand the request to the gate, log it, forget it. Everything about the request itself
 * is in http/ and api/.
 *
 * SIGTERM stays blocked and is read from a descriptor next to the listening socket: a handler could interrupt a read or
 * write of the current request, and libfcgi takes EINTR there for the connection's end. */
#include "main/worker.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "api/gate.h"
#include "base/clock.h"
#include "base/log.h"
#include "core/activity.h"
#include "db/db.h"
#include "http/rq.h"

struct serving {
    int epoll, stop_fd;
    struct arena *boot, *request;
    struct db *db;
    FCGX_Request fcgi;
    int64_t left;        /* requests until recycling; < 0 = no limit */
};

static bool watch(int epoll, int fd, uint32_t events)
{
    struct epoll_event ev = {.events = events, .data.fd = fd};

    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev) == 0;
}

static bool open_events(struct serving *s, int listen_fd)
{
    sigset_t stop;

    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    s->stop_fd = signalfd(-1, &stop, SFD_CLOEXEC);
    s->epoll = epoll_create1(EPOLL_CLOEXEC);
    /* EXCLUSIVE: one connection wakes one worker, not the whole pool. */
    return s->stop_fd >= 0 && s->epoll >= 0 && watch(s->epoll, s->stop_fd, EPOLLIN) &&
           watch(s->epoll, listen_fd, EPOLLIN | EPOLLEXCLUSIVE);
}

static int wait_events(const struct serving *s, struct epoll_event *ev, int timeout_ms)
{
    int n;

    do {
        n = epoll_wait(s->epoll, ev, 2, timeout_ms);
    } while (n < 0 && errno == EINTR);
    return n;
}

/* What has gathered for the activity log is written while nobody waits, or when it has become too much. */
static void write_activity(const struct serving *s)
{
    activity_flush(s->request, s->db);
    db_use_arena(s->db, s->boot);
    arena_reset(s->request);
}

/* True when a connection may be waiting, false when it is time to leave. */
static bool wait_for_work(const struct serving *s)
{
    struct epoll_event ev[2];
    int n = activity_waits() ? wait_events(s, ev, 0) : 0;

    if (n == 0) {
        write_activity(s);
        n = wait_events(s, ev, -1);
    }
    for (int i = 0; i < n; i++)
        if (ev[i].data.fd == s->stop_fd)
            return false;
    return n > 0;
}

static void log_access(const struct rq *rq, int64_t began_us)
{
    const char *uri = rq_param(rq, "REQUEST_URI");
    const char *path = uri ? uri : rq->path;

    /* As sent, so percent-encoded; without the query, which may hold secrets. */
    log_msg(LOG_INFO, "request", "method=%s path=\"%.*s\" status=%d bytes=%lld us=%lld", method_names[rq->method],
            (int)strcspn(path, "?\""), path, rq->rs->status, (long long)rq->rs->sent_bytes,
            (long long)(clock_mono_us() - began_us));
}

/* libfcgi waits until nginx has closed its end, so that nothing it still sends meets a closed socket. When all was read nothing can,
 * and the worker need not sleep once more. */
static void finish(struct serving *s, const struct rq *rq)
{
    if (rq_input_done(rq))
        FCGX_Detach(&s->fcgi);
    FCGX_Finish_r(&s->fcgi);
}

static void serve(struct serving *s)
{
    int64_t began_us = clock_mono_us();
    struct rq *rq = ARENA_NEW(s->request, struct rq);
    err *e;

    db_use_arena(s->db, s->request);
    e = rq_init(rq, s->request, &s->fcgi);
    log_set_request(rq->id);
    if (e)
        rs_error(rq, e);
    else
        gate_handle(rq);
    log_access(rq, began_us);
    gate_note(rq, clock_mono_us() - began_us);
    log_set_request(NULL);
    finish(s, rq);
    db_use_arena(s->db, s->boot);
    arena_reset(s->request);
    if (activity_due())
        write_activity(s);
}

/* The socket does not block: when another worker was faster, accept fails and we wait again. */
static void accept_one(struct serving *s)
{
    int code = FCGX_Accept_r(&s->fcgi);

    if (code == 0) {
        serve(s);
        if (s->left > 0)
            s->left--;
    } else if (code == -EMFILE || code == -ENFILE || code == -ENOMEM || code == -ENOBUFS) {
        log_msg(LOG_ERR, "could not accept", "reason=\"%s\"", strerror(-code));
        poll(NULL, 0, 100);   /* the connection stays queued; without a pause we would spin */
    }
}

static void report_ready(const struct worker *w)
{
    pid_t pid = getpid();

    if (write(w->ready_fd, &pid, sizeof pid) != sizeof pid)
        log_msg(LOG_DEBUG, "the master does not listen", "reason=\"%s\"", strerror(errno));
    close(w->ready_fd);
}

static bool start(struct serving *s, const struct worker *w)
{
    err *e;

    if (FCGX_Init() != 0 || FCGX_InitRequest(&s->fcgi, w->listen_fd, FCGI_FAIL_ACCEPT_ON_INTR) != 0 ||
        !open_events(s, w->listen_fd)) {
        log_msg(LOG_ERR, "worker could not start", "reason=\"%s\"", strerror(errno));
        return false;
    }
    /* Without a database the worker still answers /health, and 503 elsewhere, until the next attempt succeeds. */
    e = db_open(s->boot, w->pool, w->statement_timeout_ms, &s->db);
    if (e)
        log_err(e, "database not available at start");
    e = gate_init(s->boot, s->db, w->pool);
    if (e)
        log_msg(LOG_ERR, "worker could not start", "reason=\"%s\"", e->internal ? e->internal : e->detail);
    return !e;
}

int worker_run(const struct worker *w)
{
    struct serving s = {.boot = arena_new("boot"), .request = arena_new("request")};

    s.left = w->most_requests > 0 ? w->most_requests : -1;
    if (!start(&s, w))
        return 1;
    report_ready(w);
    while (s.left != 0 && wait_for_work(&s))
        accept_one(&s);
    write_activity(&s);
    arena_free(s.request);
    arena_free(s.boot);
    return 0;
}
