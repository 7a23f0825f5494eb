/* Masks as PNG files. One for each label of a picture: masks/LABEL/NAME.png, where NAME is the picture's, or with the names that exports of
 * brush regions have (task-3-annotation-7-by-1-CONTROL-LABEL-0.png), whose picture is task-3; what is not black belongs to the mask. And one for
 * all labels of a picture (classmask.c). */
#include <string.h>

#include "base/text.h"
#include "import/classmask.h"
#include "import/maskpng.h"
#include "import/maskruns.h"

struct mask {
    const char *picture; /* name of the picture it belongs to */
    const char *label;
};

/* The folder that holds a name: its last part, in `a`; and where that begins. */
static const char *folder_of(struct arena *a, const char *name, size_t len, size_t *from)
{
    size_t at = len;

    while (at > 0 && name[at - 1] != '/')
        at--;
    *from = at;
    return arena_strndup(a, name + at, len - at);
}

/* masks/LABEL/NAME.png */
static bool by_folder(struct arena *a, const char *name, struct mask *out)
{
    const char *base = bundle_base(name), *above;
    size_t from;

    if (base == name)
        return false;
    out->label = folder_of(a, name, (size_t)(base - name) - 1, &from);
    if (from == 0)
        return false;
    above = folder_of(a, name, from - 1, &from);
    out->picture = arena_printf(a, "%.*s.jpg", (int)(strrchr(base, '.') - base), base);
    return *out->label && (strcmp(above, "masks") == 0 || strcmp(above, "mask") == 0);
}

/* task-3-annotation-7-by-1-CONTROL-LABEL-0.png */
static bool by_name(struct arena *a, const char *name, struct mask *out)
{
    const char *base = bundle_base(name), *annotation = strstr(base, "-annotation-"), *by = annotation ? strstr(annotation, "-by-") : NULL;
    const char *p = by ? strchr(by + 4, '-') : NULL, *end;

    if (!text_starts(base, "task-") || !p)
        return false;
    p = strchr(p + 1, '-');
    end = strrchr(base, '-');
    if (!p || end <= p + 1)
        return false;
    out->picture = arena_printf(a, "%.*s.jpg", (int)(annotation - base), base);
    out->label = arena_strndup(a, p + 1, (size_t)(end - p - 1));
    return true;
}

/* named: there is a file that names classes. JPEG files are no masks, which their reader says. */
static bool mask_find(struct arena *a, const struct bundle_file *file, bool named, struct mask *out)
{
    static const char *const types[] = {"png", "jpg", "jpeg"};
    bool png = bundle_ends(file->name, "png");

    if (!bundle_ends_in(file->name, types, sizeof types / sizeof *types) || classmask_is(file, named))
        return false;
    return ((png && by_name(a, file->name, out)) || by_folder(a, file->name, out)) && utf8_valid(out->label, strlen(out->label));
}

bool imp_masks_fits(struct arena *a, const struct bundle *b)
{
    struct arena_mark mark = arena_mark(a);
    bool named = classmask_named(b), found = classmask_fits(b);
    struct mask m;

    for (size_t i = 0; i < b->n && !found; i++) {
        found = mask_find(a, &b->files[i], named, &m);
        arena_rewind(a, mark);
    }
    return found;
}

/* ---- pixels ---- */

/* Is anything of it seen that is not black? */
static bool is_painted(const struct pngrows *p, const unsigned char *pixel)
{
    return !pngrows_clear(p, pixel) && (p->wide ? pngrows_value(p, pixel) : pngrows_colour(p, pixel)) != 0;
}

static void row_take(const struct pngrows *p, const unsigned char *row, size_t y, struct maskruns *runs)
{
    for (size_t x = 0, to; x < p->width; x = to) {
        to = pngrows_run(p, row, x);
        if (is_painted(p, row + x * p->pixel))
            maskruns_add(runs, y, x, to);
    }
}

static err *pixels_read(struct foreign *f, struct foreign_item *it, const struct bundle_file *file, const char *label, struct pngrows *p)
{
    const unsigned char *row;
    struct maskruns runs;

    maskruns_begin(&runs, f->mask, p->width, p->height);
    for (size_t y = 0; y < p->height; y++) {
        row = pngrows_next(p);
        if (!row)
            return foreign_refuse(f, file->name, 0, NULL, "is damaged: %s", p->why);
        row_take(p, row, y, &runs);
    }
    maskruns_end(&runs, f->item, foreign_region_add(f, it, SHAPE_MASK, label));
    TRY(foreign_pixels(f, file->name, 0, (uint64_t)runs.runs * FOREIGN_RUN_COSTS));
    return bundle_alive(f->b);
}

/* While only looked at, its size is all that is wanted. */
static err *mask_read(struct foreign *f, struct foreign_item *it, const struct bundle_file *file, const char *label)
{
    struct pngrows p;
    bool fits;

    arena_reset(f->mask);
    TRY(maskpng_open(f, it, file, &p, &fits));
    if (!fits)
        return OK;
    if (!f->look)
        return pixels_read(f, it, file, label, &p);
    (void)foreign_region_add(f, it, SHAPE_MASK, label);
    return OK;
}

static void masks_mark(struct foreign *f, bool named)
{
    struct mask m;

    for (size_t i = 0; i < f->b->n; i++)
        f->b->files[i].is_labels |= mask_find(f->item, &f->b->files[i], named, &m);
    arena_reset(f->item);
}

/* Files come in the order of their base names: those of a picture follow each other. */
static err *label_masks_read(struct foreign *f, bool named)
{
    struct foreign_item it = {0};

    masks_mark(f, named);
    for (size_t i = 0; i < f->b->n; i++) {
        const struct bundle_file *file = &f->b->files[f->b->by_stem[i]];
        struct mask m;
        if (!file->is_labels || !mask_find(f->item, file, named, &m))
            continue;
        if (it.file && strcmp(it.image, m.picture) != 0) {
            TRY(foreign_done(f, &it));
            it.file = NULL;
            (void)mask_find(f->item, file, named, &m);
        }
        if (!it.file) {
            it = (struct foreign_item){.file = file->name, .image = m.picture};
            foreign_picture(f, &it, true);
        }
        TRY(mask_read(f, &it, file, m.label));
    }
    return it.file ? foreign_done(f, &it) : OK;
}

err *imp_masks_read(struct foreign *f)
{
    struct classmasks c;

    classmask_open(&c, f, false);
    TRY(label_masks_read(f, classmask_named(f->b)));
    TRY(classmask_rest(&c));
    return foreign_pictures_left(f);
}
