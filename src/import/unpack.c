/* Reading zips. Nothing is written under the names in an archive, but one that tries to leave its folder is refused whole: whoever made it
 * meant harm. Sizes are counted as they are unpacked, not as the archive says them. */
#include "import/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/filemap.h"
#include "base/text.h"
#include "http/spool.h"
#include "json/verr.h"

enum { NAME_MOST = 1024, BLOCK = 65536 };

struct unpacking {
    struct bundle *b;
    const char *name; /* of the archive */
    struct archive *archive;
    int fd;
    int64_t size;
    size_t first; /* file of the bundle */
};

const char *unpack_name_problem(const char *name)
{
    if (!*name || strlen(name) > NAME_MOST || !utf8_valid(name, strlen(name)))
        return "is empty, too long or not UTF-8";
    if (*name == '/' || strchr(name, '\\') || (name[1] == ':' && name[0]))
        return "is not a path inside the archive";
    for (const char *p = name; p; p = strchr(p, '/') ? strchr(p, '/') + 1 : NULL)
        if (strncmp(p, "..", 2) == 0 && (p[2] == '/' || !p[2]))
            return "leaves its folder";
    return NULL;
}

static err *refused(struct unpacking *u, const char *why)
{
    return verr_one(u->b->a, NULL, "%s: %s", u->name, why);
}

/* What computers put into archives unasked. */
static bool is_noise(const char *name)
{
    const char *base = bundle_base(name);

    return text_starts(name, "__MACOSX/") || strcmp(base, ".DS_Store") == 0 || strcmp(base, "Thumbs.db") == 0 || !*base;
}

static err *bytes_read(struct unpacking *u, const char *name)
{
    char block[BLOCK];
    la_ssize_t n;

    while ((n = archive_read_data(u->archive, block, sizeof block)) > 0) {
        if (u->size + n > cfg.import_unpacked_bytes)
            return refused(u, arena_printf(u->b->a, "unpacked it has more than %" PRId64 " bytes", cfg.import_unpacked_bytes));
        TRY(spool_write(u->b->a, u->fd, block, (size_t)n));
        u->size += n;
    }
    if (n < 0)
        return refused(u, arena_printf(u->b->a, "%s cannot be unpacked: it is damaged, or has a password", name));
    return OK;
}

static err *entry_read(struct unpacking *u, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry), *problem;
    int64_t from = u->size;

    if (!name)
        name = archive_entry_pathname(entry);
    problem = unpack_name_problem(name ? name : "");
    if (problem)
        return refused(u, arena_printf(u->b->a, "the name of a file in it %s", problem));
    if (archive_entry_filetype(entry) == AE_IFDIR || is_noise(name))
        return OK;
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
        return refused(u, arena_printf(u->b->a, "%s is not a file", name));
    if ((int64_t)(u->b->n - u->first) >= cfg.import_archive_files)
        return refused(u, arena_printf(u->b->a, "it has more than %" PRId64 " files", cfg.import_archive_files));
    name = arena_strdup(u->b->a, name);
    TRY(bytes_read(u, name));
    bundle_add(u->b, name, (struct span){NULL, (size_t)(u->size - from)});
    return OK;
}

static err *entries_read(struct unpacking *u, const char *path)
{
    struct archive_entry *entry;
    int code;

    if (archive_read_support_format_zip(u->archive) != ARCHIVE_OK || archive_read_open_filename(u->archive, path, BLOCK) != ARCHIVE_OK)
        return refused(u, "this is no zip archive");
    while ((code = archive_read_next_header(u->archive, &entry)) == ARCHIVE_OK || code == ARCHIVE_WARN)
        TRY(entry_read(u, entry));
    return code == ARCHIVE_EOF ? OK : refused(u, "the archive is damaged");
}

/* The bytes lie one after the other. */
static err *place(struct unpacking *u)
{
    const char *p = "";

    if (u->size > 0)
        TRY(filemap_open(u->b->a, u->fd, (size_t)u->size, &p));
    for (size_t i = u->first; i < u->b->n; i++) {
        u->b->files[i].bytes.p = p;
        p += u->b->files[i].bytes.len;
    }
    return OK;
}

err *unpack(struct bundle *b, const char *name, const char *path)
{
    struct unpacking u = {.b = b, .name = name, .first = b->n};
    err *e;

    TRY(spool_anonymous(b->a, &u.fd));
    u.archive = archive_read_new();
    e = entries_read(&u, path);
    archive_read_free(u.archive);
    if (!e)
        e = place(&u);
    close(u.fd);
    return e;
}
