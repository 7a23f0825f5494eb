/* A COCO document that is larger than memory: two lists grow in nameless files until the rest is known. */
#ifndef LABELD_EXPORT_COCO_H
#define LABELD_EXPORT_COCO_H

#include "export/pictures.h"
#include "json/jw.h"

struct coco_list {
    struct exp_spool *spool;
    int64_t n;
};

/* An element, as compact JSON. */
err *coco_add(struct arena *a, struct coco_list *l, struct span json) __attribute__((warn_unused_result));
/* The document {first: …, second: …, third: …, "info": …} as an entry of the archive; the lists may be given in any place, categories
 * and info are compact JSON. */
struct coco_part {
    const char *key;
    const struct coco_list *list; /* or */
    struct span json;
};
err *coco_write(struct arena *a, struct exp_zip *zip, const char *name, const struct coco_part *parts, size_t n) __attribute__((warn_unused_result));
/* A number as Python writes it: whole ones that were whole in the source stay so. */
void coco_size(struct jw *w, const char *key, double v);

#endif
