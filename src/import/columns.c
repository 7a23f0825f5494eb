/* Keys as sets: those of the present file, and those that all files so far share. */
#include "import/columns.h"

#include <string.h>

#include "base/strbuf.h"
#include "json/verr.h"

static const char undefined[] = "$undefined$";

struct columns {
    struct arena *a;
    json_t *common; /* key → true; NULL before the first file with keys */
    json_t *file;   /* of the present file; NULL until its first task */
    const char *name;
    bool table;
};

static void release(void *arg)
{
    struct columns *c = arg;

    json_decref(c->common);
    json_decref(c->file);
}

struct columns *columns_new(struct arena *a)
{
    struct columns *c = ARENA_NEW(a, struct columns);

    c->a = a;
    arena_defer(a, release, c);
    return c;
}

void columns_file(struct columns *c, const char *name, bool table)
{
    c->name = name;
    c->table = table;
}

void columns_task(struct columns *c, json_t *data)
{
    const char *key;
    json_t *value;

    if (!c->name || c->file)
        return;
    c->file = json_object();
    json_object_foreach(data, key, value) json_object_set_new(c->file, key, json_true());
}

static const char *joined(struct arena *a, json_t *keys)
{
    struct strbuf b;
    const char *key;
    json_t *value;

    strbuf_init(&b, a, 1 << 20);
    json_object_foreach(keys, key, value) strbuf_printf(&b, "%s%s", b.len ? "," : "", key);
    return b.buf;
}

static err *clash(const struct columns *c)
{
    static const char start[] = "You're trying to import inconsistent data:\nuploading";
    const char *here = joined(c->a, c->file), *before = joined(c->a, c->common);

    if (!c->table)
        return verr_one(
            c->a, NULL,
            "%s a single file %s clashes with data key(s) found from other files:\n\"%s\"", start,
            c->name, before);
    if (strcmp(before, undefined) == 0)
        return verr_one(c->a, NULL,
                        "%s tabular data from %s with data key(s) %s, clashes with other raw "
                        "binary files (images, audios, etc.)",
                        start, c->name, here);
    return verr_one(c->a, NULL,
                    "%s tabular data from \"%s\" with data key(s) \"%s\", clashes with data key(s) "
                    "found from other files:\n\"%s\"",
                    start, c->name, here, before);
}

/* Keeps of the shared keys those that the present file has too. */
static void intersect(struct columns *c)
{
    const char *key;
    json_t *value;
    void *next;

    json_object_foreach_safe(c->common, next, key, value) if (!json_object_get(c->file, key))
        json_object_del(c->common, key);
}

static bool share(const struct columns *c)
{
    const char *key;
    json_t *value;

    json_object_foreach(c->common, key, value) if (json_object_get(c->file, key)) return true;
    return false;
}

err *columns_file_end(struct columns *c)
{
    if (json_object_size(c->file) > 0) {
        if (c->common && !share(c))
            return clash(c);
        if (c->common)
            intersect(c);
        else
            c->common = json_incref(c->file);
    }
    json_decref(c->file);
    c->file = NULL;
    c->name = NULL;
    return OK;
}

const char *const *columns_list(const struct columns *c, size_t *n)
{
    const char **list = arena_array(c->a, json_object_size(c->common), sizeof *list);
    const char *key;
    json_t *value;

    *n = 0;
    json_object_foreach(c->common, key, value) list[(*n)++] = arena_strdup(c->a, key);
    return list;
}
