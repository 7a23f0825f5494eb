/* Making errors and looking up what err.def says of their kinds.
 * Writing them to a client is http/rs.c's part, to the log log.c's. */
#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <syslog.h>

static const struct {
    const char *name;
    const char *detail;
    int status;
    int level;
} kinds[ERR_KINDS] = {
#define ERRKIND(name, status, text, level) [ERR_##name] = {#name, text, status, level},
#include "base/err.def"
#undef ERRKIND
};

int err_status(const err *e)
{
    assert(e->kind < ERR_KINDS);
    return kinds[e->kind].status;
}

int err_level(enum err_kind k)
{
    assert(k < ERR_KINDS);
    return kinds[k].level;
}

const char *err_kind_name(enum err_kind k)
{
    assert(k < ERR_KINDS);
    return kinds[k].name;
}

const char *err_default_detail(enum err_kind k)
{
    assert(k < ERR_KINDS);
    return kinds[k].detail;
}

static err *make(struct arena *a, enum err_kind k, const char *file, int line)
{
    err *e = ARENA_NEW(a, err);

    e->kind = k;
    e->detail = err_default_detail(k);
    e->file = file;
    e->line = line;
    return e;
}

err *err_make(struct arena *a, enum err_kind k, const char *file, int line, const char *fmt, ...)
{
    err *e = make(a, k, file, line);
    va_list ap;

    if (!fmt)
        return e;
    va_start(ap, fmt);
    e->detail = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return e;
}

err *err_make_internal(struct arena *a, const char *file, int line, const char *fmt, ...)
{
    err *e = make(a, ERR_INTERNAL, file, line);
    va_list ap;

    if (!fmt)
        return e;
    va_start(ap, fmt);
    e->internal = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return e;
}

err *err_make_file(struct arena *a, const char *file, int line, const char *fmt, ...)
{
    int reason = errno;
    bool full = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
    err *e = make(a, full ? ERR_NO_SPACE : ERR_INTERNAL, file, line);
    va_list ap;

    va_start(ap, fmt);
    e->internal = arena_printf(a, "%s: %s", arena_vprintf(a, fmt, ap), strerror(reason));
    va_end(ap);
    return e;
}
