/* The response. The first 64 KiB are held back, so that a failure before that still becomes a proper error; in a transaction
 * everything is held until commit. A started answer that fails is broken off visibly: an invalid FastCGI record makes nginx break the reply. */
#ifndef LABELD_HTTP_RS_H
#define LABELD_HTTP_RS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "json/jw.h"

struct rq;

/* The release of the reference API that clients may expect; `version` in error envelopes and `release` of /api/version. */
#define LABELD_COMPAT_RELEASE "1.23.2"

enum { RS_HOLD_BYTES = 65536 };

struct rs {
    struct rq *rq;
    int status;
    const char *content_type;
    struct strbuf headers;        /* extra header lines */
    struct strbuf body;
    struct jw jw;
    bool hold;                    /* gather without limit (transaction) */
    bool started;                 /* bytes have left: errors can only break it off */
    bool finished;
    int64_t sent_bytes;           /* body bytes given to the web server, for the access log */
};

void rs_init(struct rs *rs, struct rq *rq);
/* Forget everything written so far (not possible once started). */
void rs_reset(struct rs *rs);
void rs_status(struct rq *rq, int status);
/* value must not hold CR or LF (a bug otherwise). */
void rs_header(struct rq *rq, const char *name, const char *value);
/* max_age_s < 0: until the browser closes; 0: delete. Path is the base path, SameSite=Lax, Secure behind https. */
void rs_cookie(struct rq *rq, const char *name, const char *value, int64_t max_age_s, bool http_only);

/* JSON answer: returns the writer. Content-Type application/json. */
struct jw *rs_json(struct rq *rq);
struct jw *rs_json_status(struct rq *rq, int status);
/* 204, nothing else. */
err *rs_no_content(struct rq *rq) __attribute__((warn_unused_result));
/* 302 (or another status) to a path below the base path; a full URL is taken as it is. */
err *rs_redirect(struct rq *rq, int status, const char *to) __attribute__((warn_unused_result));
/* Ready HTML or any text. */
void rs_type(struct rq *rq, const char *content_type);
void rs_write(struct rq *rq, const char *p, size_t len);
void rs_puts(struct rq *rq, const char *s);
/* nginx sends the file: X-Accel-Redirect to an internal location. */
void rs_accel(struct rq *rq, const char *internal_path);

/* Send what is held (streaming handlers call it at batch ends; below RS_HOLD_BYTES it waits). The first send fixes status and headers. */
err *rs_flush(struct rq *rq) __attribute__((warn_unused_result));
/* Complete the answer; Content-Length when nothing had left before. */
err *rs_finish(struct rq *rq) __attribute__((warn_unused_result));
/* The only writer of the error envelope {id, status_code, version, detail, exc_info, validation_errors?}; breaks a started answer off. Logs. */
void rs_error(struct rq *rq, const err *e);

#endif
