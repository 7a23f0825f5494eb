/* Multipart parser: fed in pieces of any size, it calls back per part and per run of bytes, and needs memory for one
 * header block only. Where the bytes go is the callbacks' business. */
#ifndef LABELD_HTTP_MP_H
#define LABELD_HTTP_MP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct mp_part {
    const char *name;           /* "" when the header names none */
    const char *filename;       /* last path segment, valid UTF-8, no control characters; NULL for a text field */
    const char *content_type;   /* NULL when not stated */
};

struct mp_calls {
    err *(*begin)(void *to, const struct mp_part *part);
    err *(*data)(void *to, const char *p, size_t len);
    err *(*end)(void *to);
};

struct mp;

/* A parser for the body of this Content-Type. `to` goes to every callback; an error of theirs ends the parse and is returned.
 * Errors: BAD_REQUEST when there is no usable boundary. */
err *mp_new(struct arena *a, const char *content_type, const struct mp_calls *calls, void *to, struct mp **out)
    __attribute__((warn_unused_result));
/* Errors: BAD_REQUEST for a malformed body, or a callback's. */
err *mp_feed(struct mp *mp, const char *p, size_t len) __attribute__((warn_unused_result));
/* The body is over. Errors: BAD_REQUEST when the closing boundary is missing. */
err *mp_finish(struct mp *mp) __attribute__((warn_unused_result));

/* Parameter of a header value ("form-data; name=\"x\""): unquoted, in the arena; NULL when absent. */
char *mp_header_param(struct arena *a, const char *value, const char *name);
/* Last path segment of a file name as clients send it, with what no file name may hold replaced by "_"; "" stays "". */
char *mp_clean_filename(struct arena *a, const char *name);

#endif
