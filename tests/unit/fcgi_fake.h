/* A FastCGI request without a web server: parameters from a list, the body from memory in pieces, the answer into memory. */
#ifndef LABELD_TESTS_FCGI_FAKE_H
#define LABELD_TESTS_FCGI_FAKE_H

#include <fcgiapp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAKE_PARAMS = 40, FAKE_OUT = 4 << 20 };

struct fcgi_fake {
    FCGX_Request fcgi;
    FCGX_Stream in, out;
    char *env[FAKE_PARAMS + 1];
    int nenv;
    const unsigned char *body;
    size_t body_len, body_at, piece;     /* piece: bytes that arrive at once */
    unsigned char in_buf[70000], out_buf[8192];
    char *answer;                        /* everything sent, headers first */
    size_t answer_len;
};

static inline void fake_fill(FCGX_Stream *s)
{
    struct fcgi_fake *f = s->data;
    size_t n = f->body_len - f->body_at < f->piece ? f->body_len - f->body_at : f->piece;

    s->isClosed = n == 0;
    memcpy(f->in_buf, f->body + f->body_at, n);
    f->body_at += n;
    s->rdNext = f->in_buf;
    s->stop = f->in_buf + n;
}

static inline void fake_empty(FCGX_Stream *s, int do_close)
{
    struct fcgi_fake *f = s->data;
    size_t n = (size_t)(s->wrNext - f->out_buf);

    (void)do_close;
    if (f->answer_len + n <= FAKE_OUT) {
        f->answer = realloc(f->answer, f->answer_len + n + 1);
        if (!f->answer)
            abort();
        memcpy(f->answer + f->answer_len, f->out_buf, n);
        f->answer_len += n;
    }
    s->wrNext = f->out_buf;
}

static inline void fake_param(struct fcgi_fake *f, const char *name, const char *value)
{
    if (f->nenv == FAKE_PARAMS || asprintf(&f->env[f->nenv], "%s=%s", name, value) < 0)
        abort();
    f->nenv++;
}

static inline struct fcgi_fake *fake_new(const char *method, const char *uri)
{
    struct fcgi_fake *f = calloc(1, sizeof *f);
    const char *query = strchr(uri, '?');

    if (!f)
        abort();
    f->piece = 1000;
    f->in = (FCGX_Stream){.isReader = 1, .fillBuffProc = fake_fill, .data = f, .rdNext = f->in_buf, .stop = f->in_buf};
    f->out = (FCGX_Stream){.emptyBuffProc = fake_empty, .data = f, .wrNext = f->out_buf, .stop = f->out_buf + sizeof f->out_buf,
                           .rdNext = f->out_buf + sizeof f->out_buf};
    f->fcgi = (FCGX_Request){.in = &f->in, .out = &f->out, .envp = f->env, .ipcFd = -1};
    fake_param(f, "REQUEST_METHOD", method);
    fake_param(f, "REQUEST_URI", uri);
    fake_param(f, "QUERY_STRING", query ? query + 1 : "");
    fake_param(f, "HTTP_HOST", "labels.example.org:8080");
    fake_param(f, "REMOTE_ADDR", "127.0.0.1");
    return f;
}

static inline void fake_body(struct fcgi_fake *f, const char *type, const void *p, size_t len)
{
    char n[32];

    snprintf(n, sizeof n, "%zu", len);
    fake_param(f, "CONTENT_LENGTH", n);
    if (type)
        fake_param(f, "CONTENT_TYPE", type);
    f->body = p;
    f->body_len = len;
}

/* What was sent so far, NUL-ended. */
static inline const char *fake_answer(struct fcgi_fake *f)
{
    FCGX_FFlush(&f->out);
    if (!f->answer)
        return "";
    f->answer[f->answer_len] = '\0';
    return f->answer;
}

static inline void fake_free(struct fcgi_fake *f)
{
    for (int i = 0; f && i < f->nenv; i++)
        free(f->env[i]);
    if (f)
        free(f->answer);
    free(f);
}

#endif
