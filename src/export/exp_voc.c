/* Format VOC: Annotations/<stem>.xml for each picture, and the pictures. Where several annotations belong to one picture the oldest of the
 * last task is kept, as each would be written over the one before. */
#include <math.h>
#include <string.h>

#include "core/project.h"
#include "export/media.h"
#include "export/pictures.h"
#include "export/shape.h"
#include "export/spool.h"
#include "export/zip.h"

/* Control characters are no part of XML. */
static void xml_text(struct strbuf *b, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '&': strbuf_puts(b, "&amp;"); break;
        case '<': strbuf_puts(b, "&lt;"); break;
        case '>': strbuf_puts(b, "&gt;"); break;
        default:
            if ((unsigned char)*text >= 0x20 || strchr("\t\n\r", *text))
                strbuf_putc(b, *text);
        }
}

static void element(struct strbuf *b, const char *tag, const char *text)
{
    strbuf_printf(b, "<%s>", tag);
    xml_text(b, text);
    strbuf_printf(b, "</%s>\n", tag);
}

static void number(struct strbuf *b, const char *tag, double v)
{
    strbuf_printf(b, "<%s>%.0f</%s>\n", tag, trunc(v), tag);
}

static void head(struct strbuf *b, struct arena *a, const struct exp_item *it, const char *name, const struct exp_shape *first, unsigned depth)
{
    strbuf_puts(b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<annotation>\n<folder>images</folder>\n");
    element(b, "filename", name);
    strbuf_puts(b, "<source>\n<database>MyDatabase</database>\n<annotation>COCO2017</annotation>\n<image>flickr</image>\n"
                   "<flickrid>NULL</flickrid>\n");
    element(b, "annotator", exp_annotator(a, it));
    strbuf_puts(b, "</source>\n<owner>\n<flickrid>NULL</flickrid>\n<name>Label Studio</name>\n</owner>\n<size>\n");
    number(b, "width", first->original_width);
    number(b, "height", first->original_height);
    number(b, "depth", depth);
    strbuf_puts(b, "</size>\n<segmented>0</segmented>\n");
}

/* Pixels are cut off, corner and size each for itself. */
static void object(struct strbuf *b, const struct exp_shape *s, const struct exp_shape *first, const char *label, bool corrected)
{
    double w = first->original_width / 100, h = first->original_height / 100, x, y, width, height;
    struct exp_corners c = exp_box_turn(s->x * w, s->y * h, s->width * w, s->height * h, corrected ? s->rotation : 0);

    exp_points_box(c.p, 4, &x, &y, &width, &height);
    if (!corrected || s->rotation == 0) {
        x = s->x / 100 * first->original_width;
        y = s->y / 100 * first->original_height;
        width = s->width / 100 * first->original_width;
        height = s->height / 100 * first->original_height;
    }
    strbuf_puts(b, "<object>\n");
    element(b, "name", label);
    strbuf_puts(b, "<pose>Unspecified</pose>\n<truncated>0</truncated>\n<difficult>0</difficult>\n<bndbox>\n");
    number(b, "xmin", x);
    number(b, "ymin", y);
    number(b, "xmax", trunc(x) + trunc(width));
    number(b, "ymax", trunc(y) + trunc(height));
    strbuf_puts(b, "</bndbox>\n</object>\n");
}

static err *region_out(struct exp_pictures *p, struct strbuf *b, const struct exp_region *r, const struct exp_shape *first)
{
    struct exp_shape s;
    const char *const *labels;
    size_t n;

    TRY(exp_shape_read(p->s->a, r, &s));
    TRY(exp_texts(p->s->a, s.labels[LABELS_RECTANGLE], &labels, &n));
    if (n == 0)
        TRY(exp_texts(p->s->a, s.labels[LABELS_PLAIN], &labels, &n));
    if (n > 0 && s.has_box)
        object(b, &s, first, labels[0], p->o->corrected);
    return OK;
}

static unsigned depth_of(struct arena *a, const struct exp_file *f)
{
    struct imgsize size;

    return exp_file_size(a, f, &size) && size.channels ? size.channels : 3;
}

/* Of a picture that could not be had the end of its address, whatever that is. */
static const char *name_of(struct exp_pictures *p, const struct exp_item *it, const struct exp_file *f)
{
    const char *value = exp_data_text(p->s->a, it, p->key), *slash = value ? strrchr(value, '/') : NULL;

    return f->is_known || p->o->corrected || !slash ? f->name : slash + 1;
}

static err *item_out(struct exp_pictures *p, const struct exp_item *it, const struct exp_file *f)
{
    struct arena *a = p->s->a;
    struct exp_shape first;
    struct strbuf b;

    if (it->n_groups == 0)
        return OK;
    TRY(exp_shape_read(a, &it->groups[0].regions[0], &first));
    if (!first.has_size)
        return OK;
    strbuf_init(&b, a, SIZE_MAX);
    head(&b, a, it, name_of(p, it, f), &first, depth_of(a, f));
    for (size_t i = 0; i < it->n_groups; i++)
        for (size_t k = 0; k < it->groups[i].n; k++)
            TRY(region_out(p, &b, &it->groups[i].regions[k], &first));
    strbuf_puts(&b, "</annotation>\n");
    return exp_parts_put(p->parts, arena_printf(a, "Annotations/%s.xml", exp_stem(a, f->name)), b.buf, b.len);
}

err *exp_voc_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    struct exp_pictures p;

    TRY(exp_pictures_open(s, o, out, o->resources, &p));
    TRY(exp_zip_directory(p.zip, "Annotations/"));
    TRY(exp_pictures_each(&p, item_out));
    TRY(exp_parts_each(p.parts, exp_zip_part, p.zip));
    return exp_zip_end(p.zip);
}
