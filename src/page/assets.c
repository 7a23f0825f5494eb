/* A digest over the static files. Their content, not the program's version: a checkout changes them without a release, and
 * a page must never meet a script of another day. */
#include "page/assets.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum { DIGEST_BYTES = 16, SHOWN_BYTES = 6, BLOCK_BYTES = 16384 };

static int by_name(const FTSENT **x, const FTSENT **y)
{
    return strcmp((*x)->fts_name, (*y)->fts_name);
}

static bool content_add(crypto_generichash_state *digest, const char *path)
{
    unsigned char block[BLOCK_BYTES];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = -1;

    while (fd >= 0 && (n = read(fd, block, sizeof block)) > 0)
        crypto_generichash_update(digest, block, (size_t)n);
    if (fd >= 0)
        close(fd);
    return n == 0;
}

/* Name and size set one file off from the next. */
static bool file_add(crypto_generichash_state *digest, const FTSENT *f, size_t below)
{
    const char *name = f->fts_path + below;

    crypto_generichash_update(digest, (const unsigned char *)name, strlen(name) + 1);
    crypto_generichash_update(digest, (const unsigned char *)&f->fts_statp->st_size, sizeof f->fts_statp->st_size);
    return content_add(digest, f->fts_accpath);
}

static void tree_close(void *tree)
{
    fts_close(tree);
}

err *assets_version(struct arena *a, const char *dir, const char **out)
{
    char *const roots[] = {arena_strdup(a, dir), NULL};
    unsigned char bytes[DIGEST_BYTES];
    crypto_generichash_state digest;
    FTS *tree = fts_open(roots, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    FTSENT *f;

    if (!tree)
        return err_internal(a, "could not read \"%s\": %s", dir, strerror(errno));
    arena_defer(a, tree_close, tree);
    crypto_generichash_init(&digest, NULL, 0, sizeof bytes);
    while ((f = fts_read(tree))) {
        bool bad = f->fts_info == FTS_ERR || f->fts_info == FTS_DNR || f->fts_info == FTS_NS;
        if (bad || (f->fts_info == FTS_F && !file_add(&digest, f, strlen(dir))))
            return err_internal(a, "could not read static file \"%s\"", f->fts_path);
    }
    crypto_generichash_final(&digest, bytes, sizeof bytes);
    *out = arena_printf(a, "v%s", hex_encode(a, bytes, SHOWN_BYTES));
    return OK;
}
