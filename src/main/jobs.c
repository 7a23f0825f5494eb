/* labeld-jobs: keeps the job runners going, one process each, and one that sends what webhooks are to be told. The parent never touches the database, so whatever a job does,
 * it can start the next runner; the work itself is in jobs/. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "hooks/deliver.h"
#include "jobs/runner.h"

enum {
    RUNNERS_MOST = 64,
    BACKOFF_FIRST_US = 100 * 1000,
    BACKOFF_MOST_US = 10 * 1000 * 1000,
    CALM_US = 10 * 1000 * 1000,      /* a runner that lived this long did not crash at its start */
};

struct slot {
    pid_t pid;                /* 0: empty */
    int64_t started_us;
    int64_t due_us;           /* empty: start it then */
    int crashes;              /* in a row */
};

struct parent {
    const char *file;
    struct arena *settings;
    int n;                    /* slots in use: the runners, and the last one for webhooks */
    bool once;                /* leave when nothing is ready */
    bool stopping;
    int64_t kill_at_us;
    struct slot slots[RUNNERS_MOST + 1];
};

/* ---------------------------------------------------------------- a runner */

static volatile sig_atomic_t told_to_stop;

static void on_stop(int sig)
{
    (void)sig;
    told_to_stop = 1;
}

static bool stopping(void)
{
    return told_to_stop;
}

static void runner_signals(void)
{
    struct sigaction stop = {.sa_handler = on_stop}, ignore = {.sa_handler = SIG_IGN};
    sigset_t none;

    sigemptyset(&none);
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &ignore, NULL);       /* ^C goes to the whole group; the parent passes it on as SIGTERM */
    sigaction(SIGHUP, &ignore, NULL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Nothing of a delivery is lost with its sender, so it stops after the one at work. */
static int run_hooks(void)
{
    struct db *db;
    err *e = db_open(arena_new("connection"), "jobs", cfg.job_statement_timeout_ms, &db);

    if (e)
        log_err(e, "webhooks");
    deliver_run(db, arena_new("webhooks"), stopping);
    db_close(db);
    return 0;
}

static int run(bool once)
{
    struct runner r = {.a = arena_new("job"), .defs = job_defs, .stopping = stopping};
    err *e = db_open(arena_new("connection"), "jobs", cfg.job_statement_timeout_ms, &r.db);

    if (e)
        log_err(e, "job runner");           /* runner_run tries again */
    log_msg(LOG_INFO, "job runner started", "pid=%d", (int)getpid());
    runner_run(&r, once);
    db_close(r.db);
    return 0;
}

static _Noreturn void child(pid_t parent, bool once, bool hooks)
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);       /* a parent that is killed leaves nobody behind */
    if (getppid() != parent)
        _exit(0);
    runner_signals();
    _exit(hooks ? run_hooks() : run(once));
}

/* ---------------------------------------------------------------- the parent */

static err *load_settings(struct arena *a, const char *file)
{
    TRY(cfg_load(a, file));
    if (log_level_parse(cfg.log_level) < 0)
        return err_new(a, ERR_BAD_REQUEST, "log_level \"%s\" is not one of debug, info, notice, warning, err", cfg.log_level);
    log_init("labeld-jobs", log_level_parse(cfg.log_level), !isatty(STDERR_FILENO));
    return OK;
}

static void start(struct parent *p, struct slot *s)
{
    pid_t self = getpid(), pid = fork();

    if (pid == 0)
        child(self, p->once, s == &p->slots[p->n - 1]);
    s->started_us = clock_mono_us();
    if (pid > 0) {
        s->pid = pid;
        return;
    }
    log_msg(LOG_ERR, "could not start a job runner", "reason=\"%s\"", strerror(errno));
    s->due_us = s->started_us + BACKOFF_MOST_US;
}

static int64_t backoff_us(int crashes)
{
    int64_t us = BACKOFF_FIRST_US;

    for (int i = 1; i < crashes && us < BACKOFF_MOST_US; i++)
        us *= 2;
    return us < BACKOFF_MOST_US ? us : BACKOFF_MOST_US;
}

static void ended(struct parent *p, struct slot *s, int status)
{
    int64_t now = clock_mono_us();
    bool crashed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;

    s->crashes = crashed ? (now - s->started_us < CALM_US ? s->crashes + 1 : 1) : 0;
    s->due_us = crashed ? now + backoff_us(s->crashes) : now;
    if (crashed && !p->stopping)
        log_msg(LOG_ERR, "job runner died", "pid=%d %s=%d next_ms=%lld", (int)s->pid, WIFSIGNALED(status) ? "signal" : "status",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), (long long)((s->due_us - now) / 1000));
    s->pid = 0;
}

static void reap(struct parent *p)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (int i = 0; i < p->n; i++)
            if (p->slots[i].pid == pid)
                ended(p, &p->slots[i], status);
}

static void tell(struct parent *p, int sig)
{
    for (int i = 0; i < p->n; i++)
        if (p->slots[i].pid)
            kill(p->slots[i].pid, sig);
}

static int alive(const struct parent *p)
{
    int n = 0;

    for (int i = 0; i < p->n; i++)
        n += p->slots[i].pid != 0;
    return n;
}

static void stop(struct parent *p)
{
    int64_t now = clock_mono_us();

    /* The second time at once: safe, only slower, since the jobs are then taken over after their heartbeat. */
    p->kill_at_us = p->stopping ? now : now + cfg.drain_timeout_s * 1000000;
    p->stopping = true;
    log_msg(LOG_NOTICE, "stopping", "runners=%d", alive(p));
    tell(p, SIGTERM);
}

/* Runners hand back what they do at their next step; their successors read the new settings by inheritance. */
static void reload(struct parent *p)
{
    struct arena *a = arena_new("settings");
    struct cfg before = cfg;
    err *e = load_settings(a, p->file);

    if (e) {
        cfg = before;
        log_msg(LOG_ERR, "settings not reloaded, the old ones stay", "reason=\"%s\"", e->internal ? e->internal : e->detail);
        arena_free(a);
        return;
    }
    arena_free(p->settings);
    p->settings = a;
    log_msg(LOG_NOTICE, "settings reloaded, replacing runners", "%s", "");
    tell(p, SIGTERM);
}

static void fill(struct parent *p)
{
    int64_t now = clock_mono_us();

    for (int i = 0; i < p->n; i++)
        if (!p->slots[i].pid && p->slots[i].due_us <= now)
            start(p, &p->slots[i]);
}

static struct timespec until_due(const struct parent *p)
{
    int64_t now = clock_mono_us(), due = now + BACKOFF_MOST_US;

    for (int i = 0; i < p->n && !p->stopping; i++)
        if (!p->slots[i].pid && p->slots[i].due_us < due)
            due = p->slots[i].due_us;
    if (p->stopping && p->kill_at_us < due)
        due = p->kill_at_us;
    if (due < now)
        due = now;
    return (struct timespec){(due - now) / 1000000, (due - now) % 1000000 * 1000};
}

static void kill_late(struct parent *p)
{
    if (!p->stopping || clock_mono_us() < p->kill_at_us)
        return;
    tell(p, SIGKILL);
    p->kill_at_us = INT64_MAX;
}

static void keep_running(struct parent *p, const sigset_t *set)
{
    while (!p->stopping || alive(p) > 0) {
        struct timespec wait;
        int sig;

        if (!p->stopping)
            fill(p);
        wait = until_due(p);
        sig = sigtimedwait(set, NULL, &wait);
        reap(p);
        if (sig == SIGTERM || sig == SIGINT)
            stop(p);
        if (sig == SIGHUP && !p->stopping)
            reload(p);
        kill_late(p);
    }
}

static int supervise(struct parent *p)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    log_msg(LOG_NOTICE, "labeld-jobs starts", "version=%s runners=%d", PACKAGE_VERSION, p->n - 1);
    keep_running(p, &set);
    log_msg(LOG_NOTICE, "labeld-jobs ends", "%s", "");
    return 0;
}

/* ---------------------------------------------------------------- start */

static void usage(FILE *out)
{
    fputs("labeld-jobs [-c FILE] [-n N] [--once]\n"
          "  -c, --config FILE   settings file (default: $LABELD_CONFIG, else the installed one)\n"
          "  -n, --workers N     jobs at the same time (default 1)\n"
          "      --once          run what is ready in this process, then leave; webhooks wait\n"
          "  -V, --version\n"
          "Signals: TERM, INT stop after the running steps (twice: at once); HUP reloads the settings.\n"
          "Killing it is safe: another runner goes on at the last checkpoint.\n",
          out);
}

/* Returns an exit status, or -1 to go on. */
static int parse_options(int argc, char **argv, struct parent *p)
{
    static const struct option longs[] = {
        {"config", required_argument, NULL, 'c'}, {"workers", required_argument, NULL, 'n'}, {"once", no_argument, NULL, 'o'},
        {"version", no_argument, NULL, 'V'},      {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
    };
    int64_t n = 1;
    int c;

    while ((c = getopt_long(argc, argv, "c:n:Vh", longs, NULL)) != -1)
        switch (c) {
        case 'c':
            p->file = optarg;
            break;
        case 'n':
            if (int_parse(optarg, 1, RUNNERS_MOST, &n))
                break;
            fprintf(stderr, "labeld-jobs: --workers must be from 1 to %d\n", RUNNERS_MOST);
            return 2;
        case 'o':
            p->once = true;
            break;
        case 'V':
            puts("labeld-jobs " PACKAGE_VERSION);
            return 0;
        default:
            usage(c == 'h' ? stdout : stderr);
            return c == 'h' ? 0 : 2;
        }
    p->n = (int)n + 1;
    if (optind == argc)
        return -1;
    usage(stderr);
    return 2;
}

int main(int argc, char **argv)
{
    static struct parent p;
    int status = parse_options(argc, argv, &p);
    err *e;

    if (status >= 0)
        return status;
    p.settings = arena_new("settings");
    e = load_settings(p.settings, p.file);
    if (e) {
        fprintf(stderr, "labeld-jobs: %s\n", e->internal ? e->internal : e->detail);
        return 1;
    }
    if (!p.once)
        return supervise(&p);
    runner_signals();
    return run(true);
}
