/* What the reference's user interface asks about storages: the rows of a form, and a look at the objects. */
#include "storage/storage.h"

#include "base/clock.h"
#include "json/verr.h"
#include "storage/driver.h"
#include "storage/filter.h"

/* "aws_access_key_id" → "Aws access key id" */
static const char *label_of(struct arena *a, const char *key)
{
    char *label = arena_strdup(a, key);

    for (char *p = label; *p; p++)
        if (*p == '_')
            *p = ' ';
    label[0] = (char)(label[0] - 'a' + 'A');
    return label;
}

enum { FILES_MOST = 100 };

static void input_write(struct jw *w, const char *type, const char *name, const char *label, bool required)
{
    jw_obj(w);
    jw_kstr(w, "type", type);
    jw_kstr(w, "name", name);
    jw_kstr(w, "label", label);
    if (required)
        jw_kbool(w, "required", true);
    jw_end(w);
}

static void group_open(struct jw *w, int columns)
{
    jw_obj(w);
    jw_ki64(w, "columnCount", columns);
    jw_key(w, "fields");
    jw_arr(w);
}

static void group_close(struct jw *w)
{
    jw_end(w);
    jw_end(w);
}

void storage_form_write(struct scope *s, struct jw *w, const struct storage_type *t, enum storage_direction d)
{
    jw_arr(w);
    group_open(w, 2);
    input_write(w, "text", "title", "Storage title", true);
    for (const struct storage_field *f = t->fields; f->key; f++)
        input_write(w, f->secret ? "password" : f->kind == 'b' ? "toggle" : "text", f->key, label_of(s->a, f->key), f == t->fields);
    group_close(w);
    group_open(w, 1);
    if (d == STORAGE_IMPORT) {
        input_write(w, "text", "regex_filter", "Take only objects whose name matches this expression", false);
        input_write(w, "toggle", "use_blob_urls", "Every object is a task of its own", false);
        input_write(w, "toggle", "recursive_scan", "Look into folders below too", false);
        if (t->cloud) {
            input_write(w, "toggle", "presign", "Browsers load objects by signed addresses", false);
            input_write(w, "counter", "presign_ttl", "Minutes that a signed address is good for", false);
        }
    } else
        input_write(w, "toggle", "can_delete_objects", "Objects of deleted annotations are removed", false);
    group_close(w);
    jw_end(w);
}

/* ---------------------------------------------------------------- a look at the objects */

struct look {
    struct arena *a;
    struct jw *w;
    struct storage_filter *filter;
    int64_t left;
};

static err *object_write(void *to, const struct storage_object *o, bool *more)
{
    struct look *l = to;

    if (!storage_filter_takes(l->filter, o->key))
        return OK;
    jw_obj(l->w);
    if (l->left-- > 0) {
        jw_kstr(l->w, "key", o->key);
        jw_kstr(l->w, "last_modified", clock_iso(l->a, o->modified_us));
        jw_ki64(l->w, "size", o->size_bytes);
    } else {
        jw_knull(l->w, "key");
        jw_knull(l->w, "last_modified");
        jw_knull(l->w, "size");
        *more = false;
    }
    jw_end(l->w);
    return OK;
}

err *storage_files_write(struct scope *s, struct jw *w, const struct storage_type *t, const struct jin *in)
{
    const struct storage_driver *driver = storage_driver_find(t->name);
    struct look l = {s->a, w, NULL, jin_int(in, "limit", FILES_MOST)};
    json_t *settings;

    TRY(storage_tried(s, STORAGE_IMPORT, t, in, &settings));
    TRY(storage_filter_new(s->a, jin_text(in, "regex_filter"), &l.filter));
    jw_obj(w);
    jw_key(w, "files");
    jw_arr(w);
    TRY(driver->list(s->a, settings, jin_bool(in, "recursive_scan", false), object_write, &l));
    jw_end(w);
    jw_end(w);
    return OK;
}
