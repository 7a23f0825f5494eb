/* The walk over items and their files. */
#include "export/pictures.h"

#include <string.h>

#include "core/project.h"

/* Texts may look like addresses of files. */
static bool names_files(const struct lc *lc)
{
    static const char *const types[] = {"Image", "Audio", "AudioPlus", "Video", "Pdf", "PDF"};

    for (size_t i = 0; i < lc_control_count(lc); i++) {
        const struct lc_control *c = lc_control_at(lc, i);
        for (size_t k = 0; c->n_inputs && k < sizeof types / sizeof *types; k++)
            if (strcmp(c->inputs[0].type, types[k]) == 0)
                return true;
    }
    return false;
}

/* The file of a later task is fetched while this one's is written. */
static bool ahead(void *to, struct span data)
{
    struct exp_pictures *p = to;
    struct exp_item it = {.data = data};
    const char *value = exp_data_text(p->s->a, &it, p->key);

    return !value || exp_media_ahead(p->media, value);
}

err *exp_pictures_open(struct scope *s, const struct exp_options *o, const struct exp_out *out, bool keep, struct exp_pictures *p)
{
    bool single;

    *p = (struct exp_pictures){.s = s, .o = o, .out = out, .keep = keep, .a = arena_below(s->a, "export"), .folder = "images"};
    TRY(project_config(s, o->project, &p->lc, NULL, NULL));
    p->key = exp_data_key(p->lc, &single);
    p->is_media = names_files(p->lc);
    p->media = exp_media_new(p->a, s, o, keep);
    p->walk = *o;
    if (keep && p->is_media) {
        p->walk.ahead = ahead;
        p->walk.ahead_to = p;
    }
    TRY(exp_parts_open(p->a, &p->parts));
    TRY(exp_parts_open(p->a, &p->kept));
    return exp_zip_open(p->a, out, &p->zip);
}

/* Once for each name: other annotations are about the same file. */
static err *keep_file(struct exp_pictures *p, const struct exp_file *f)
{
    const char *path = arena_printf(p->s->a, "%s/%s", p->folder, f->name);

    if (!p->keep || f->fd < 0 || exp_parts_has(p->kept, path))
        return OK;
    TRY(exp_parts_put(p->kept, path, "", 0));
    return exp_zip_file(p->zip, path, f->fd, f->size_bytes);
}

static err *file_out(struct exp_pictures *p, const struct exp_item *it, struct exp_file *f)
{
    if (p->o->corrected)
        f->name = arena_printf(p->s->a, "%lld-%s", (long long)it->task, f->name);
    TRY(keep_file(p, f));
    return p->fn(p, it, f);
}

static err *item_out(void *to, const struct exp_item *it)
{
    struct exp_pictures *p = to;
    const char *value = p->is_media ? exp_data_text(p->s->a, it, p->key) : NULL;
    struct exp_file f = {.name = "", .fd = -1};
    err *e;

    if ((!value && !p->all_items) || (p->o->corrected && p->task == it->task))
        return OK;
    p->task = it->task;
    TRY(exp_awake(p->s, p->out, &p->awake_us));
    if (value)
        TRY(exp_media_find(p->media, value, &f));
    e = file_out(p, it, &f);
    exp_file_close(&f);
    return e;
}

err *exp_pictures_each(struct exp_pictures *p, exp_picture_fn *fn)
{
    p->fn = fn;
    TRY(exp_zip_directory(p->zip, arena_printf(p->a, "%s/", p->folder)));
    return exp_items(p->s, &p->walk, p->lc, p->out, item_out, p);
}

const char *exp_annotator(struct arena *a, const struct exp_item *it)
{
    if (it->annotator_email)
        return it->annotator_email;
    return it->has_annotator ? arena_printf(a, "%lld", (long long)it->annotator) : "";
}
