/* Multipart bodies: cut into pieces of any size they must give the same parts as whole; file names must be fit for use. */
#include <stdint.h>

#include "base/strbuf.h"
#include "base/text.h"
#include "http/mp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_filename(const char *name)
{
    if (strchr(name, '/') || strchr(name, '\\') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strlen(name) > 255 ||
        !utf8_valid(name, strlen(name)))
        abort();
}

static err *note_begin(void *to, const struct mp_part *part)
{
    if (part->filename)
        check_filename(part->filename);
    strbuf_printf(to, "[%s|%s|%s]", part->name, part->filename ? part->filename : "-", part->content_type ? part->content_type : "-");
    return OK;
}

static err *note_data(void *to, const char *p, size_t len)
{
    strbuf_add(to, p, len);
    return OK;
}

static err *note_end(void *to)
{
    strbuf_puts(to, "[end]");
    return OK;
}

static const char *parse(struct arena *a, const char *body, size_t len, size_t piece, struct strbuf *b)
{
    static const struct mp_calls calls = {note_begin, note_data, note_end};
    struct mp *mp;
    err *e;

    strbuf_init(b, a, SIZE_MAX);
    e = mp_new(a, "multipart/form-data; boundary=XX", &calls, b, &mp);
    for (size_t at = 0; !e && at < len; at += piece)
        e = mp_feed(mp, body + at, len - at < piece ? len - at : piece);
    if (!e)
        e = mp_finish(mp);
    return e ? e->detail : "";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct strbuf whole, cut;
    const char *fault;
    struct arena *a;
    char *text;

    if (size < 1 || size > 100000)
        return 0;
    a = arena_new("fuzz");
    text = arena_memdup(a, data + 1, size - 1);
    fault = parse(a, (const char *)data + 1, size - 1, size, &whole);
    if (strcmp(parse(a, (const char *)data + 1, size - 1, 1 + data[0], &cut), fault) != 0)
        abort();
    /* Up to a fault, how much data was given before it depends on the cut. */
    if (!*fault && (cut.len != whole.len || memcmp(cut.buf, whole.buf, cut.len) != 0))
        abort();
    mp_header_param(a, text, "boundary");
    check_filename(mp_clean_filename(a, text));
    arena_free(a);
    return 0;
}
