/* fsync of files and directories. When something must be synced is its owner's business. */
#include "base/filesync.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

err *filesync_path(struct arena *a, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), failed;

    if (fd < 0)
        return err_file(a, "could not open \"%s\"", path);
    failed = fsync(fd) != 0 ? errno : 0;
    close(fd);
    errno = failed;
    return failed ? err_file(a, "could not write \"%s\" to the disk", path) : OK;
}

err *filesync_disk(struct arena *a, int fd, const char *dir)
{
    return syncfs(fd) == 0 ? OK : err_file(a, "could not write what is in \"%s\" to the disk", dir);
}

err *filesync_directory(struct arena *a, const char *dir)
{
    if (mkdir(dir, 0750) == 0)
        return filesync_path(a, arena_strndup(a, dir, (size_t)(strrchr(dir, '/') - dir)));
    return errno == EEXIST ? OK : err_file(a, "could not make directory \"%s\"", dir);
}
