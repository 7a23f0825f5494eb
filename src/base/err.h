/* The one error type. A fallible function returns `err *` (OK is NULL); results go through its last parameters. */
#ifndef LABELD_BASE_ERR_H
#define LABELD_BASE_ERR_H

#include "base/arena.h"

enum err_kind {
#define ERRKIND(name, status, text, level) ERR_##name,
#include "base/err.def"
#undef ERRKIND
    ERR_KINDS
};

typedef struct err {
    enum err_kind kind;
    const char *detail;           /* what clients see; never internal text for ERR_INTERNAL */
    const char *internal;         /* for the log only: what failed and why; may be NULL */
    const char *validation_json;  /* JSON text for `validation_errors`, or NULL; see json/verr.h */
    const char *authenticate;     /* WWW-Authenticate of a 401, or NULL for the default "Token" */
    const char *bare_json;        /* when set, the whole answer body instead of the envelope (routes that the reference answers so) */
    int retry_after_s;            /* > 0: Retry-After header */
    const char *file;
    int line;
    char sqlstate[6];             /* "" when not from the database */
} err;

#define OK ((err *)0)

#define TRY(expr)                \
    do {                         \
        err *try_err_ = (expr);  \
        if (try_err_)            \
            return try_err_;     \
    } while (0)

int err_status(const err *e);                     /* HTTP status of its kind */
int err_level(enum err_kind k);                   /* syslog level of its kind */
const char *err_kind_name(enum err_kind k);       /* "NOT_FOUND" */
const char *err_default_detail(enum err_kind k);

/* New error whose detail (client text) is formatted; fmt NULL = the kind's default text. Never NULL. */
err *err_make(struct arena *a, enum err_kind k, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 5, 6), returns_nonnull, warn_unused_result));
#define err_new(a, kind, ...) err_make((a), (kind), __FILE__, __LINE__, __VA_ARGS__)

/* New ERR_INTERNAL (client sees the default text); the formatted text goes to the log. */
err *err_make_internal(struct arena *a, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5), returns_nonnull, warn_unused_result));
#define err_internal(a, ...) err_make_internal((a), __FILE__, __LINE__, __VA_ARGS__)

/* A failed call of the system's on a file: NO_SPACE when errno says that disk or quota is full, else INTERNAL. The formatted text and
 * the reason go to the log. */
err *err_make_file(struct arena *a, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5), returns_nonnull, warn_unused_result));
#define err_file(a, ...) err_make_file((a), __FILE__, __LINE__, __VA_ARGS__)

#endif
