/* Files on their way into a project, by extension. Reading JSON is imp_json.c; keeping bytes is
 * upload.c. */
#include "import/file.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/text.h"
#include "json/verr.h"

struct mapping {
    void *p;
    size_t len;
};

static void unmap(void *arg)
{
    struct mapping *m = arg;

    munmap(m->p, m->len);
}

/* The kept file as text: mapped, so that its size costs no memory of ours. */
static err *file_map(struct arena *a, const struct upload *u, struct span *out)
{
    struct mapping *m = ARENA_NEW(a, struct mapping);
    int fd = open(u->path, O_RDONLY | O_CLOEXEC);
    off_t len;

    *out = (struct span){"", 0};
    if (fd < 0)
        return err_internal(a, "could not open upload \"%s\"", u->path);
    len = lseek(fd, 0, SEEK_END);
    if (len > 0)
        m->p = mmap(NULL, (size_t)len, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (len <= 0)
        return OK;
    if (m->p == MAP_FAILED)
        return err_internal(a, "could not map upload \"%s\"", u->path);
    m->len = (size_t)len;
    arena_defer(a, unmap, m);
    *out = (struct span){m->p, m->len};
    return OK;
}

static bool is_rows(const char *extension)
{
    return strcmp(extension, "csv") == 0 || strcmp(extension, "tsv") == 0 ||
           strcmp(extension, "txt") == 0;
}

static bool is_markup(const char *extension)
{
    return strcmp(extension, "html") == 0 || strcmp(extension, "htm") == 0 ||
           strcmp(extension, "xml") == 0;
}

/* Editors of some systems put a mark before UTF-8 text; it is no part of the document. */
static struct span without_mark(struct span text)
{
    if (text.len >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0)
        return (struct span){text.p + 3, text.len - 3};
    return text;
}

/* What is wrong, without the words for a request's body. */
static const char *reason(const err *e)
{
    static const char prefix[] = "JSON parse error - ";

    return text_starts(e->detail, prefix) ? e->detail + sizeof prefix - 1 : e->detail;
}

static err *json_file(struct scope *s, struct importer *im, const struct upload *u,
                      const char *name)
{
    struct span text;
    err *e;

    TRY(file_map(s->a, u, &text));
    e = imp_json(im, without_mark(text), u->id);
    if (e && e->kind == ERR_PARSE)
        return verr_one(s->a, NULL, "Failed to parse input file %s: %s", name, reason(e));
    return e;
}

err *imp_file(struct scope *s, struct importer *im, int64_t project, const char *name,
              const char *temporary, int64_t size_bytes, struct upload *out)
{
    TRY(upload_store(s, project, name, temporary, size_bytes, out));
    if (is_rows(out->extension) || is_markup(out->extension))
        return verr_one(s->a, NULL,
                        ".%s files cannot be imported in this release; JSON and media files can",
                        out->extension);
    if (strcmp(out->extension, "json") == 0)
        return json_file(s, im, out, name);
    return imp_value(im, arena_printf(s->a, "/data/%s", out->file), out->id);
}
