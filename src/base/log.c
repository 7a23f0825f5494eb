/* The log: one line per event to stderr, composed in a fixed buffer so that logging works when memory does not.
 * Which events are worth a line is for the callers to say. */
#include "base/log.h"

#include <errno.h>
#include <strings.h>
#include <unistd.h>

enum { LINE_BYTES = 8192 };

static struct {
    const char *program;
    int max_level;
    int prefix;
    char request[64];
} log_state = {.program = "labeld", .max_level = LOG_INFO, .prefix = 1};

struct line {
    size_t len;
    char buf[LINE_BYTES];
};

void log_init(const char *program, int max_level, int prefix)
{
    log_state.program = program;
    log_state.max_level = max_level;
    log_state.prefix = prefix;
}

void log_set_request(const char *id)
{
    snprintf(log_state.request, sizeof log_state.request, "%s", id ? id : "");
}

static const char *level_name(int level)
{
    switch (level) {
    case LOG_DEBUG:
        return "debug";
    case LOG_INFO:
        return "info";
    case LOG_NOTICE:
        return "notice";
    case LOG_WARNING:
        return "warning";
    case LOG_ERR:
        return "err";
    default:
        return "crit";
    }
}

int log_level_parse(const char *s)
{
    static const struct {
        const char *name;
        int level;
    } names[] = {
        {"debug", LOG_DEBUG}, {"info", LOG_INFO}, {"notice", LOG_NOTICE}, {"warning", LOG_WARNING}, {"err", LOG_ERR},
        /* the reference server's LOG_LEVEL knows these */
        {"error", LOG_ERR}, {"critical", LOG_ERR},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcasecmp(s, names[i].name) == 0)
            return names[i].level;
    return -1;
}

static void line_vadd(struct line *l, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void line_add(struct line *l, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Cuts off at the buffer's end, keeping a byte for the newline. */
static void line_vadd(struct line *l, const char *fmt, va_list ap)
{
    size_t room = sizeof l->buf - 1 - l->len;
    int n = vsnprintf(l->buf + l->len, room, fmt, ap);

    if (n < 0)
        return;
    l->len += (size_t)n < room ? (size_t)n : room - 1;
}

static void line_add(struct line *l, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    line_vadd(l, fmt, ap);
    va_end(ap);
}

static void line_quote(struct line *l, const char *key, const char *value)
{
    if (!value)
        return;
    line_add(l, " %s=\"", key);
    for (const char *p = value; *p; p++)
        line_add(l, *p == '"' || *p == '\\' ? "\\%c" : "%c", *p);
    line_add(l, "\"");
}

static void line_begin(struct line *l, int level, const char *message)
{
    l->len = 0;
    if (log_state.prefix) {
        line_add(l, "<%d>", level);
    } else {
        struct timespec now;
        struct tm tm;

        clock_gettime(CLOCK_REALTIME, &now);
        if (gmtime_r(&now.tv_sec, &tm))
            line_add(l, "time=%04d-%02d-%02dT%02d:%02d:%02d.%03dZ ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                     tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(now.tv_nsec / 1000000));
    }
    line_add(l, "program=%s pid=%d level=%s", log_state.program, (int)getpid(), level_name(level));
    line_quote(l, "msg", message);
    if (log_state.request[0])
        line_add(l, " request=%s", log_state.request);
}

/* Control bytes become blanks: a value from outside must not forge a second line. */
static void line_write(struct line *l)
{
    const char *p = l->buf;
    size_t left;

    for (size_t i = 0; i < l->len; i++)
        if ((unsigned char)l->buf[i] < 0x20 || l->buf[i] == 0x7f)
            l->buf[i] = ' ';
    l->buf[l->len++] = '\n';
    for (left = l->len; left > 0;) {
        ssize_t n = write(STDERR_FILENO, p, left);

        if (n < 0 && errno != EINTR)
            return;   /* nowhere left to complain */
        if (n > 0) {
            p += n;
            left -= (size_t)n;
        }
    }
}

void log_msg(int level, const char *message, const char *fmt, ...)
{
    int saved = errno;
    struct line l;
    va_list ap;

    if (level > log_state.max_level)
        return;
    line_begin(&l, level, message);
    if (*fmt) {
        line_add(&l, " ");
        va_start(ap, fmt);
        line_vadd(&l, fmt, ap);
        va_end(ap);
    }
    line_write(&l);
    errno = saved;
}

void log_err(const err *e, const char *what)
{
    int level = err_level(e->kind);
    struct line l;

    if (level > log_state.max_level)
        return;
    line_begin(&l, level, what);
    line_add(&l, " kind=%s status=%d at=%s:%d", err_kind_name(e->kind), err_status(e), e->file, e->line);
    if (e->sqlstate[0])
        line_add(&l, " sqlstate=%s", e->sqlstate);
    line_quote(&l, "detail", e->detail);
    line_quote(&l, "validation", e->validation_json);
    line_quote(&l, "internal", e->internal);
    line_write(&l);
}

void log_bug(const char *file, int line, const char *fmt, ...)
{
    struct line l;
    va_list ap;

    line_begin(&l, LOG_CRIT, "bug");
    line_add(&l, " at=%s:%d text=\"", file, line);
    va_start(ap, fmt);
    line_vadd(&l, fmt, ap);
    va_end(ap);
    line_add(&l, "\"");
    line_write(&l);
    abort();
}
