/* Responses: headers, what is held back and what is sent, the error envelope, and breaking off an answer that has begun.
 * The gate decides when a request is finished; handlers only write. */
#include "http/rs.h"

#include <strings.h>
#include <sys/socket.h>

#include "base/cfg.h"
#include "base/log.h"
#include "base/text.h"
#include "http/rq.h"

enum { HELD_MOST = 1 << 30, HEADERS_MOST = 1 << 16 };

/* The answer has an arena of its own: handlers rewind the request's arena in their row loops, and the buffer grows meanwhile. */
static struct arena *answer_arena(void)
{
    static struct arena *a;

    if (a)
        arena_reset(a);
    else
        a = arena_new("answer");
    return a;
}

void rs_init(struct rs *rs, struct rq *rq)
{
    struct arena *a = answer_arena();

    *rs = (struct rs){.rq = rq, .status = 200};
    strbuf_init(&rs->headers, a, HEADERS_MOST);
    strbuf_init(&rs->body, a, HELD_MOST);
}

/* Headers that speak of the request, not of what was answered, outlive a reset: else browsers could not read errors. */
static bool outlives_reset(const char *line)
{
    return strncasecmp(line, "Access-Control-", 15) == 0 || strncasecmp(line, "Vary:", 5) == 0 ||
           strncasecmp(line, "Allow:", 6) == 0;
}

static void keep_request_headers(struct rs *rs)
{
    const char *line = arena_strdup(rs->rq->a, rs->headers.buf);

    strbuf_clear(&rs->headers);
    while (*line) {
        size_t n = strcspn(line, "\n") + 1;

        if (outlives_reset(line))
            strbuf_add(&rs->headers, line, n);
        line += n;
    }
}

/* Forget body and type; headers and cookies stay. */
static void reset_body(struct rs *rs)
{
    if (rs->started)
        BUG("the answer has begun and cannot be taken back");
    strbuf_clear(&rs->body);
    rs->body.overflow = false;
    rs->jw = (struct jw){0};
    rs->content_type = NULL;
}

void rs_reset(struct rs *rs)
{
    reset_body(rs);
    keep_request_headers(rs);
    rs->status = 200;
}

/* ---- headers ---- */

void rs_status(struct rq *rq, int status)
{
    rq->rs->status = status;
}

void rs_type(struct rq *rq, const char *content_type)
{
    rq->rs->content_type = content_type;
}

void rs_header(struct rq *rq, const char *name, const char *value)
{
    if (strpbrk(value, "\r\n"))
        BUG("line break in header %s", name);
    strbuf_printf(&rq->rs->headers, "%s: %s\r\n", name, value);
}

void rs_cookie(struct rq *rq, const char *name, const char *value, int64_t max_age_s, bool http_only)
{
    struct strbuf b;

    strbuf_init(&b, rq->a, HEADERS_MOST);
    strbuf_printf(&b, "%s=%s; Path=%s/; SameSite=Lax", name, url_encode(rq->a, value), cfg.base_path);
    if (max_age_s >= 0)
        strbuf_printf(&b, "; Max-Age=%lld", (long long)max_age_s);
    if (max_age_s == 0)
        strbuf_puts(&b, "; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    if (http_only)
        strbuf_puts(&b, "; HttpOnly");
    if (rq_is_https(rq))
        strbuf_puts(&b, "; Secure");
    rs_header(rq, "Set-Cookie", b.buf);
}

/* Percent-encode what a URL in a header must not hold; what is encoded already stays. */
static const char *header_url(struct arena *a, const char *url)
{
    struct strbuf b;

    strbuf_init(&b, a, HEADERS_MOST);
    for (; *url; url++)
        if ((unsigned char)*url <= 0x20 || (unsigned char)*url >= 0x7f || strchr("\"<>\\^`{|}", *url))
            strbuf_printf(&b, "%%%02X", (unsigned char)*url);
        else
            strbuf_putc(&b, *url);
    return b.buf;
}

err *rs_redirect(struct rq *rq, int status, const char *to)
{
    if (!text_starts(to, "http://") && !text_starts(to, "https://"))   /* "//host" would lead away: one slash only */
        to = arena_printf(rq->a, "%s/%s", cfg.base_path, to + strspn(to, "/\\"));
    reset_body(rq->rs);
    rs_status(rq, status);
    rs_header(rq, "Location", header_url(rq->a, to));
    return OK;
}

void rs_accel(struct rq *rq, const char *internal_path)
{
    struct strbuf b;

    /* nginx decodes the value, so every % and ? of a file name must be encoded too. */
    strbuf_init(&b, rq->a, HEADERS_MOST);
    while (*internal_path) {
        size_t n = strcspn(internal_path, "/");

        strbuf_puts(&b, url_encode(rq->a, arena_strndup(rq->a, internal_path, n)));
        internal_path += n;
        if (*internal_path)
            strbuf_putc(&b, *internal_path++);
    }
    rs_header(rq, "X-Accel-Redirect", b.buf);
}

/* ---- sending ---- */

static bool has_body(const struct rs *rs)
{
    return rs->status >= 200 && rs->status != 204 && rs->status != 304;
}

static const char *reason(int status)
{
    static const struct {
        int status;
        const char *text;
    } table[] = {
        {200, "OK"}, {201, "Created"}, {202, "Accepted"}, {204, "No Content"}, {206, "Partial Content"},
        {301, "Moved Permanently"}, {302, "Found"}, {303, "See Other"}, {304, "Not Modified"}, {307, "Temporary Redirect"},
        {308, "Permanent Redirect"}, {400, "Bad Request"}, {401, "Unauthorized"}, {403, "Forbidden"}, {404, "Not Found"},
        {405, "Method Not Allowed"}, {406, "Not Acceptable"}, {409, "Conflict"}, {412, "Precondition Failed"},
        {413, "Content Too Large"}, {415, "Unsupported Media Type"}, {416, "Range Not Satisfiable"},
        {422, "Unprocessable Content"}, {424, "Failed Dependency"}, {429, "Too Many Requests"},
        {500, "Internal Server Error"}, {501, "Not Implemented"}, {502, "Bad Gateway"}, {503, "Service Unavailable"}, {507, "Insufficient Storage"},
    };

    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].status == status)
            return table[i].text;
    return "Status";
}

static void put(struct rs *rs, const char *p, size_t len)
{
    FCGX_Stream *out = rs->rq->fcgi->out;

    while (len > 0) {
        int n = len < RS_HOLD_BYTES ? (int)len : RS_HOLD_BYTES;

        if (FCGX_PutStr(p, n, out) != n)
            return;   /* the stream remembers; rs_flush and rs_finish report it */
        p += n;
        len -= (size_t)n;
    }
}

static void send_head(struct rs *rs, bool whole)
{
    struct strbuf b;

    strbuf_init(&b, rs->rq->a, 2 * HEADERS_MOST);
    /* nginx passes the line on as it is, reason included. */
    strbuf_printf(&b, "Status: %d %s\r\n", rs->status, reason(rs->status));
    if (rs->content_type && has_body(rs))
        strbuf_printf(&b, "Content-Type: %s\r\n", rs->content_type);
    if (whole && has_body(rs))
        strbuf_printf(&b, "Content-Length: %zu\r\n", rs->body.len);
    strbuf_puts(&b, "X-Content-Type-Options: nosniff\r\n"
                    "Referrer-Policy: same-origin\r\n"
                    "Cross-Origin-Opener-Policy: same-origin\r\n");
    strbuf_add(&b, rs->headers.buf, rs->headers.len);
    strbuf_puts(&b, "\r\n");
    put(rs, b.buf, b.len);
    rs->started = true;
}

static void send_held(struct rs *rs, bool whole)
{
    if (!rs->started)
        send_head(rs, whole);
    if (has_body(rs) && rs->rq->method != M_HEAD) {
        put(rs, rs->body.buf, rs->body.len);
        rs->sent_bytes += (int64_t)rs->body.len;
    }
    strbuf_clear(&rs->body);
}

static err *check_sent(struct rs *rs)
{
    if (FCGX_GetError(rs->rq->fcgi->out))
        return err_new(rs->rq->a, ERR_BAD_REQUEST, "The client closed the connection.");
    return OK;
}

/* Only routes that announce large answers are sent as they grow: all others get their Content-Length. */
static bool may_send_early(const struct rs *rs)
{
    const struct route *r = rs->rq->match.route;

    return !rs->hold && rs->body.len >= RS_HOLD_BYTES && r && (r->flags & RF_STREAM);
}

static void sink(void *to, const char *p, size_t len)
{
    struct rs *rs = to;

    if (rs->finished)
        BUG("write after the answer's end");
    strbuf_add(&rs->body, p, len);
    if (may_send_early(rs))
        send_held(rs, false);
}

err *rs_flush(struct rq *rq)
{
    if (may_send_early(rq->rs))
        send_held(rq->rs, false);
    return check_sent(rq->rs);
}

err *rs_finish(struct rq *rq)
{
    struct rs *rs = rq->rs;

    if (rs->finished)
        return check_sent(rs);
    if (rs->jw.sink && !jw_done(&rs->jw))
        BUG("JSON answer of %s %s is not complete", method_names[rq->method], rq->path);
    if (rs->body.overflow)
        return err_internal(rq->a, "answer of %s is larger than %d bytes", rq->path, HELD_MOST);
    send_held(rs, true);
    rs->finished = true;
    return check_sent(rs);
}

/* ---- bodies ---- */

void rs_write(struct rq *rq, const char *p, size_t len)
{
    sink(rq->rs, p, len);
}

void rs_puts(struct rq *rq, const char *s)
{
    sink(rq->rs, s, strlen(s));
}

struct jw *rs_json(struct rq *rq)
{
    jw_init(&rq->rs->jw, sink, rq->rs);
    rq->rs->content_type = "application/json";
    return &rq->rs->jw;
}

struct jw *rs_json_status(struct rq *rq, int status)
{
    rs_status(rq, status);
    return rs_json(rq);
}

err *rs_no_content(struct rq *rq)
{
    reset_body(rq->rs);
    rs_status(rq, 204);
    return OK;
}

/* ---- errors ---- */

/* nginx takes every early end of a FastCGI answer for its proper end; only a record it cannot understand makes it break the
 * reply to the client (tests/contract pins this). */
static void break_off(struct rs *rs)
{
    static const unsigned char bad_record[8] = {0xff};
    int fd = rs->rq->fcgi->ipcFd;

    FCGX_FFlush(rs->rq->fcgi->out);
    if (send(fd, bad_record, sizeof bad_record, MSG_NOSIGNAL) < 0)
        log_msg(LOG_DEBUG, "client is gone", "path=%s", rs->rq->path);
    /* Nothing of libfcgi's orderly end may follow. It closes the descriptor later. */
    shutdown(fd, SHUT_RDWR);
    rs->finished = true;
}

static void write_envelope(struct rq *rq, const err *e)
{
    const char *detail = e->detail ? e->detail : err_default_detail(e->kind);
    struct jw *w = rs_json_status(rq, err_status(e));

    if (e->bare_json) {
        jw_raw(w, e->bare_json);
        return;
    }
    /* The text may quote the request. */
    if (!utf8_valid(detail, strlen(detail)))
        detail = err_default_detail(e->kind);
    jw_obj(w);
    jw_kstr(w, "id", rq->id);
    jw_ki64(w, "status_code", err_status(e));
    jw_kstr(w, "version", LABELD_COMPAT_RELEASE);
    jw_kstr(w, "detail", detail);
    jw_knull(w, "exc_info");
    if (e->validation_json)
        jw_kraw(w, "validation_errors", e->validation_json);
    jw_end(w);
}

void rs_error(struct rq *rq, const err *e)
{
    log_err(e, rq->rs->started ? "answer broken off" : "request failed");
    if (rq->rs->started) {
        break_off(rq->rs);
        return;
    }
    rs_reset(rq->rs);
    if (err_status(e) == 401)
        rs_header(rq, "WWW-Authenticate", e->authenticate ? e->authenticate : "Token");
    if (e->retry_after_s > 0)
        rs_header(rq, "Retry-After", arena_printf(rq->a, "%d", e->retry_after_s));
    write_envelope(rq, e);
    if (rs_finish(rq) != OK)
        log_msg(LOG_DEBUG, "client is gone", "path=%s", rq->path);
}
