/* Keeping a pool of workers at its number: forking, backoff after crashes, replacing. When to stop or to reload is the
 * master's decision. */
#include "main/pool.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/log.h"
#include "base/seats.h"
#include "http/spool.h"
#include "main/worker.h"

enum {
    CALM_US = 10 * 1000000,         /* a worker that lived this long has not crashed "again" */
    BACKOFF_FIRST_US = 100 * 1000,
    BACKOFF_MOST_US = 5 * 1000000
};

/* ---- in the new process ---- */

static void settle_in(const struct pool *p, const struct pool_fds *fds, pid_t master)
{
    sigset_t mask;

    /* The master's end is ours too; it may have come before we asked to hear of it. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != master)
        _exit(0);
    prctl(PR_SET_NAME, p->program);
    log_init(p->program, log_level_parse(cfg.log_level), !isatty(STDERR_FILENO));
    /* Ctrl-C and a closed terminal reach the whole group: only the master answers, and tells us. */
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);   /* past a limit on the size of files a write fails, like one to a full disk */
    sigemptyset(&mask);
    sigaddset(&mask, SIGTERM);   /* read by worker.c */
    sigprocmask(SIG_SETMASK, &mask, NULL);
    for (int i = 0; i < fds->nclose; i++)
        if (fds->close[i] != p->listen_fd)
            close(fds->close[i]);
}

/* Up to a tenth less, so that the workers of a pool do not leave together. */
static int64_t jittered(int64_t most)
{
    int64_t tenth = most / 10;

    return tenth > 0 ? most - (int64_t)((unsigned)getpid() * 2654435761u % (uint64_t)tenth) : most;
}

static _Noreturn void be_worker(const struct pool *p, int seat, const struct pool_fds *fds, pid_t master)
{
    struct worker w = {
        .pool = p->name,
        .program = p->program,
        .listen_fd = p->listen_fd,
        .ready_fd = fds->ready_fd,
        .statement_timeout_ms = p->statement_timeout_ms,
        .most_requests = jittered(p->most_requests),
    };

    settle_in(p, fds, master);
    seats_own(p->seats, seat);
    exit(worker_run(&w));
}

/* ---- in the master ---- */

static int64_t backoff_us(int crashes)
{
    int64_t us = BACKOFF_FIRST_US;

    if (crashes <= 1)
        return 0;
    for (int i = 2; i < crashes && us < BACKOFF_MOST_US; i++)
        us *= 2;
    return us < BACKOFF_MOST_US ? us : BACKOFF_MOST_US;
}

static void start_slot(struct pool *p, struct slot *s, const struct pool_fds *fds, int64_t now_us)
{
    pid_t master = getpid();
    pid_t pid = fork();

    if (pid == 0)
        be_worker(p, (int)(s - p->slots), fds, master);
    if (pid < 0) {
        log_msg(LOG_ERR, "could not start a worker", "pool=%s reason=\"%s\"", p->name, strerror(errno));
        s->due_us = now_us + BACKOFF_MOST_US;
        return;
    }
    s->pid = pid;
    s->generation = p->generation;
    s->ready = s->stopping = false;
    s->started_us = now_us;
    log_msg(LOG_DEBUG, "worker started", "pool=%s worker=%d", p->name, (int)pid);
}

void pool_fill(struct pool *p, const struct pool_fds *fds, int64_t now_us)
{
    for (int i = 0; i < p->size; i++)
        if (!p->slots[i].pid && p->slots[i].due_us <= now_us)
            start_slot(p, &p->slots[i], fds, now_us);
}

static struct slot *slot_of(struct pool *p, pid_t pid)
{
    for (int i = 0; i < POOL_MOST; i++)
        if (p->slots[i].pid == pid)
            return &p->slots[i];
    return NULL;
}

static void log_end(const struct pool *p, pid_t pid, int wait_status, int64_t lived_us, int64_t wait_us)
{
    if (WIFSIGNALED(wait_status))
        log_msg(LOG_ERR, "worker crashed", "pool=%s worker=%d signal=SIG%s lived_ms=%lld restart_in_ms=%lld", p->name, (int)pid,
                sigabbrev_np(WTERMSIG(wait_status)), (long long)lived_us / 1000, (long long)wait_us / 1000);
    else
        log_msg(LOG_ERR, "worker failed", "pool=%s worker=%d exit=%d lived_ms=%lld restart_in_ms=%lld", p->name, (int)pid,
                WEXITSTATUS(wait_status), (long long)lived_us / 1000, (long long)wait_us / 1000);
}

static void note_crash(struct pool *p, struct slot *s, pid_t pid, int wait_status, int64_t now_us)
{
    int64_t lived_us = now_us - s->started_us;

    s->crashes = lived_us >= CALM_US ? 1 : s->crashes + 1;
    s->due_us = now_us + backoff_us(s->crashes);
    log_end(p, pid, wait_status, lived_us, s->due_us - now_us);
}

bool pool_reap(struct pool *p, pid_t pid, int wait_status, int64_t now_us)
{
    struct slot *s = slot_of(p, pid);

    if (!s)
        return false;
    s->pid = 0;
    s->ready = false;
    seats_free(p->seats, (int)(s - p->slots));
    s->due_us = now_us;
    if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0)
        log_msg(LOG_DEBUG, "worker left", "pool=%s worker=%d", p->name, (int)pid);
    else if (s->stopping && WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL)
        log_msg(LOG_WARNING, "worker killed with its request, patience was over", "pool=%s worker=%d", p->name, (int)pid);
    else
        note_crash(p, s, pid, wait_status, now_us);
    if (!WIFEXITED(wait_status))
        spool_sweep(pid);
    return true;
}

void pool_mark_ready(struct pool *p, pid_t pid)
{
    struct slot *s = slot_of(p, pid);

    if (s)
        s->ready = true;
}

static void stop_slot(struct slot *s, int sig)
{
    if (s->pid && (!s->stopping || sig == SIGKILL)) {
        s->stopping = true;
        kill(s->pid, sig);
    }
}

void pool_stop(struct pool *p, int sig)
{
    for (int i = 0; i < POOL_MOST; i++)
        stop_slot(&p->slots[i], sig);
}

void pool_roll(struct pool *p)
{
    p->generation++;
    for (int i = 0; i < POOL_MOST; i++) {
        p->slots[i].crashes = 0;
        p->slots[i].due_us = 0;
    }
    pool_stop(p, SIGTERM);
}

bool pool_settled(const struct pool *p)
{
    for (int i = 0; i < p->size; i++)
        if (!p->slots[i].ready || p->slots[i].generation != p->generation)
            return false;
    return pool_alive(p) == p->size;
}

bool pool_any_ready(const struct pool *p)
{
    for (int i = 0; i < p->size; i++)
        if (p->slots[i].ready)
            return true;
    return false;
}

int pool_alive(const struct pool *p)
{
    int n = 0;

    for (int i = 0; i < POOL_MOST; i++)
        n += p->slots[i].pid != 0;
    return n;
}

int64_t pool_next_due(const struct pool *p)
{
    int64_t due = INT64_MAX;

    for (int i = 0; i < p->size; i++)
        if (!p->slots[i].pid && p->slots[i].due_us < due)
            due = p->slots[i].due_us;
    return due;
}
