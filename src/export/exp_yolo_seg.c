/* Format YOLO_SEGMENTATION: every region is an outline, boxes by their corners, masks by their borders. Lines of classes.txt are the numbers
 * of the classes. */
#include "export/contours.h"
#include "export/yolo.h"
#include "json/jnum.h"

enum { CORNERS_LEAST = 3 };

static void outline_put(struct strbuf *b, int64_t category, const struct contour *c, double width, double height)
{
    char text[JNUM_BYTES];

    strbuf_printf(b, "%lld", (long long)category);
    for (size_t i = 0; i < c->n; i++) {
        strbuf_putc(b, ' ');
        strbuf_add(b, text, jnum_f64(text, (c->points[i].x + 0.5) / width));
        strbuf_putc(b, ' ');
        strbuf_add(b, text, jnum_f64(text, (c->points[i].y + 0.5) / height));
    }
    strbuf_putc(b, '\n');
}

void yolo_mask(struct exp_yolo *y, struct strbuf *b, const struct exp_shape *s, const char *const *labels, size_t n)
{
    /* Of its own, since the lines in `b` stay when the pixels go. */
    struct arena *own = arena_new("mask of a region");
    size_t width, height, contours = 0;
    unsigned char *alpha;
    struct contour *all;

    exp_shape_mask(own, s, &alpha, &width, &height);
    if (alpha)
        contours_find(own, alpha, width, height, &all, &contours);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < contours; k++)
            if (all[k].n >= CORNERS_LEAST)
                outline_put(b, exp_category_of(&y->categories, labels[i]), &all[k], (double)width, (double)height);
    arena_free(own);
}

err *exp_yolo_seg_write(struct scope *s, const struct exp_options *o, const struct exp_out *out)
{
    return yolo_write(s, o, out, YOLO_SEGMENTS, o->resources);
}
