/* Class masks: one picture for all labels of a picture, whose pixels are numbers or colours of classes. Which files they are, whose picture each
 * is of, and the regions in them: one for each class, or where objects are told apart one for each object. */
#ifndef LABELD_IMPORT_CLASSMASK_H
#define LABELD_IMPORT_CLASSMASK_H

#include "import/classnames.h"

enum { CLASSMASK_TABLES_MOST = 64 };

struct classmasks {
    struct foreign *f;
    bool voc_only; /* only those of SegmentationClass */
    struct {
        const struct bundle_file *file;
        const struct classnames *names; /* NULL: not read yet */
    } tables[CLASSMASK_TABLES_MOST];
    size_t n;
    const struct classnames *voc;
};

/* Is there a file that names classes? */
bool classmask_named(const struct bundle *b);
/* May this be one? named: such a file is there. Pictures of objects and the like, which are never labelled themselves, are not. */
bool classmask_is(const struct bundle_file *file, bool named);
/* One in SegmentationClass? */
bool classmask_is_voc(const struct bundle_file *file);
/* Do class masks stand among these files, beyond doubt? */
bool classmask_fits(const struct bundle *b);

/* Marks them, and what stands beside them, as labels. */
void classmask_open(struct classmasks *c, struct foreign *f, bool voc_only);
/* Those of the picture that the labels in `it->file` are of. */
err *classmask_beside(struct classmasks *c, struct foreign_item *it) __attribute__((warn_unused_result));
/* Each one that belongs to no other labels, as an item. */
err *classmask_rest(struct classmasks *c) __attribute__((warn_unused_result));

#endif
