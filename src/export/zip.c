/* The zip as PKWARE's APPNOTE describes it, written in one go: what is known of an entry only after its bytes follows them, and the directory
 * waits in a nameless file, so that memory does not grow with the number of entries. */
#include "export/zip.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "base/text.h"

enum { PIECE = 65536, STORED = 0, DEFLATED = 8 };
/* Flags: sizes and checksum follow the bytes; the name is UTF-8. */
enum { FLAG_FOLLOWED = 1 << 3, FLAG_UTF8 = 1 << 11 };
enum { NEEDS = 20, NEEDS_64 = 45, MADE_ON_UNIX = 3 << 8, IS_DIRECTORY = 0x10 };
enum { EXTRA_64 = 1, EXTRA_TIME = 0x5455, HAS_MTIME = 1 };

/* What 4 bytes say when 8 of them stand elsewhere; and of what size a source may have more than 4 bytes hold when it is packed. */
static const int64_t ELSEWHERE = 0xffffffff, LARGE = 0xf0000000;

struct entry {
    const char *name;
    uint32_t name_len, mode, crc, seconds;
    uint16_t flags, method, dos_time, dos_date;
    bool large;
    int64_t at, size, packed; /* where it begins; bytes of the source and as they stand here */
};

struct exp_zip {
    struct arena *a;
    const struct exp_out *out;
    struct exp_spool *directory;
    struct arena *names; /* of the present entry */
    struct entry entry;
    bool open;           /* it still wants its end */
    int64_t promised;
    int64_t n, written;
    int64_t unflushed;   /* bytes given to out since its last flush */
    z_stream deflate;
    unsigned char packed[PIECE];
};

/* ---- bytes ---- */

struct fields {
    unsigned char bytes[128];
    size_t n;
};

static void put(struct fields *f, size_t n, uint64_t v)
{
    for (; n > 0; n--, v >>= 8)
        f->bytes[f->n++] = (unsigned char)(v & 0xff);
}

static void put_size(struct fields *f, int64_t v)
{
    put(f, 4, (uint64_t)(v < ELSEWHERE ? v : ELSEWHERE));
}

static void send(struct exp_zip *z, const void *p, size_t len)
{
    z->out->put(z->out->to, p, len);
    z->written += (int64_t)len;
    z->unflushed += (int64_t)len;
}

static err *flushed(struct exp_zip *z)
{
    if (z->unflushed < PIECE)
        return OK;
    z->unflushed = 0;
    return z->out->flush(z->out->to);
}

/* ---- entries ---- */

static void time_put(struct fields *f, const struct entry *e)
{
    put(f, 2, EXTRA_TIME);
    put(f, 2, 5);
    put(f, 1, HAS_MTIME);
    put(f, 4, e->seconds);
}

/* What both headers of an entry have alike, up to its checksum. */
static void common_put(struct fields *f, const struct entry *e)
{
    put(f, 2, e->large || e->at >= ELSEWHERE ? NEEDS_64 : NEEDS);
    put(f, 2, e->flags);
    put(f, 2, e->method);
    put(f, 2, e->dos_time);
    put(f, 2, e->dos_date);
}

static void head_send(struct exp_zip *z, const struct entry *e)
{
    enum { TIME = 9, SIZES = 20 };
    struct fields f = {.n = 0}, extra = {.n = 0};

    put(&f, 4, 0x04034b50);
    common_put(&f, e);
    put(&f, 4, 0);
    put(&f, 4, e->large ? (uint64_t)ELSEWHERE : 0);
    put(&f, 4, e->large ? (uint64_t)ELSEWHERE : 0);
    put(&f, 2, e->name_len);
    put(&f, 2, TIME + (e->large ? SIZES : 0));
    send(z, f.bytes, f.n);
    send(z, e->name, e->name_len);
    time_put(&extra, e);
    if (e->large) {
        put(&extra, 2, EXTRA_64);
        put(&extra, 2, SIZES - 4);
        put(&extra, 8, 0);
        put(&extra, 8, 0);
    }
    send(z, extra.bytes, extra.n);
}

/* Only what has no room in its 4 bytes stands there. */
static void elsewhere_put(struct fields *f, const struct entry *e)
{
    const int64_t all[] = {e->size, e->packed, e->at};
    struct fields values = {.n = 0};

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] >= ELSEWHERE)
            put(&values, 8, (uint64_t)all[i]);
    if (values.n == 0)
        return;
    put(f, 2, EXTRA_64);
    put(f, 2, values.n);
    memcpy(f->bytes + f->n, values.bytes, values.n);
    f->n += values.n;
}

static err *directory_add(struct exp_zip *z, const struct entry *e)
{
    struct fields f = {.n = 0}, extra = {.n = 0};

    time_put(&extra, e);
    elsewhere_put(&extra, e);
    put(&f, 4, 0x02014b50);
    put(&f, 2, MADE_ON_UNIX | NEEDS_64);
    common_put(&f, e);
    put(&f, 4, e->crc);
    put_size(&f, e->packed);
    put_size(&f, e->size);
    put(&f, 2, e->name_len);
    put(&f, 2, extra.n);
    put(&f, 6, 0); /* no comment, the first disk, no internal attributes */
    put(&f, 4, (uint64_t)e->mode << 16 | (e->mode == 040755 ? IS_DIRECTORY : 0));
    put_size(&f, e->at);
    TRY(exp_spool_add(z->directory, f.bytes, f.n));
    TRY(exp_spool_add(z->directory, e->name, e->name_len));
    return exp_spool_add(z->directory, extra.bytes, extra.n);
}

static void times_set(struct entry *e)
{
    time_t now = time(NULL);
    struct tm tm;

    gmtime_r(&now, &tm);
    e->seconds = (uint32_t)now;
    e->dos_time = (uint16_t)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2);
    e->dos_date = (uint16_t)((tm.tm_year - 80) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday);
}

/* The flag is for names that are not plain ASCII. */
static bool is_utf8(const char *name)
{
    bool plain = true;

    for (const char *p = name; *p; p++)
        plain = plain && (unsigned char)*p < 0x80;
    return !plain && utf8_valid(name, strlen(name));
}

static void entry_set(struct exp_zip *z, const char *name, int method)
{
    struct entry *e = &z->entry;

    arena_reset(z->names);
    *e = (struct entry){.name = arena_strdup(z->names, name), .name_len = (uint32_t)strlen(name), .method = (uint16_t)method, .at = z->written, .mode = 0100644};
    e->flags = (uint16_t)(is_utf8(name) ? FLAG_UTF8 : 0);
    times_set(e);
}

static err *failed(struct exp_zip *z, const char *what)
{
    return err_internal(z->a, "could not write a zip: %s", what);
}

/* Packs what waits in the stream; `how`: whether more comes. */
static err *pack(struct exp_zip *z, int how)
{
    do {
        size_t n;

        z->deflate.next_out = z->packed;
        z->deflate.avail_out = PIECE;
        if (deflate(&z->deflate, how) == Z_STREAM_ERROR)
            return failed(z, "deflate");
        n = PIECE - z->deflate.avail_out;
        send(z, z->packed, n);
        z->entry.packed += (int64_t)n;
    } while (z->deflate.avail_out == 0);
    return OK;
}

static err *entry_end(struct exp_zip *z)
{
    struct entry *e = &z->entry;
    struct fields f = {.n = 0};
    size_t bytes = e->large ? 8 : 4;

    if (!z->open)
        return OK;
    z->open = false;
    if (e->size != z->promised)
        return failed(z, "an entry is not of the size that was said");
    if (e->method == DEFLATED)
        TRY(pack(z, Z_FINISH));
    put(&f, 4, 0x08074b50);
    put(&f, 4, e->crc);
    put(&f, bytes, (uint64_t)e->packed);
    put(&f, bytes, (uint64_t)e->size);
    send(z, f.bytes, f.n);
    z->n++;
    return directory_add(z, e);
}

static err *entry_begin(struct exp_zip *z, const char *name, int64_t size_bytes, int method)
{
    if (strlen(name) > UINT16_MAX)
        return failed(z, "a name is too long");
    TRY(entry_end(z));
    entry_set(z, name, method);
    z->entry.flags |= FLAG_FOLLOWED;
    z->entry.large = size_bytes >= LARGE;
    z->promised = size_bytes;
    z->open = true;
    if (method == DEFLATED && deflateReset(&z->deflate) != Z_OK)
        return failed(z, "deflate");
    head_send(z, &z->entry);
    return flushed(z);
}

/* ---- for formats ---- */

static void release(void *zip)
{
    deflateEnd(&((struct exp_zip *)zip)->deflate);
}

err *exp_zip_open(struct arena *a, const struct exp_out *out, struct exp_zip **zip)
{
    struct exp_zip *z = *zip = ARENA_NEW(a, struct exp_zip);

    *z = (struct exp_zip){.a = a, .out = out, .names = arena_below(a, "name in a zip")};
    if (deflateInit2(&z->deflate, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return failed(z, "deflate");
    arena_defer(a, release, z);
    return exp_spool_open(a, &z->directory);
}

err *exp_zip_directory(struct exp_zip *z, const char *name)
{
    TRY(entry_end(z));
    entry_set(z, name, STORED);
    z->entry.mode = 040755;
    head_send(z, &z->entry);
    z->n++;
    TRY(directory_add(z, &z->entry));
    return flushed(z);
}

err *exp_zip_begin(struct exp_zip *z, const char *name, int64_t size_bytes)
{
    return entry_begin(z, name, size_bytes, DEFLATED);
}

static err *piece_add(struct exp_zip *z, const void *p, size_t len)
{
    z->entry.crc = (uint32_t)crc32(z->entry.crc, p, (uInt)len);
    z->entry.size += (int64_t)len;
    if (z->entry.method == STORED) {
        send(z, p, len);
        z->entry.packed += (int64_t)len;
        return flushed(z);
    }
    z->deflate.next_in = (unsigned char *)(uintptr_t)p;
    z->deflate.avail_in = (uInt)len;
    TRY(pack(z, Z_NO_FLUSH));
    return flushed(z);
}

err *exp_zip_add(struct exp_zip *z, const void *p, size_t len)
{
    for (const char *from = p; len > 0;) {
        size_t n = len < PIECE ? len : PIECE;

        TRY(piece_add(z, from, n));
        from += n;
        len -= n;
    }
    return OK;
}

err *exp_zip_bytes(struct exp_zip *z, const char *name, const void *p, size_t len)
{
    TRY(exp_zip_begin(z, name, (int64_t)len));
    return exp_zip_add(z, p, len);
}

err *exp_zip_file(struct exp_zip *z, const char *name, int fd, int64_t size_bytes)
{
    char buf[PIECE];

    TRY(entry_begin(z, name, size_bytes, STORED));
    for (int64_t at = 0; at < size_bytes;) {
        ssize_t n = pread(fd, buf, size_bytes - at < PIECE ? (size_t)(size_bytes - at) : PIECE, at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_file(z->a, "could not read a file that goes into \"%s\"", name);
        TRY(exp_zip_add(z, buf, (size_t)n));
        at += n;
    }
    return OK;
}

err *exp_zip_spool(struct exp_zip *z, struct exp_spool *s, int64_t at, int64_t len)
{
    char buf[PIECE];

    while (len > 0) {
        size_t n = len < PIECE ? (size_t)len : PIECE;

        TRY(exp_spool_read(s, at, buf, n));
        TRY(exp_zip_add(z, buf, n));
        at += (int64_t)n;
        len -= (int64_t)n;
    }
    return OK;
}

err *exp_zip_part(void *zip, struct exp_spool *s, const char *name, int64_t at, size_t len)
{
    TRY(exp_zip_begin(zip, name, (int64_t)len));
    return exp_zip_spool(zip, s, at, (int64_t)len);
}

/* ---- the end ---- */

static err *directory_send(struct exp_zip *z)
{
    int64_t len = exp_spool_size(z->directory);

    for (int64_t at = 0; at < len;) {
        size_t n = len - at < PIECE ? (size_t)(len - at) : PIECE;

        TRY(exp_spool_read(z->directory, at, z->packed, n));
        send(z, z->packed, n);
        TRY(flushed(z));
        at += (int64_t)n;
    }
    return OK;
}

/* Where the directory is, when that has no room in the end itself: a record, and where the record is. */
static void end_64_send(struct exp_zip *z, int64_t at, int64_t len)
{
    int64_t here = z->written;
    struct fields f = {.n = 0};

    put(&f, 4, 0x06064b50);
    put(&f, 8, 44); /* bytes that follow */
    put(&f, 2, MADE_ON_UNIX | NEEDS_64);
    put(&f, 2, NEEDS_64);
    put(&f, 8, 0); /* disks */
    put(&f, 8, (uint64_t)z->n);
    put(&f, 8, (uint64_t)z->n);
    put(&f, 8, (uint64_t)len);
    put(&f, 8, (uint64_t)at);
    put(&f, 4, 0x07064b50);
    put(&f, 4, 0);
    put(&f, 8, (uint64_t)here);
    put(&f, 4, 1);
    send(z, f.bytes, f.n);
}

err *exp_zip_end(struct exp_zip *z)
{
    struct fields f = {.n = 0};
    int64_t at, len;
    uint64_t n;

    TRY(entry_end(z));
    at = z->written;
    TRY(directory_send(z));
    len = z->written - at;
    if (z->n >= UINT16_MAX || at >= ELSEWHERE || len >= ELSEWHERE)
        end_64_send(z, at, len);
    n = (uint64_t)(z->n < UINT16_MAX ? z->n : UINT16_MAX);
    put(&f, 4, 0x06054b50);
    put(&f, 4, 0); /* disks */
    put(&f, 2, n);
    put(&f, 2, n);
    put_size(&f, len);
    put_size(&f, at);
    put(&f, 2, 0);
    send(z, f.bytes, f.n);
    return z->out->flush(z->out->to);
}
