/* libarchive's zip writer over an exp_out. */
#include "export/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 65536 };

struct exp_zip {
    struct arena *a;
    const struct exp_out *out;
    struct archive *archive;
    struct archive_entry *entry;
    locale_t utf8;     /* under it the archive says that its names are UTF-8 */
    int64_t unflushed; /* bytes given to out since its last flush */
};

static la_ssize_t put(struct archive *archive, void *zip, const void *p, size_t len)
{
    struct exp_zip *z = zip;

    (void)archive;
    z->out->put(z->out->to, p, len);
    z->unflushed += (int64_t)len;
    return (la_ssize_t)len;
}

static void release(void *zip)
{
    struct exp_zip *z = zip;

    /* Freeing an archive that is not whole would write its end. */
    archive_write_fail(z->archive);
    archive_write_free(z->archive);
    archive_entry_free(z->entry);
    if (z->utf8)
        freelocale(z->utf8);
}

static err *failed(struct exp_zip *z)
{
    return err_internal(z->a, "could not write a zip: %s", archive_error_string(z->archive));
}

static err *flushed(struct exp_zip *z)
{
    if (z->unflushed < PIECE)
        return OK;
    z->unflushed = 0;
    return z->out->flush(z->out->to);
}

err *exp_zip_open(struct arena *a, const struct exp_out *out, struct exp_zip **zip)
{
    struct exp_zip *z = *zip = ARENA_NEW(a, struct exp_zip);

    *z = (struct exp_zip){.a = a, .out = out, .archive = archive_write_new(), .entry = archive_entry_new()};
    z->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    arena_defer(a, release, z);
    if (archive_write_set_format_zip(z->archive) != ARCHIVE_OK || archive_write_set_bytes_per_block(z->archive, PIECE) != ARCHIVE_OK ||
        archive_write_set_bytes_in_last_block(z->archive, 1) != ARCHIVE_OK ||
        archive_write_open(z->archive, z, NULL, put, NULL) != ARCHIVE_OK)
        return failed(z);
    return OK;
}

static err *entry_begin(struct exp_zip *z, const char *name, int64_t size_bytes, bool directory)
{
    locale_t before = z->utf8 ? uselocale(z->utf8) : (locale_t)0;
    int code;

    archive_entry_clear(z->entry);
    archive_entry_set_pathname(z->entry, name);
    archive_entry_set_filetype(z->entry, directory ? AE_IFDIR : AE_IFREG);
    archive_entry_set_perm(z->entry, directory ? 0755 : 0644);
    archive_entry_set_mtime(z->entry, time(NULL), 0);
    archive_entry_set_size(z->entry, size_bytes);
    code = archive_write_header(z->archive, z->entry);
    if (before)
        uselocale(before);
    return code == ARCHIVE_OK ? flushed(z) : failed(z);
}

err *exp_zip_directory(struct exp_zip *z, const char *name)
{
    return entry_begin(z, name, 0, true);
}

err *exp_zip_begin(struct exp_zip *z, const char *name, int64_t size_bytes)
{
    archive_write_zip_set_compression_deflate(z->archive);
    return entry_begin(z, name, size_bytes, false);
}

err *exp_zip_add(struct exp_zip *z, const void *p, size_t len)
{
    return archive_write_data(z->archive, p, len) == (la_ssize_t)len ? flushed(z) : failed(z);
}

err *exp_zip_bytes(struct exp_zip *z, const char *name, const void *p, size_t len)
{
    TRY(exp_zip_begin(z, name, (int64_t)len));
    return exp_zip_add(z, p, len);
}

err *exp_zip_file(struct exp_zip *z, const char *name, int fd, int64_t size_bytes)
{
    char buf[PIECE];

    archive_write_zip_set_compression_store(z->archive);
    TRY(entry_begin(z, name, size_bytes, false));
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

err *exp_zip_end(struct exp_zip *z)
{
    if (archive_write_close(z->archive) != ARCHIVE_OK)
        return failed(z);
    return z->out->flush(z->out->to);
}
