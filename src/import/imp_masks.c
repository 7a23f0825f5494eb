/* Masks as PNG files, one for each label of a picture: masks/LABEL/NAME.png, where NAME is the picture's, or with the names that exports of
 * brush regions have (task-3-annotation-7-by-1-CONTROL-LABEL-0.png), whose picture is task-3. What is not black belongs to the mask. */
#include <png.h>
#include <string.h>

#include "base/text.h"
#include "import/cocorle.h"
#include "import/foreign.h"

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

static bool mask_find(struct arena *a, const struct bundle_file *file, struct mask *out)
{
    return bundle_ends(file->name, "png") && (by_name(a, file->name, out) || by_folder(a, file->name, out)) &&
           utf8_valid(out->label, strlen(out->label));
}

bool imp_masks_fits(struct arena *a, const struct bundle *b)
{
    struct mask m;

    struct arena_mark mark = arena_mark(a);
    bool found = false;

    for (size_t i = 0; i < b->n && !found; i++) {
        found = mask_find(a, &b->files[i], &m);
        arena_rewind(a, mark);
    }
    return found;
}

/* ---- pixels ---- */

/* *out NULL: it cannot be used. While only looked at, its size is all that is wanted. */
static err *decode(struct foreign *f, const struct bundle_file *file, png_image *image, unsigned char **out)
{
    static unsigned char nothing;
    err *e;

    *image = (png_image){.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_memory(image, file->bytes.p, file->bytes.len))
        return foreign_refuse(f, file->name, 0, NULL, "is not a PNG file: %s", image->message);
    if (image->width == 0 || image->height == 0 || image->width > COCORLE_PIXELS_MOST / image->height) {
        png_image_free(image);
        return foreign_refuse(f, file->name, 0, NULL, "has more than 67,108,864 pixels");
    }
    e = foreign_pixels(f, file->name, 0, (uint64_t)image->width * image->height);
    if (e || f->look) {
        png_image_free(image);
        *out = &nothing;
        return e;
    }
    image->format = PNG_FORMAT_GRAY;
    *out = arena_array(f->mask, image->width, image->height);
    if (png_image_finish_read(image, &(png_color){0, 0, 0}, *out, 0, NULL))
        return OK;
    *out = NULL;
    return foreign_refuse(f, file->name, 0, NULL, "is damaged: %s", image->message);
}

static err *mask_read(struct foreign *f, struct foreign_item *it, const struct bundle_file *file, const char *label)
{
    unsigned char *pixels = NULL;
    struct foreign_region *r;
    png_image image;

    arena_reset(f->mask);
    TRY(decode(f, file, &image, &pixels));
    if (!pixels)
        return OK;
    if (it->width <= 0) {
        it->width = image.width;
        it->height = image.height;
    }
    if (it->width != image.width || it->height != image.height)
        return foreign_refuse(f, file->name, 0, NULL, "has %ux%u pixels, the picture %lldx%lld", image.width, image.height,
                              (long long)it->width, (long long)it->height);
    r = foreign_region_add(f, it, SHAPE_MASK, label);
    if (f->look)
        return OK;
    for (size_t i = 0; i < (size_t)image.width * image.height; i++)
        pixels[i] = pixels[i] ? 255 : 0;
    foreign_mask(f, r, pixels, image.width, image.height);
    return bundle_alive(f->b);
}

static void masks_mark(struct foreign *f)
{
    struct mask m;

    for (size_t i = 0; i < f->b->n; i++)
        f->b->files[i].is_labels = mask_find(f->item, &f->b->files[i], &m);
    arena_reset(f->item);
}

/* Files come in the order of their base names: those of a picture follow each other. */
err *imp_masks_read(struct foreign *f)
{
    struct foreign_item it = {0};

    masks_mark(f);
    for (size_t i = 0; i < f->b->n; i++) {
        const struct bundle_file *file = &f->b->files[f->b->by_stem[i]];
        struct mask m;
        if (!file->is_labels || !mask_find(f->item, file, &m))
            continue;
        if (it.file && strcmp(it.image, m.picture) != 0) {
            TRY(foreign_done(f, &it));
            it.file = NULL;
            (void)mask_find(f->item, file, &m);
        }
        if (!it.file) {
            it = (struct foreign_item){.file = file->name, .image = m.picture};
            foreign_picture(f, &it, true);
        }
        TRY(mask_read(f, &it, file, m.label));
    }
    if (it.file)
        TRY(foreign_done(f, &it));
    return foreign_pictures_left(f);
}
