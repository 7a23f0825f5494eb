/* Request bodies: JSON in memory or in a mapped temporary file, urlencoded and multipart forms. Uploaded files go to disk
 * as they come in; what they mean is for the handlers. */
#include <errno.h>
#include <strings.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/filemap.h"
#include "base/text.h"
#include "http/mp.h"
#include "http/query.h"
#include "http/spool.h"

enum {
    READ_BYTES = 65536,
    FORM_TEXT_MOST = 32 << 20   /* text fields of one multipart body, together */
};

static const char *const URLENCODED = "application/x-www-form-urlencoded";
static const char *const MULTIPART = "multipart/form-data";

static err *cut_short(struct rq *rq)
{
    return err_new(rq->a, ERR_BAD_REQUEST, "The request body ended before its Content-Length.");
}

err *rq_body_length(struct rq *rq, size_t *out)
{
    const char *text = rq_header(rq, "Content-Length");
    int64_t n = 0;

    if (text && !int_parse(text, 0, INT64_MAX, &n))
        return err_new(rq->a, ERR_BAD_REQUEST, "Content-Length is not a number.");
    if (n > rq->body_most)
        return err_new(rq->a, ERR_TOO_LARGE, "Request body too large: %lld bytes, the limit is %lld", (long long)n,
                       (long long)rq->body_most);
    *out = (size_t)n;
    return OK;
}

/* Read exactly len bytes, in pieces through a buffer, and hand each to fn. */
static err *read_pieces(struct rq *rq, size_t len, rq_piece_fn *fn, void *to)
{
    char *buf = arena_alloc(rq->a, READ_BYTES);

    while (len > 0) {
        int want = len < READ_BYTES ? (int)len : READ_BYTES;
        int got = FCGX_GetStr(buf, want, rq->fcgi->in);

        if (got <= 0)
            return cut_short(rq);
        TRY(fn(to, buf, (size_t)got));
        len -= (size_t)got;
    }
    return OK;
}

/* ---- whole bodies ---- */

struct spooling {
    struct arena *a;
    int fd;
};

static err *spool_piece(void *to, const char *p, size_t len)
{
    const struct spooling *s = to;

    return spool_write(s->a, s->fd, p, len);
}

static err *read_spooled(struct rq *rq, size_t len)
{
    struct spooling s = {.a = rq->a};
    err *e;

    TRY(spool_anonymous(rq->a, &s.fd));
    e = read_pieces(rq, len, spool_piece, &s);
    if (!e)
        e = filemap_open(rq->a, s.fd, len, &rq->body.p);
    close(s.fd);
    return e;
}

static err *read_memory(struct rq *rq, size_t len)
{
    char *buf = arena_alloc(rq->a, len + 1);
    size_t have = 0;

    while (have < len) {
        int want = len - have < READ_BYTES ? (int)(len - have) : READ_BYTES;
        int got = FCGX_GetStr(buf + have, want, rq->fcgi->in);

        if (got <= 0)
            return cut_short(rq);
        have += (size_t)got;
    }
    rq->body.p = buf;
    return OK;
}

static err *read_whole(struct rq *rq, size_t len)
{
    TRY(len > (size_t)cfg.body_spool_bytes ? read_spooled(rq, len) : read_memory(rq, len));
    rq->body.len = len;
    return OK;
}

/* ---- multipart ---- */

struct form {
    struct rq *rq;
    size_t most_pairs, most_files;   /* room in rq->form and rq->files */
    size_t text_bytes;
    struct strbuf text;              /* of the field being read */
    const char *field;
    bool is_file, skipped;
    int fd;                          /* of the file being read, else -1 */
};

static void *grow(struct arena *a, void *old, size_t n, size_t *most, size_t size)
{
    void *bigger;

    if (n < *most)
        return old;
    *most = *most ? *most * 2 : 8;
    bigger = arena_array(a, *most, size);
    if (n)
        memcpy(bigger, old, n * size);
    return bigger;
}

static err *begin_file(struct form *f, const struct mp_part *part)
{
    struct rq *rq = f->rq;
    struct rq_file *file;

    if (rq->nfiles >= (size_t)cfg.upload_max_files)
        return err_new(rq->a, ERR_TOO_LARGE, "Too many files in one request, the limit is %lld",
                       (long long)cfg.upload_max_files);
    rq->files = grow(rq->a, rq->files, rq->nfiles, &f->most_files, sizeof *rq->files);
    file = &rq->files[rq->nfiles];
    *file = (struct rq_file){.field = part->name, .name = part->filename, .content_type = part->content_type};
    TRY(spool_named(rq->a, &file->path, &f->fd));
    rq->nfiles++;
    return OK;
}

static err *form_begin(void *to, const struct mp_part *part)
{
    struct form *f = to;

    f->field = part->name;
    f->is_file = part->filename && *part->filename;
    /* Browsers send a nameless, empty file for an untouched file input. */
    f->skipped = part->filename && !*part->filename;
    if (f->is_file)
        return begin_file(f, part);
    strbuf_init(&f->text, f->rq->a, FORM_TEXT_MOST);
    return OK;
}

static err *form_data(void *to, const char *p, size_t len)
{
    struct form *f = to;

    if (f->is_file) {
        f->rq->files[f->rq->nfiles - 1].size_bytes += (int64_t)len;
        return spool_write(f->rq->a, f->fd, p, len);
    }
    f->text_bytes += len;
    if (f->text_bytes > FORM_TEXT_MOST)
        return err_new(f->rq->a, ERR_TOO_LARGE, "Form fields are too large, the limit is %d bytes", FORM_TEXT_MOST);
    strbuf_add(&f->text, p, len);
    return OK;
}

static err *end_text(struct form *f)
{
    struct rq *rq = f->rq;

    if (memchr(f->text.buf, '\0', f->text.len))
        return query_nul(rq->a, f->field);
    if (!utf8_valid(f->text.buf, f->text.len))
        return err_new(rq->a, ERR_BAD_REQUEST, "The form is not valid UTF-8.");
    if (rq->nform >= QUERY_MOST)
        return err_new(rq->a, ERR_BAD_REQUEST, "The form has more than %d fields.", QUERY_MOST);
    rq->form = grow(rq->a, rq->form, rq->nform, &f->most_pairs, sizeof *rq->form);
    rq->form[rq->nform++] = (struct rq_pair){f->field, f->text.buf};
    return OK;
}

static err *form_end(void *to)
{
    struct form *f = to;
    int fd = f->fd;

    if (f->skipped)
        return OK;
    if (!f->is_file)
        return end_text(f);
    f->fd = -1;
    if (close(fd) != 0)
        return err_file(f->rq->a, "could not write an uploaded file");
    return OK;
}

static err *feed(void *to, const char *p, size_t len)
{
    return mp_feed(to, p, len);
}

static err *read_multipart(struct rq *rq, const char *type, size_t len)
{
    static const struct mp_calls calls = {form_begin, form_data, form_end};
    struct form f = {.rq = rq, .fd = -1};
    struct mp *mp;
    err *e;

    rq->body_is_form = true;
    TRY(mp_new(rq->a, type, &calls, &f, &mp));
    e = read_pieces(rq, len, feed, mp);
    if (f.fd >= 0)
        close(f.fd);
    return e ? e : mp_finish(mp);
}

static err *read_urlencoded(struct rq *rq, size_t len)
{
    rq->body_is_form = true;
    TRY(read_whole(rq, len));
    return query_parse(rq->a, "form", rq->body.p, rq->body.len, &rq->form, &rq->nform);
}

/* ---- choice ---- */

/* "application/json" of "Application/JSON; charset=utf-8" */
static bool type_is(const char *type, const char *mime)
{
    size_t n = strcspn(type, "; \t");

    return n == strlen(mime) && strncasecmp(type, mime, n) == 0;
}

static err *read_typed(struct rq *rq, const char *type, size_t len)
{
    if (type_is(type, "application/json"))
        return read_whole(rq, len);
    if (type_is(type, URLENCODED))
        return read_urlencoded(rq, len);
    if (type_is(type, MULTIPART))
        return read_multipart(rq, type, len);
    return err_new(rq->a, ERR_MEDIA_TYPE, "Unsupported media type \"%s\" in request.", type);
}

err *rq_body(struct rq *rq)
{
    const char *type = rq_header(rq, "Content-Type");
    size_t len;

    if (rq->body_read)
        return OK;
    TRY(rq_body_length(rq, &len));
    if (len == 0) {   /* an empty body of any type is an empty object */
        rq->body = (struct span){"{}", 2};
        rq->body_is_form = type && (type_is(type, URLENCODED) || type_is(type, MULTIPART));
    } else {
        TRY(read_typed(rq, type ? type : "", len));
    }
    rq->body_read = true;
    return OK;
}

err *rq_body_pass(struct rq *rq, rq_piece_fn *fn, void *to)
{
    size_t len;

    if (rq->body_read)
        return err_new(rq->a, ERR_RETRY, NULL);
    TRY(rq_body_length(rq, &len));
    rq->body_read = true;
    return read_pieces(rq, len, fn, to);
}

bool rq_input_done(const struct rq *rq)
{
    const char *len = rq_param(rq, "CONTENT_LENGTH");
    bool had_none = !len || !*len || strcmp(len, "0") == 0;

    return (had_none || rq->body_read) && FCGX_GetChar(rq->fcgi->in) == EOF;
}
