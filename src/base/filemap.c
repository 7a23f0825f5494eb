/* Mapped files and how far each was read. A worker has one or two at a time: a list is enough to find them. */
#include "base/filemap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { STEP = 1 << 20 };   /* given back at a time: a system call each */

struct filemap {
    struct filemap *next;
    char *p;
    size_t len;
    size_t kept;           /* offset of the first page that may be in memory, from what the reader told */
};

static struct filemap *maps;

static void unmap(void *arg)
{
    struct filemap *m = arg, **at = &maps;

    munmap(m->p, m->len);
    while (*at != m)
        at = &(*at)->next;
    *at = m->next;
}

err *filemap_open(struct arena *a, int fd, size_t len, const char **out)
{
    struct filemap *m = ARENA_NEW(a, struct filemap);

    m->len = len;
    m->p = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (m->p == MAP_FAILED)
        return err_file(a, "could not map a file of %zu bytes", len);
    m->next = maps;
    maps = m;
    arena_defer(a, unmap, m);
    *out = m->p;
    return OK;
}

err *filemap_whole(struct arena *a, const char *path, const char **out, size_t *len)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    err *e = OK;
    off_t end;

    *out = "";
    *len = 0;
    if (fd < 0)
        return errno == ENOENT ? err_new(a, ERR_NOT_FOUND, "there is no file \"%s\"", path) : err_file(a, "could not open \"%s\"", path);
    end = lseek(fd, 0, SEEK_END);
    if (end > 0) {
        *len = (size_t)end;
        e = filemap_open(a, fd, *len, out);
    }
    close(fd);
    return e;
}

static struct filemap *find(const char *p)
{
    for (struct filemap *m = maps; m; m = m->next)
        if ((uintptr_t)p >= (uintptr_t)m->p && (uintptr_t)p <= (uintptr_t)m->p + m->len)
            return m;
    return NULL;
}

void filemap_passed(const char *p)
{
    static size_t page;
    struct filemap *m = find(p);
    size_t at;

    if (!m)
        return;
    page = page ? page : (size_t)sysconf(_SC_PAGESIZE);
    at = (size_t)(p - m->p) / page * page;
    if (at < m->kept)      /* once more from the beginning */
        m->kept = at;
    if (at - m->kept < STEP)
        return;
    /* Only a hint: should it fail, the text is there all the same. */
    (void)madvise(m->p + m->kept, at - m->kept, MADV_DONTNEED);
    m->kept = at;
}

void filemap_drop(const char *p)
{
    struct filemap *m = find(p);

    if (m)
        (void)madvise(m->p, m->len, MADV_DONTNEED);
}
