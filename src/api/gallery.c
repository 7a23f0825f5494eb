/* The gallery of label configurations. The index gives groups, order and words; each configuration is a file of its own, so that
 * it can be read, checked and compared like any other XML. */
#include "api/gallery.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "api/handlers.h"
#include "http/rs.h"

enum { CONFIG_MOST_BYTES = 16 << 10 };

static json_t *groups;

static void release(void *tree)
{
    json_decref(tree);
    groups = NULL;
}

err *gallery_text(struct arena *a, const char *path, json_t *to, const char *key)
{
    char text[CONFIG_MOST_BYTES];
    size_t n;
    FILE *f = fopen(path, "re");

    if (!f)
        return err_new(a, ERR_BAD_REQUEST, "could not read \"%s\": %s", path, strerror(errno));
    n = fread(text, 1, sizeof text, f);
    fclose(f);
    if (n == sizeof text || json_object_set_new(to, key, json_stringn(text, n)) < 0)
        return err_new(a, ERR_BAD_REQUEST, "could not use \"%s\": it is too long or not UTF-8", path);
    return OK;
}

static err *group_read(struct arena *a, const char *dir, json_t *group)
{
    json_t *template;
    size_t i;

    json_array_foreach(json_object_get(group, "templates"), i, template) {
        const char *name = json_string_value(json_object_get(template, "name"));
        TRY(gallery_text(a, arena_printf(a, "%s/%s.xml", dir, name ? name : ""), template, "config"));
    }
    return OK;
}

err *gallery_load(struct arena *boot, const char *dir)
{
    const char *path = arena_printf(boot, "%s/index.json", dir);
    json_error_t why;
    json_t *group;
    size_t i;

    groups = json_load_file(path, 0, &why);
    if (!groups)
        return err_new(boot, ERR_BAD_REQUEST, "could not read \"%s\" line %d: %s", path, why.line, why.text);
    arena_defer(boot, release, groups);
    json_array_foreach(groups, i, group)
        TRY(group_read(boot, dir, group));
    return OK;
}

json_t *gallery_groups(void)
{
    return groups;
}

/* ---- GET /api/templates/ ---- */

static const char *text_of(const json_t *o, const char *key)
{
    return json_string_value(json_object_get(o, key));
}

static void template_write(struct rq *rq, struct jw *w, const json_t *template, const char *group, size_t order)
{
    jw_obj(w);
    jw_kstr(w, "title", text_of(template, "title"));
    jw_kstr(w, "type", "community");
    jw_kstr(w, "group", group);
    jw_ki64(w, "order", (int64_t)order);
    jw_kstr(w, "image", arena_printf(rq->a, "/static/gallery.svg#%s", text_of(template, "name")));
    jw_kstr(w, "details", text_of(template, "details"));
    jw_kstr(w, "config", text_of(template, "config"));
    jw_end(w);
}

err *api_templates(struct rq *rq)
{
    struct jw *w = rs_json(rq);
    json_t *group, *template;
    size_t g, t, order = 0;

    jw_obj(w);
    jw_key(w, "templates");
    jw_arr(w);
    json_array_foreach(groups, g, group)
        json_array_foreach(json_object_get(group, "templates"), t, template)
            template_write(rq, w, template, text_of(group, "title"), ++order);
    jw_end(w);
    jw_key(w, "groups");
    jw_arr(w);
    json_array_foreach(groups, g, group)
        jw_str(w, text_of(group, "title"));
    jw_end(w);
    jw_end(w);
    return OK;
}
