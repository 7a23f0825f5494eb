/* The YOLO family: one text file for each picture, one line for each region. */
#ifndef LABELD_EXPORT_YOLO_H
#define LABELD_EXPORT_YOLO_H

#include "export/categories.h"
#include "export/pictures.h"
#include "export/shape.h"

enum yolo_kind { YOLO_BOXES, YOLO_TURNED, YOLO_SEGMENTS };

struct exp_yolo {
    struct exp_pictures p; /* first: callbacks get its address */
    enum yolo_kind kind;
    bool keypoints;
    struct exp_categories categories;
};

/* pictures: bring them. */
err *yolo_write(struct scope *s, const struct exp_options *o, const struct exp_out *out, enum yolo_kind kind, bool pictures)
    __attribute__((warn_unused_result));
/* Lines of a mask: one for each of its outlines (exp_yolo_seg.c). */
void yolo_mask(struct exp_yolo *y, struct strbuf *b, const struct exp_shape *s, const char *const *labels, size_t n);

#endif
