/* Writing an export to the disk: buffered, digested on the way, synced before it gets its name. */
#include "export/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "base/cfg.h"
#include "base/filesync.h"
#include "base/text.h"

enum { BUFFER = 1 << 16, MD5_BYTES = 16 };

struct outfile {
    struct arena *a;
    const char *dir, *path; /* path NULL: it has its own name */
    int fd;
    EVP_MD_CTX *digest;
    char buf[BUFFER];
    size_t n;
    int64_t size_bytes;
    int failed; /* errno */
};

static void give_up(void *arg)
{
    struct outfile *f = arg;

    if (f->fd >= 0)
        close(f->fd);
    if (f->path)
        unlink(f->path);
    EVP_MD_CTX_free(f->digest);
}

/* nginx reads it as another user of the same group. */
err *outfile_open(struct arena *a, int64_t project, struct outfile **out)
{
    struct outfile *f = ARENA_NEW(a, struct outfile);

    *out = f;
    f->a = a;
    TRY(filesync_directory(a, arena_printf(a, "%s/export", cfg.data_dir)));
    f->dir = arena_printf(a, "%s/export/%lld", cfg.data_dir, (long long)project);
    TRY(filesync_directory(a, f->dir));
    f->path = arena_printf(a, "%s/part-%s", f->dir, hex_random(a, 8));
    f->fd = open(f->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (f->fd < 0)
        return err_file(a, "could not make \"%s\"", f->path);
    f->digest = EVP_MD_CTX_new();
    arena_defer(a, give_up, f);
    if (EVP_DigestInit_ex(f->digest, EVP_md5(), NULL) != 1)
        return err_internal(a, "could not begin an MD5 digest");
    return OK;
}

static void write_out(struct outfile *f)
{
    for (size_t at = 0; at < f->n && !f->failed;) {
        ssize_t n = write(f->fd, f->buf + at, f->n - at);
        if (n >= 0)
            at += (size_t)n;
        else if (errno != EINTR)
            f->failed = errno;
    }
    if (EVP_DigestUpdate(f->digest, f->buf, f->n) != 1)
        f->failed = EIO;
    f->size_bytes += (int64_t)f->n;
    f->n = 0;
}

void outfile_put(void *file, const char *p, size_t len)
{
    struct outfile *f = file;

    while (len > 0 && !f->failed) {
        size_t n = len < BUFFER - f->n ? len : BUFFER - f->n;
        memcpy(f->buf + f->n, p, n);
        f->n += n;
        p += n;
        len -= n;
        if (f->n == BUFFER)
            write_out(f);
    }
}

err *outfile_flush(void *file)
{
    const struct outfile *f = file;

    errno = f->failed;
    return f->failed ? err_file(f->a, "could not write \"%s\"", f->path) : OK;
}

err *outfile_end(struct outfile *f, const char **md5, int64_t *size_bytes)
{
    unsigned char digest[EVP_MAX_MD_SIZE];

    write_out(f);
    TRY(outfile_flush(f));
    TRY(filesync_path(f->a, f->path));
    if (EVP_DigestFinal_ex(f->digest, digest, NULL) != 1)
        return err_internal(f->a, "could not end an MD5 digest");
    *md5 = hex_encode(f->a, digest, MD5_BYTES);
    *size_bytes = f->size_bytes;
    return OK;
}

err *outfile_keep(struct outfile *f, const char *file)
{
    if (rename(f->path, arena_printf(f->a, "%s/%s", cfg.data_dir, file)) != 0)
        return err_file(f->a, "could not name \"%s\" \"%s\"", f->path, file);
    f->path = NULL;
    return filesync_path(f->a, f->dir);
}
