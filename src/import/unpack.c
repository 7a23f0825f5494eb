/* Reading zips. Nothing is written under the names in an archive, but one that tries to leave its folder is refused whole: whoever made it
 * meant harm. Sizes are counted as they are unpacked, not as the archive says them. */
#include "import/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/filemap.h"
#include "base/text.h"
#include "http/spool.h"
#include "json/verr.h"

enum { NAME_MOST = 1024, BLOCK = 65536 };

/* libarchive takes in the whole directory of an archive before it gives its first entry: what passes it meanwhile is counted. The end of an
 * archive may hold a few more such marks, which are no entries. */
enum { SLACK = 4096 };

struct reader {
    int fd;
    bool counting;
    int64_t marks;
    char block[BLOCK];
};

struct unpacking {
    struct bundle *b;
    const char *name; /* of the archive */
    struct archive *archive;
    struct reader in;
    int fd;
    int64_t size;
    size_t first; /* file of the bundle */
    bool crowded; /* its directory is too long */
    err *stopped;
};

const char *unpack_name_problem(const char *name)
{
    if (!*name || strlen(name) > NAME_MOST || !utf8_valid(name, strlen(name)))
        return "is empty, too long or not UTF-8";
    if (*name == '/' || (name[1] == ':' && name[0]))
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

/* Folders and what is passed over count too: reading them takes as long. */
static err *crowded(struct unpacking *u)
{
    return refused(u, arena_printf(u->b->a, "the archives of one import may have %" PRId64 " entries together", cfg.import_archive_files));
}

/* What computers put into archives unasked. */
static bool is_noise(const char *name)
{
    const char *base = bundle_base(name);

    return text_starts(name, "__MACOSX/") || text_starts(base, "._") || strcmp(base, ".DS_Store") == 0 || strcmp(base, "Thumbs.db") == 0 ||
           strcmp(base, "desktop.ini") == 0 || !*base;
}

/* What bytes from 128 on mean in names that are not UTF-8: the code page of the first PCs, as zip has it. */
static const uint16_t old_letters[128] = {
    0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8, 0x00ef, 0x00ee, 0x00ec, 0x00c4, 0x00c5,
    0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9, 0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192,
    0x00e1, 0x00ed, 0x00f3, 0x00fa, 0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb,
    0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b, 0x2510,
    0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f, 0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567,
    0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
    0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4, 0x03a6, 0x0398, 0x03a9, 0x03b4, 0x221e, 0x03c6, 0x03b5, 0x2229,
    0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00f7, 0x2248, 0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0,
};

/* Two or three bytes for each. */
static char *from_old(struct arena *a, const char *name)
{
    char *s = arena_alloc(a, strlen(name) * 3 + 1), *to = s;

    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        uint16_t c = *p < 128 ? *p : old_letters[*p - 128];
        if (c >= 0x800)
            *to++ = (char)(0xE0 | c >> 12);
        if (c >= 0x80)
            *to++ = (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3F) : 0xC0 | c >> 6);
        *to++ = (char)(c >= 0x80 ? 0x80 | (c & 0x3F) : c);
    }
    *to = '\0';
    return s;
}

/* Some programs of Windows part folders as Windows does. */
static const char *with_slashes(struct arena *a, const char *name)
{
    char *s = utf8_valid(name, strlen(name)) ? arena_strdup(a, name) : from_old(a, name);

    for (char *p = s; (p = strchr(p, '\\'));)
        *p = '/';
    return s;
}

static err *bytes_read(struct unpacking *u, const char *name)
{
    char block[BLOCK];
    la_ssize_t n;

    while ((n = archive_read_data(u->archive, block, sizeof block)) > 0) {
        u->b->unpacked += n;
        if (u->b->unpacked > cfg.import_unpacked_bytes)
            return refused(u, arena_printf(u->b->a, "unpacked it has more than %" PRId64 " bytes", cfg.import_unpacked_bytes));
        TRY(spool_write(u->b->a, u->fd, block, (size_t)n));
        u->size += n;
        TRY(bundle_alive(u->b));
    }
    if (n < 0)
        return refused(u, arena_printf(u->b->a, "%s cannot be unpacked: it is damaged, or has a password", name));
    return OK;
}

static err *entry_read(struct unpacking *u, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname_utf8(entry), *problem;
    int64_t from = u->size;

    if (++u->b->entries > cfg.import_archive_files)
        return crowded(u);
    if (!name)
        name = archive_entry_pathname(entry);
    name = with_slashes(u->b->a, name ? name : "");
    problem = unpack_name_problem(name);
    if (problem)
        return refused(u, arena_printf(u->b->a, "the name of a file in it %s", problem));
    if (archive_entry_filetype(entry) == AE_IFDIR || is_noise(name))
        return OK;
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
        return refused(u, arena_printf(u->b->a, "%s is not a file", name));
    TRY(bytes_read(u, name));
    bundle_add(u->b, name, (struct span){NULL, (size_t)(u->size - from)});
    return OK;
}

/* ---- the file ---- */

static void marks_count(struct reader *in, const char *p, size_t n)
{
    static const char mark[] = "PK\1\2";
    const char *end = p + n;

    while ((p = memmem(p, (size_t)(end - p), mark, sizeof mark - 1))) {
        in->marks++;
        p += sizeof mark - 1;
    }
}

static la_ssize_t on_read(struct archive *archive, void *to, const void **out)
{
    struct unpacking *u = to;
    ssize_t n = read(u->in.fd, u->in.block, sizeof u->in.block);

    *out = u->in.block;
    if (n <= 0 || !u->in.counting)
        return n;
    marks_count(&u->in, u->in.block, (size_t)n);
    u->crowded = u->b->entries + u->in.marks > cfg.import_archive_files + SLACK;
    u->stopped = bundle_alive(u->b);
    if (!u->crowded && !u->stopped)
        return n;
    archive_set_error(archive, EINVAL, "too many entries");
    return -1;
}

static la_int64_t on_seek(struct archive *archive, void *to, la_int64_t offset, int whence)
{
    struct unpacking *u = to;
    off_t at = lseek(u->in.fd, offset, whence);

    if (at < 0)
        archive_set_error(archive, errno, "could not seek");
    return at < 0 ? ARCHIVE_FATAL : at;
}

static la_int64_t on_skip(struct archive *archive, void *to, la_int64_t n)
{
    struct unpacking *u = to;

    (void)archive;
    return lseek(u->in.fd, n, SEEK_CUR) < 0 ? 0 : n;
}

static bool begin(struct unpacking *u)
{
    return archive_read_support_format_zip(u->archive) == ARCHIVE_OK && archive_read_set_read_callback(u->archive, on_read) == ARCHIVE_OK &&
           archive_read_set_seek_callback(u->archive, on_seek) == ARCHIVE_OK &&
           archive_read_set_skip_callback(u->archive, on_skip) == ARCHIVE_OK &&
           archive_read_set_callback_data(u->archive, u) == ARCHIVE_OK && archive_read_open1(u->archive) == ARCHIVE_OK;
}

static err *entries_read(struct unpacking *u)
{
    struct archive_entry *entry;
    int code;

    u->in.counting = true;
    if (!begin(u))
        return u->stopped ? u->stopped : u->crowded ? crowded(u) : refused(u, "this is no zip archive");
    while ((code = archive_read_next_header(u->archive, &entry)) == ARCHIVE_OK || code == ARCHIVE_WARN) {
        u->in.counting = false;
        TRY(entry_read(u, entry));
        TRY(bundle_alive(u->b));
    }
    if (code == ARCHIVE_EOF)
        return OK;
    TRY(u->stopped);
    return u->crowded ? crowded(u) : refused(u, "the archive is damaged");
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

static err *unpack_here(struct bundle *b, const char *name, const char *path)
{
    struct unpacking *u = ARENA_NEW(b->a, struct unpacking);
    err *e;

    *u = (struct unpacking){.b = b, .name = name, .first = b->n};
    u->in.fd = open(path, O_RDONLY | O_CLOEXEC);
    if (u->in.fd < 0)
        return err_file(b->a, "could not open \"%s\"", path);
    e = spool_anonymous(b->a, &u->fd);
    if (!e) {
        u->archive = archive_read_new();
        e = entries_read(u);
        archive_read_free(u->archive);
        e = e ? e : place(u);
        close(u->fd);
    }
    close(u->in.fd);
    return e;
}

/* libarchive gives names in the letters of the locale, which servers have none of. */
err *unpack(struct bundle *b, const char *name, const char *path)
{
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), before;
    err *e;

    if (!utf8)
        return unpack_here(b, name, path);
    before = uselocale(utf8);
    e = unpack_here(b, name, path);
    uselocale(before);
    freelocale(utf8);
    return e;
}
