/* The set of compiled templates: found by name, filled from a directory at start. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tmpl/node.h"

enum { LOAD_DEPTH = 8, FILE_MOST = 1 << 20 };

static struct tmpl **slot_of(struct tmpl_set *set, const char *name)
{
    uint32_t h = 2166136261u;

    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * 16777619u;
    return &set->slots[h % TMPL_SET_MAX];
}

struct tmpl_set *tmpl_set_new(struct arena *a)
{
    struct tmpl_set *set = ARENA_NEW(a, struct tmpl_set);

    set->a = a;
    return set;
}

const struct tmpl *tmpl_find(const struct tmpl_set *set, const char *name)
{
    const struct tmpl *t = *slot_of((struct tmpl_set *)(uintptr_t)set, name);

    while (t && strcmp(t->name, name) != 0)
        t = t->next;
    return t;
}

void tmpl_add(struct tmpl_set *set, struct tmpl *t)
{
    struct tmpl **slot = slot_of(set, t->name);

    t->next = *slot;
    *slot = t;
}

static err *file_read(struct arena *a, const char *path, struct strbuf *out)
{
    char buf[16384];
    ssize_t n;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return err_new(a, ERR_BAD_REQUEST, "could not read template \"%s\": %s", path,
                       strerror(errno));
    strbuf_init(out, a, FILE_MOST);
    while ((n = read(fd, buf, sizeof buf)) > 0)
        strbuf_add(out, buf, (size_t)n);
    close(fd);
    if (n < 0)
        return err_new(a, ERR_BAD_REQUEST, "could not read template \"%s\"", path);
    return strbuf_check(out);
}

static int visible_only(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static bool is_html(const char *name)
{
    size_t len = strlen(name);

    return len > 5 && strcmp(name + len - 5, ".html") == 0;
}

static err *load_dir(struct tmpl_set *set, const char *dir, const char *prefix, int depth);

static err *load_entry(struct tmpl_set *set, const char *dir, const char *prefix, const char *entry,
                       int depth)
{
    const char *path = arena_printf(set->a, "%s/%s", dir, entry);
    const char *name = arena_printf(set->a, "%s%s", prefix, entry);
    struct stat st;
    struct strbuf text;

    if (stat(path, &st) < 0)
        return err_new(set->a, ERR_BAD_REQUEST, "could not read template \"%s\": %s", path,
                       strerror(errno));
    if (S_ISDIR(st.st_mode))
        return load_dir(set, path, arena_printf(set->a, "%s/", name), depth + 1);
    if (!is_html(entry))
        return OK;
    TRY(file_read(set->a, path, &text));
    return tmpl_compile(set->a, set, arena_strndup(set->a, name, strlen(name) - 5), text.buf,
                        text.len);
}

static err *load_dir(struct tmpl_set *set, const char *dir, const char *prefix, int depth)
{
    struct dirent **list;
    err *e = OK;
    int i, n = depth < LOAD_DEPTH ? scandir(dir, &list, visible_only, alphasort) : -1;

    if (n < 0)
        return err_new(set->a, ERR_BAD_REQUEST, "could not read template directory \"%s\": %s", dir,
                       depth < LOAD_DEPTH ? strerror(errno) : "nested too deep");
    for (i = 0; i < n; i++) {
        if (!e)
            e = load_entry(set, dir, prefix, list[i]->d_name, depth);
        free(list[i]);
    }
    free(list);
    return e;
}

static err *partials_of(const struct tmpl_set *set, struct arena *a, const struct tmpl *t)
{
    size_t i;

    for (i = 0; i < t->n; i++)
        if (t->nodes[i].type == NODE_PARTIAL && !tmpl_find(set, t->nodes[i].text))
            return err_new(a, ERR_BAD_REQUEST, "template %s.html line %d: no such partial: \"%s\"",
                           t->name, t->nodes[i].line, t->nodes[i].text);
    return OK;
}

err *tmpl_check_partials(const struct tmpl_set *set, struct arena *a)
{
    size_t i;
    const struct tmpl *t;

    for (i = 0; i < TMPL_SET_MAX; i++)
        for (t = set->slots[i]; t; t = t->next)
            TRY(partials_of(set, a, t));
    return OK;
}

err *tmpl_load(struct arena *a, const char *dir, struct tmpl_set **out)
{
    struct tmpl_set *set = tmpl_set_new(a);

    TRY(load_dir(set, dir, "", 0));
    TRY(tmpl_check_partials(set, a));
    *out = set;
    return OK;
}
