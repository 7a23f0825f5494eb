/* The master: reads the settings, binds the sockets, keeps two pools of workers running, stops and reloads them on signals.
 * It serves no request and never touches the database, so that nothing a request does can harm it. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/seats.h"
#include "http/spool.h"
#include "main/listen.h"
#include "main/pool.h"
#include "storage/local.h"

enum { WEB, SLOW, POOLS };

struct options {
    const char *file;
    bool test;
    int ready_fd;       /* -1: nobody waits */
};

struct master {
    struct options opt;
    struct arena *boot;          /* for the sockets' life */
    struct arena *settings;      /* of the present cfg */
    struct listener listeners[POOLS];
    struct pool pools[POOLS];
    int signal_fd;
    int ready_pipe[2];
    bool stopping;
    int64_t kill_at_us;          /* stopping: patience ends */
    int rolling;                 /* pool being replaced after SIGHUP; POOLS: none */
};

/* Whatever its kind: an error that keeps the server from doing as told is always logged. */
static void report(const char *what, const err *e)
{
    log_msg(LOG_ERR, what, "reason=\"%s\"", e->internal ? e->internal : e->detail);
}

/* ---- settings ---- */

static err *check_workers(struct arena *a, const char *name, int64_t n)
{
    if (n < 1 || n > POOL_MOST)
        return err_new(a, ERR_BAD_REQUEST, "%s is %lld, it must be from 1 to %d", name, (long long)n, POOL_MOST);
    return OK;
}

static err *check_settings(struct arena *a)
{
    if (log_level_parse(cfg.log_level) < 0)
        return err_new(a, ERR_BAD_REQUEST, "log_level \"%s\" is not one of debug, info, notice, warning, err", cfg.log_level);
    TRY(check_workers(a, "web_workers", cfg.web_workers));
    TRY(check_workers(a, "slow_workers", cfg.slow_workers));
    TRY(listen_check(a, cfg.web_listen, cfg.listen_mode));
    return listen_check(a, cfg.slow_listen, cfg.listen_mode);
}

static err *load_settings(struct arena *a, const char *file)
{
    TRY(cfg_load(a, file));
    TRY(check_settings(a));
    log_init("labeld", log_level_parse(cfg.log_level), !isatty(STDERR_FILENO));
    return OK;
}

static void apply_settings(struct master *m)
{
    struct pool *web = &m->pools[WEB], *slow = &m->pools[SLOW];

    web->size = (int)cfg.web_workers;
    web->statement_timeout_ms = cfg.web_statement_timeout_ms;
    slow->size = (int)cfg.slow_workers;
    slow->statement_timeout_ms = cfg.slow_statement_timeout_ms;
    web->most_requests = slow->most_requests = cfg.worker_requests;
}

/* ---- signals ---- */

static void stop(struct master *m)
{
    int64_t now_us = clock_mono_us();

    if (m->stopping) {
        log_msg(LOG_NOTICE, "told twice to stop: killing the workers", "%s", "");
        m->kill_at_us = now_us;
        return;
    }
    log_msg(LOG_NOTICE, "stopping", "workers=%d patience_s=%lld", pool_alive(&m->pools[WEB]) + pool_alive(&m->pools[SLOW]),
            (long long)cfg.drain_timeout_s);
    m->stopping = true;
    m->kill_at_us = now_us + cfg.drain_timeout_s * 1000000;
    for (int i = 0; i < POOLS; i++) {
        listen_close(&m->listeners[i]);   /* new connections are refused at once, not left waiting */
        pool_stop(&m->pools[i], SIGTERM);
    }
}

/* The sockets stay open throughout: connections wait in their queues while workers change. */
static void reload(struct master *m)
{
    struct arena *a = arena_new("settings");
    struct cfg before = cfg;
    err *e;

    if (m->stopping) {
        arena_free(a);
        return;
    }
    e = load_settings(a, m->opt.file);
    if (e) {
        cfg = before;
        report("settings not reloaded, the old ones stay", e);
        arena_free(a);
        return;
    }
    if (strcmp(before.web_listen, cfg.web_listen) != 0 || strcmp(before.slow_listen, cfg.slow_listen) != 0)
        log_msg(LOG_WARNING, "web_listen and slow_listen change at the next start only", "%s", "");
    arena_free(m->settings);
    m->settings = a;
    apply_settings(m);
    m->rolling = WEB;
    pool_roll(&m->pools[WEB]);
    log_msg(LOG_NOTICE, "settings reloaded, replacing workers", "%s", "");
}

static void reap(struct master *m)
{
    int64_t now_us = clock_mono_us();
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        for (int i = 0; i < POOLS && !pool_reap(&m->pools[i], pid, status, now_us); i++)
            continue;
}

static void read_signals(struct master *m)
{
    struct signalfd_siginfo si;

    while (read(m->signal_fd, &si, sizeof si) == sizeof si)
        switch (si.ssi_signo) {
        case SIGCHLD:
            reap(m);
            break;
        case SIGHUP:
            reload(m);
            break;
        default:
            stop(m);
        }
}

static bool open_signals(struct master *m)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    signal(SIGPIPE, SIG_IGN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    m->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return m->signal_fd >= 0 && pipe2(m->ready_pipe, O_CLOEXEC | O_NONBLOCK) == 0;
}

/* ---- the loop ---- */

static void announce_ready(struct master *m)
{
    log_msg(LOG_NOTICE, "ready", "web=\"%s\" slow=\"%s\"", cfg.web_listen, cfg.slow_listen);
    if (m->opt.ready_fd < 0)
        return;
    if (write(m->opt.ready_fd, "1", 1) != 1)
        log_msg(LOG_WARNING, "could not report readiness", "fd=%d reason=\"%s\"", m->opt.ready_fd, strerror(errno));
    close(m->opt.ready_fd);
    m->opt.ready_fd = -1;
}

static void read_ready(struct master *m)
{
    static bool announced;
    pid_t pid;

    while (read(m->ready_pipe[0], &pid, sizeof pid) == sizeof pid)
        for (int i = 0; i < POOLS; i++)
            pool_mark_ready(&m->pools[i], pid);
    if (!announced && pool_any_ready(&m->pools[WEB]) && pool_any_ready(&m->pools[SLOW])) {
        announced = true;
        announce_ready(m);
    }
}

static void roll_on(struct master *m)
{
    while (m->rolling < POOLS && pool_settled(&m->pools[m->rolling]))
        if (++m->rolling < POOLS)
            pool_roll(&m->pools[m->rolling]);
        else
            log_msg(LOG_NOTICE, "all workers replaced", "%s", "");
}

static void fill(struct master *m)
{
    int close_in_worker[] = {m->signal_fd, m->ready_pipe[0], m->listeners[WEB].fd, m->listeners[SLOW].fd, m->opt.ready_fd};
    struct pool_fds fds = {m->ready_pipe[1], close_in_worker, m->opt.ready_fd < 0 ? 4 : 5};

    for (int i = 0; i < POOLS; i++)
        pool_fill(&m->pools[i], &fds, clock_mono_us());
}

static int wait_ms(const struct master *m)
{
    int64_t now_us = clock_mono_us(), due_us = m->stopping ? m->kill_at_us : INT64_MAX;

    for (int i = 0; i < POOLS && !m->stopping; i++)
        if (pool_next_due(&m->pools[i]) < due_us)
            due_us = pool_next_due(&m->pools[i]);
    if (due_us == INT64_MAX)
        return -1;
    return due_us <= now_us ? 0 : (int)((due_us - now_us) / 1000 + 1);
}

static void kill_late(struct master *m)
{
    if (!m->stopping || clock_mono_us() < m->kill_at_us)
        return;
    for (int i = 0; i < POOLS; i++)
        pool_stop(&m->pools[i], SIGKILL);
    m->kill_at_us = INT64_MAX;
}

static void keep_running(struct master *m)
{
    while (!m->stopping || pool_alive(&m->pools[WEB]) + pool_alive(&m->pools[SLOW]) > 0) {
        struct pollfd fds[] = {{.fd = m->signal_fd, .events = POLLIN}, {.fd = m->ready_pipe[0], .events = POLLIN}};

        if (!m->stopping)
            fill(m);
        if (poll(fds, 2, wait_ms(m)) < 0 && errno != EINTR)
            BUG("poll: %s", strerror(errno));
        read_ready(m);
        read_signals(m);
        roll_on(m);
        kill_late(m);
    }
}

/* ---- start ---- */

static err *open_sockets(struct master *m)
{
    const char *addresses[POOLS] = {cfg.web_listen, cfg.slow_listen};

    for (int i = 0; i < POOLS; i++) {
        TRY(listen_open(m->boot, addresses[i], cfg.listen_mode, &m->listeners[i]));
        m->pools[i].listen_fd = m->listeners[i].fd;
    }
    return OK;
}

static void warn_data_dir(void)
{
    if (access(cfg.data_dir, W_OK | X_OK) != 0)
        log_msg(LOG_WARNING, "uploads and exports will fail", "data_dir=\"%s\" reason=\"%s\"", cfg.data_dir, strerror(errno));
}

/* Files of local storages are sent by nginx from below the data directory. */
static void lead_local_files(void)
{
    struct arena *a = arena_new("local files");
    err *e = local_link(a);

    if (e)
        log_msg(LOG_WARNING, "files of local storages cannot be served", "reason=\"%s\"", e->internal);
    arena_free(a);
}

static int run(struct master *m)
{
    err *e = open_sockets(m);

    if (e || !open_signals(m)) {
        if (e)
            report("could not start", e);
        for (int i = 0; i < POOLS; i++)
            listen_close(&m->listeners[i]);
        return 1;
    }
    log_msg(LOG_NOTICE, "labeld starts", "version=%s web_workers=%lld slow_workers=%lld settings=\"%s\"", PACKAGE_VERSION,
            (long long)cfg.web_workers, (long long)cfg.slow_workers, cfg.file ? cfg.file : "environment");
    warn_data_dir();
    lead_local_files();
    spool_sweep(0);
    apply_settings(m);
    keep_running(m);
    log_msg(LOG_NOTICE, "labeld ends", "%s", "");
    return 0;
}

static void usage(FILE *out)
{
    fputs("labeld [-c FILE] [-t] [--ready-fd N]\n"
          "  -c, --config FILE   settings file (default: $LABELD_CONFIG, else the installed one)\n"
          "  -t, --test          check the settings and leave\n"
          "      --ready-fd N    write one byte to descriptor N when both pools take requests\n"
          "  -V, --version\n"
          "Signals: TERM, INT stop after the running requests (twice: at once); HUP reloads the settings.\n",
          out);
}

static int parse_fd(const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);

    return *text && !*end && n >= 0 && n < 65536 ? (int)n : -1;
}

/* Returns an exit status, or -1 to go on. */
static int parse_options(int argc, char **argv, struct options *out)
{
    static const struct option longs[] = {
        {"config", required_argument, NULL, 'c'}, {"test", no_argument, NULL, 't'},  {"ready-fd", required_argument, NULL, 'r'},
        {"version", no_argument, NULL, 'V'},      {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0},
    };
    int c;

    *out = (struct options){.ready_fd = -1};
    while ((c = getopt_long(argc, argv, "c:tVh", longs, NULL)) != -1)
        switch (c) {
        case 'c':
            out->file = optarg;
            break;
        case 't':
            out->test = true;
            break;
        case 'r':
            out->ready_fd = parse_fd(optarg);
            if (out->ready_fd >= 0)
                break;
            usage(stderr);
            return 2;
        case 'V':
            puts("labeld " PACKAGE_VERSION);
            return 0;
        case 'h':
            usage(stdout);
            return 0;
        default:
            usage(stderr);
            return 2;
        }
    if (optind == argc)
        return -1;
    usage(stderr);
    return 2;
}

int main(int argc, char **argv)
{
    static struct master m = {
        .listeners = {{.fd = -1}, {.fd = -1}},
        .pools = {{.name = "web", .program = "labeld-web"}, {.name = "slow", .program = "labeld-slow"}},
        .rolling = POOLS,
    };
    int status = parse_options(argc, argv, &m.opt);
    err *e;

    if (status >= 0)
        return status;
    m.pools[SLOW].seats = seats_new();
    m.boot = arena_new("boot");
    m.settings = arena_new("settings");
    e = load_settings(m.settings, m.opt.file);
    if (e) {
        fprintf(stderr, "labeld: %s\n", e->internal ? e->internal : e->detail);
        status = 1;
    } else if (m.opt.test) {
        printf("settings are fine (%s)\n", cfg.file ? cfg.file : "environment and defaults");
        status = 0;
    } else {
        status = run(&m);
    }
    arena_free(m.settings);
    arena_free(m.boot);
    return status;
}
