/* Local files: the driver, and which of them may be served. */
#include "storage/local.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cfg.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "json/verr.h"
#include "storage/driver.h"
#include "storage/storage.sql.h"

/* ---------------------------------------------------------------- where things lie */

/* Where a path leads, NULL when nowhere. */
static const char *real_path(struct arena *a, const char *path)
{
    char buf[PATH_MAX];

    return realpath(path, buf) ? arena_strdup(a, buf) : NULL;
}

static const char *document_root(struct arena *a)
{
    return *cfg.local_files_document_root ? real_path(a, cfg.local_files_document_root) : NULL;
}

/* The part of a path below a directory, NULL when it is not below it. */
static const char *below(const char *path, const char *directory)
{
    size_t n = strlen(directory);

    return strncmp(path, directory, n) == 0 && path[n] == '/' && path[n + 1] ? path + n + 1 : NULL;
}

err *local_resolve(struct arena *a, const char *asked, const char **real, const char **relative)
{
    const char *root = document_root(a);
    struct stat st;

    if (!cfg.local_files_serving_enabled || !root)
        return err_new(a, ERR_PERMISSION, NULL);
    *real = real_path(a, arena_printf(a, "%s/%s", root, asked));
    *relative = *real ? below(*real, root) : NULL;
    if (!*relative || stat(*real, &st) != 0 || !S_ISREG(st.st_mode))
        return err_new(a, ERR_NOT_FOUND, NULL);
    return OK;
}

err *local_open(struct scope *s, int64_t project, const char *asked, int *fd)
{
    const char *real, *relative;
    struct row r;
    bool covered;
    err *e = local_resolve(s->a, asked, &real, &relative);

    *fd = -1;
    if (e)
        return e->kind == ERR_NOT_FOUND || e->kind == ERR_PERMISSION ? OK : e;
    TRY(db_opt(s->db, SQL_storage_covers, DB_ARGS(SCOPE_ARGS(s), db_text(real), db_opt_i64(project != 0, project)), &r, &covered));
    if (covered)
        *fd = open(real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    return OK;
}

err *local_link(struct arena *a)
{
    const char *link = arena_printf(a, "%s/local", cfg.data_dir), *root = document_root(a);
    const char *fresh = arena_printf(a, "%s.%ld", link, (long)getpid());

    if (!cfg.local_files_serving_enabled || !root) {
        if (unlink(link) != 0 && errno != ENOENT)
            return err_internal(a, "could not remove \"%s\": %s", link, strerror(errno));
        return OK;
    }
    if (symlink(root, fresh) != 0 || rename(fresh, link) != 0)
        return err_internal(a, "could not lead \"%s\" to the document root: %s", link, strerror(errno));
    return OK;
}

/* ---------------------------------------------------------------- the driver */

static const char *path_of(const json_t *settings)
{
    return json_string_value(json_object_get(settings, "path"));
}

static err *check(struct arena *a, json_t *settings)
{
    const char *path = path_of(settings), *root = document_root(a), *real;
    struct stat st;

    if (!path || !*path)
        return verr_one(a, NULL, "Path must be set for Local Files storage");
    real = *path == '/' ? real_path(a, path) : NULL;
    if (!real || stat(real, &st) != 0 || !S_ISDIR(st.st_mode))
        return verr_one(a, NULL, "Absolute local path \"%s\" does not exist", path);
    if (!cfg.local_files_serving_enabled || !root)
        return verr_one(a, NULL, "Local files are turned off on this server; its settings local_files_serving_enabled and local_files_document_root turn them on");
    if (strcmp(real, root) == 0)
        return verr_one(a, NULL, "Absolute local path \"%s\" cannot be the same as LOCAL_FILES_DOCUMENT_ROOT=\"%s\" by security reasons. "
                        "Please add a subdirectory. For example: \"%s/dataset1\".", path, root, root);
    if (!below(real, root))
        return verr_one(a, NULL, "Absolute local path \"%s\" must be a subdirectory of LOCAL_FILES_DOCUMENT_ROOT=\"%s\" by security reasons. "
                        "For example: \"%s/dataset1\".", path, root, root);
    json_object_set_new(settings, "path", json_string(real));
    return OK;
}

struct walk {
    struct arena *a;
    const char *root;
    bool recursive, more;
    storage_object_fn *fn;
    void *to;
};

enum { DEEPEST = 64 };

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static err *directory_walk(struct walk *w, const char *path, int depth);

/* A file, a directory below the first level, or what leads to a file that still lies below the document root. */
static err *entry_walk(struct walk *w, const char *directory, const char *name, int depth)
{
    struct arena_mark m = arena_mark(w->a);
    const char *path = arena_printf(w->a, "%s/%s", directory, name), *real;
    struct stat st;
    err *e = OK;

    if (lstat(path, &st) != 0)
        return OK;      /* gone since */
    if (S_ISDIR(st.st_mode)) {
        if (w->recursive && depth < DEEPEST)
            e = directory_walk(w, path, depth + 1);
    } else {
        real = real_path(w->a, path);
        if (real && below(real, w->root) && stat(real, &st) == 0 && S_ISREG(st.st_mode) && utf8_valid(path, strlen(path))) {
            struct storage_object o = {path, st.st_size, (int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000};
            e = w->fn(w->to, &o, &w->more);
        }
    }
    if (!e)
        arena_rewind(w->a, m);
    return e;
}

static err *directory_walk(struct walk *w, const char *path, int depth)
{
    struct dirent **names;
    int n = scandir(path, &names, NULL, by_bytes);
    err *e = OK;

    if (n < 0)
        return verr_one(w->a, NULL, "The directory \"%s\" cannot be read: %s", path, strerror(errno));
    for (int i = 0; i < n; i++) {
        const char *name = names[i]->d_name;

        if (!e && w->more && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            e = entry_walk(w, path, name, depth);
        free(names[i]);
    }
    free(names);
    return e;
}

static err *list(struct arena *a, const json_t *settings, bool recursive, storage_object_fn *fn, void *to)
{
    struct walk w = {.a = a, .root = document_root(a), .recursive = recursive, .more = true, .fn = fn, .to = to};

    return directory_walk(&w, path_of(settings), 0);
}

static err *open_object(struct arena *a, const json_t *settings, const char *key, int *fd, int64_t *size_bytes)
{
    const char *real = real_path(a, key), *root = document_root(a);
    struct stat st;

    (void)settings;
    *fd = real && root && below(real, root) ? open(real, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if (*fd < 0 || fstat(*fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (*fd >= 0)
            close(*fd);
        return verr_one(a, NULL, "The file \"%s\" cannot be read", key);
    }
    *size_bytes = st.st_size;
    return OK;
}

/* "/data/local-files/?d=ds1/a%20b.jpg" */
static const char *address(struct arena *a, const json_t *settings, const char *key)
{
    const char *root = document_root(a), *path = root ? below(key, root) : NULL;
    struct strbuf b;

    (void)settings;
    strbuf_init(&b, a, SIZE_MAX);
    strbuf_puts(&b, "/data/local-files/?d=");
    while (path && *path) {
        size_t n = strcspn(path, "/");

        strbuf_puts(&b, url_encode(a, arena_strndup(a, path, n)));
        if (path[n])
            strbuf_putc(&b, '/');
        path += n + (path[n] == '/');
    }
    return b.buf;
}

static err *written(struct arena *a, const char *path, const char *text, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    size_t done = 0;
    bool ok = fd >= 0;

    while (ok && done < len) {
        ssize_t n = write(fd, text + done, len - done);
        ok = n > 0 || (n < 0 && errno == EINTR);
        done += n > 0 ? (size_t)n : 0;
    }
    if (fd >= 0 && close(fd) != 0)
        ok = false;
    return ok ? OK : verr_one(a, NULL, "\"%s\" cannot be written: %s", path, strerror(errno));
}

/* No fsync: a later run writes what a crash of the host has lost. */
static err *put(struct arena *a, const json_t *settings, const char *name, const char *text, size_t len)
{
    const char *path = arena_printf(a, "%s/%s", path_of(settings), name), *fresh = arena_printf(a, "%s.%ld.part", path, (long)getpid());
    err *e = written(a, fresh, text, len);

    if (!e && rename(fresh, path) != 0)
        e = verr_one(a, NULL, "\"%s\" cannot be written: %s", path, strerror(errno));
    if (e)
        (void)unlink(fresh);
    return e;
}

static err *remove_object(struct arena *a, const json_t *settings, const char *name)
{
    const char *path = arena_printf(a, "%s/%s", path_of(settings), name);

    if (unlink(path) != 0 && errno != ENOENT)
        return verr_one(a, NULL, "\"%s\" cannot be removed: %s", path, strerror(errno));
    return OK;
}

const struct storage_driver storage_local = {"localfiles", check, list, open_object, address, put, remove_object};
