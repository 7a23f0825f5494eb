/* Temporary files of requests: bodies too large for memory, uploaded files. Names carry host and process, so that the
 * master can remove what a worker left that died in the middle, also when several hosts share the directory. */
#include "http/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/log.h"
#include "base/text.h"

static const char *const PREFIX = "up-";
enum { STALE_S = 86400 };

static const char *spool_dir(struct arena *a)
{
    return arena_printf(a, "%s/tmp", cfg.data_dir);
}

static const char *host_name(void)
{
    static struct utsname u;

    if (!u.nodename[0] && uname(&u) != 0)
        BUG("uname: %s", strerror(errno));
    return u.nodename;
}

static const char *process_prefix(struct arena *a, pid_t pid)
{
    return arena_printf(a, "%s%s-%ld-", PREFIX, host_name(), (long)pid);
}

static err *make_file(struct arena *a, char **path, int *fd)
{
    const char *dir = spool_dir(a);

    *path = arena_printf(a, "%s/%sXXXXXX", dir, process_prefix(a, getpid()));
    *fd = mkostemp(*path, O_CLOEXEC);
    if (*fd < 0 && errno == ENOENT && mkdir(dir, 0750) == 0) {
        *path = arena_printf(a, "%s/%sXXXXXX", dir, process_prefix(a, getpid()));
        *fd = mkostemp(*path, O_CLOEXEC);
    }
    if (*fd < 0)
        return err_file(a, "could not make a temporary file in \"%s\"", dir);
    return OK;
}

err *spool_anonymous(struct arena *a, int *fd)
{
    char *path;

    *fd = open(spool_dir(a), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (*fd >= 0)
        return OK;
    /* Not every file system knows O_TMPFILE, and the directory may still have to be made. */
    TRY(make_file(a, &path, fd));
    unlink(path);
    return OK;
}

static void remove_file(void *path)
{
    unlink(path);   /* gone when it was renamed */
}

err *spool_named(struct arena *a, const char **path, int *fd)
{
    char *made;

    TRY(make_file(a, &made, fd));
    arena_defer(a, remove_file, made);
    *path = made;
    return OK;
}

err *spool_write(struct arena *a, int fd, const void *p, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, p, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_file(a, "could not write %zu bytes to a temporary file", len);
        p = (const char *)p + n;
        len -= (size_t)n;
    }
    return OK;
}

static bool is_stale(int dir, const char *name)
{
    struct stat st;

    return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_mtime + STALE_S < time(NULL);
}

void spool_sweep(pid_t pid)
{
    struct arena *a = arena_new("sweep");
    const char *prefix = pid ? process_prefix(a, pid) : PREFIX;
    DIR *d = opendir(spool_dir(a));
    struct dirent *entry;

    while (d && (entry = readdir(d)))
        if (text_starts(entry->d_name, prefix) && (pid || is_stale(dirfd(d), entry->d_name)))
            unlinkat(dirfd(d), entry->d_name, 0);
    if (d)
        closedir(d);
    arena_free(a);
}
