/* Formats BRUSH_TO_NUMPY, BRUSH_TO_PNG and MASKS_TO_PNG: each mask a file of its own, of the last one polygons, boxes and ellipses too. A project with a single mask gives that file alone, so none leaves
 * before all are known. */
#include <png.h>
#include <string.h>

#include "base/text.h"
#include "core/project.h"
#include "export/pictures.h"
#include "export/shape.h"

enum { BRUSH_STEM_MOST = 200 }; /* with a number and an ending it is still the name of a file */

typedef err *mask_writer(struct arena *a, const unsigned char *alpha, size_t width, size_t height, struct span *out);

struct brush {
    struct scope *s;
    const struct exp_out *out;
    const struct lc *lc;
    struct arena *a;
    const char *extension;
    mask_writer *write;
    bool painted; /* shapes other than brushes too, always in an archive */
    struct exp_parts *parts;
    int64_t awake_us;
};

/* ---- files ---- */

/* The header ends on a multiple of 64 bytes. */
static err *npy(struct arena *a, const unsigned char *alpha, size_t width, size_t height, struct span *out)
{
    enum { MAGIC = 10, ALIGN = 64 };
    struct strbuf b;
    size_t len;

    strbuf_init(&b, a, SIZE_MAX);
    strbuf_add(&b, "\x93NUMPY\x01\x00\x00\x00", MAGIC);
    strbuf_printf(&b, "{'descr': '|u1', 'fortran_order': False, 'shape': (%zu, %zu), }", height, width);
    while ((b.len + 1) % ALIGN != 0)
        strbuf_putc(&b, ' ');
    strbuf_putc(&b, '\n');
    len = b.len - MAGIC;
    b.buf[8] = (char)(len & 0xff);
    b.buf[9] = (char)(len >> 8);
    strbuf_add(&b, alpha, width * height);
    *out = (struct span){b.buf, b.len};
    return OK;
}

static err *png(struct arena *a, const unsigned char *alpha, size_t width, size_t height, struct span *out)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .width = (png_uint_32)width, .height = (png_uint_32)height, .format = PNG_FORMAT_GRAY};
    png_alloc_size_t len = PNG_IMAGE_PNG_SIZE_MAX(image);
    char *bytes = arena_alloc(a, len);

    if (!png_image_write_to_memory(&image, bytes, &len, 0, alpha, 0, NULL))
        return err_internal(a, "could not write a mask as PNG: %s", image.message);
    *out = (struct span){bytes, len};
    return OK;
}

/* ---- names ---- */

/* Slashes of labels make no directories. */
static void add_part(struct strbuf *b, const char *text)
{
    strbuf_putc(b, '-');
    for (; *text; text++)
        strbuf_putc(b, *text == '/' || *text == '\\' ? '-' : *text);
}

static void add_person(struct strbuf *b, const char *text)
{
    static const char kept[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.";

    for (; *text; text++)
        if (strchr(kept, *text))
            strbuf_putc(b, *text);
}

static const char *stem_of(struct arena *a, const struct exp_item *it, const char *from_name, const char *const *labels, size_t n)
{
    struct strbuf b;

    strbuf_init(&b, a, SIZE_MAX);
    strbuf_printf(&b, "task-%lld-annotation-%lld-by-", (long long)it->task, (long long)it->annotation);
    add_person(&b, exp_annotator(a, it));
    add_part(&b, from_name);
    for (size_t i = 0; i < n; i++)
        add_part(&b, labels[i]);
    return text_cut(a, b.buf, BRUSH_STEM_MOST);
}

/* ---- masks ---- */

/* Masks of one annotation with the same name are numbered. */
struct seen {
    const char **stems;
    size_t n, room;
};

static size_t number_of(struct arena *a, struct seen *seen, const char *stem)
{
    size_t n = 0;

    for (size_t i = 0; i < seen->n; i++)
        n += strcmp(seen->stems[i], stem) == 0;
    seen->stems = exp_room(a, seen->stems, seen->n, &seen->room, sizeof *seen->stems);
    seen->stems[seen->n++] = stem;
    return n;
}

static err *mask_out(struct brush *x, const char *name, const struct exp_shape *s)
{
    struct arena *a = x->s->a;
    struct arena_mark m = arena_mark(a);
    unsigned char *alpha;
    size_t width, height;
    struct span bytes;

    TRY(exp_awake(x->s, x->out, &x->awake_us));
    exp_shape_mask(a, s, &alpha, &width, &height);
    if (!alpha && x->painted)
        TRY(exp_shape_paint(a, s, &alpha, &width, &height));
    if (alpha) {
        TRY(x->write(a, alpha, width, height, &bytes));
        TRY(exp_parts_put(x->parts, name, bytes.p, bytes.len));
    }
    arena_rewind(a, m);
    return OK;
}

static err *region_out(struct brush *x, const struct exp_item *it, const struct exp_group *g, const struct exp_region *r, struct seen *seen)
{
    struct arena *a = x->s->a;
    const char *const *labels;
    struct exp_shape s;
    const char *stem;
    size_t n;

    TRY(exp_shape_read(a, r, &s));
    if (x->painted)
        TRY(exp_shape_labels(a, &s, LABEL_KINDS, &labels, &n));
    else
        TRY(exp_texts(a, s.labels[strcmp(g->control->type, "Labels") == 0 ? LABELS_PLAIN : LABELS_BRUSH], &labels, &n));
    if (!s.rle.p && !x->painted)
        return OK;
    stem = stem_of(a, it, g->name, labels, n);
    return mask_out(x, arena_printf(a, "%s-%zu.%s", stem, number_of(a, seen, stem), x->extension), &s);
}

static err *item_out(void *to, const struct exp_item *it)
{
    struct seen seen = {0};
    struct brush *x = to;

    for (size_t i = 0; i < it->n_groups; i++) {
        const struct exp_group *g = &it->groups[i];
        if (!x->painted && strcmp(g->control->type, "BrushLabels") != 0 && strcmp(g->control->type, "Labels") != 0)
            continue;
        for (size_t k = 0; k < g->n; k++)
            TRY(region_out(x, it, g, &g->regions[k], &seen));
    }
    return OK;
}

/* ---- the file ---- */

/* An exp_part_fn: the only part is the file. */
static err *alone(void *to, struct exp_spool *spool, const char *name, int64_t at, size_t len)
{
    struct brush *x = to;
    char *bytes = arena_alloc(x->a, len);

    (void)name;
    TRY(exp_spool_read(spool, at, bytes, len));
    x->out->put(x->out->to, bytes, len);
    return x->out->flush(x->out->to);
}

static err *ended(struct brush *x)
{
    struct exp_zip *zip;

    if (exp_parts_count(x->parts) == 1 && !x->painted) {
        exp_named(x->out, x->extension);
        return exp_parts_each(x->parts, alone, x);
    }
    exp_named(x->out, "zip");
    TRY(exp_zip_open(x->a, x->out, &zip));
    TRY(exp_parts_each(x->parts, exp_zip_part, zip));
    return exp_zip_end(zip);
}

/* What kind of file comes is not known yet: not even its head may leave. */
static err *beat(void *to)
{
    const struct exp_out *out = ((struct brush *)to)->out;

    return out->beat ? out->beat(out->to) : OK;
}

static err *write(struct scope *s, const struct exp_options *o, const struct exp_out *out, const char *extension, mask_writer *writer, bool painted)
{
    struct brush x = {.s = s, .out = out, .extension = extension, .write = writer, .painted = painted, .a = arena_below(s->a, "export")};
    const struct exp_out later = {.flush = beat, .to = &x};

    TRY(project_config(s, o->project, &x.lc, NULL, NULL));
    TRY(exp_parts_open(x.a, &x.parts));
    TRY(exp_items(s, o, x.lc, &later, item_out, &x));
    return ended(&x);
}

err *exp_brush_numpy_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return write(s, o, out, "npy", npy, false);
}

err *exp_brush_png_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return write(s, o, out, "png", png, false);
}

err *exp_masks_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return write(s, o, out, "png", png, true);
}
