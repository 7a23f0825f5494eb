/* What the formats of one picture for each task share: an archive with the directory images/, and a walk over items with the file that
 * each is about. */
#ifndef LABELD_EXPORT_PICTURES_H
#define LABELD_EXPORT_PICTURES_H

#include "export/items.h"
#include "export/media.h"
#include "export/spool.h"
#include "export/zip.h"

struct exp_pictures;

typedef err *exp_picture_fn(struct exp_pictures *p, const struct exp_item *item, const struct exp_file *file);

struct exp_pictures {
    struct scope *s;
    const struct exp_options *o;
    struct exp_options walk; /* the same, with a look ahead */
    const struct exp_out *out;
    const struct lc *lc;
    struct arena *a; /* what lasts until the end of the file; s->a is rewound after each item */
    struct exp_zip *zip;
    struct exp_parts *parts; /* of the caller: files that are written when all items are known */
    const char *key;         /* of the data */
    bool is_media;           /* it names files */
    bool all_items;          /* also those whose data names none */
    bool keep;               /* put the files' bytes into the archive */
    struct exp_media *media;
    struct exp_parts *kept;  /* their names */
    const char *folder;      /* "images" */
    exp_picture_fn *fn;
    int64_t awake_us;        /* when others are to hear of us again */
    int64_t task;            /* whose newest annotation came last */
};

/* Begin the archive. keep: bring the files, from other servers too. */
err *exp_pictures_open(struct scope *s, const struct exp_options *o, const struct exp_out *out, bool keep, struct exp_pictures *p)
    __attribute__((warn_unused_result));
/* Every item whose data names a file. With exp_options.corrected only the newest annotation of each task, and the task's number stands
 * before the file's name, so that pictures of one name do not meet. */
err *exp_pictures_each(struct exp_pictures *p, exp_picture_fn *fn) __attribute__((warn_unused_result));
/* The annotator as a text: e-mail or id, "" when unknown. */
const char *exp_annotator(struct arena *a, const struct exp_item *it);

#endif
