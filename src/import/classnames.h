/* What the values of a class mask are called: numbers or colours and their names, from the files that tools write beside their masks. */
#ifndef LABELD_IMPORT_CLASSNAMES_H
#define LABELD_IMPORT_CLASSNAMES_H

#include "import/foreign.h"

enum { CLASSNAMES_MOST = 65536 };

struct class_name {
    uint32_t key; /* its number, or 0xRRGGBB */
    uint32_t place; /* in classnames.all */
    const char *name;
    bool nothing; /* background and the like: no label */
};

struct classnames {
    const char *file; /* for messages */
    bool coloured;    /* keys are colours, and the places of the classes in the file their numbers */
    bool greys;       /* all of these colours are greys */
    struct class_name *all; /* in the order of the file */
    size_t n, room;
    const struct class_name **sorted; /* by key */
};

/* By its name: how good such a file is, the best has 1; 0: it is none. */
int classnames_is(const char *name);
/* A file of names. Lines that cannot be used are refused, and not in it. */
err *classnames_read(struct foreign *f, const struct bundle_file *file, const struct classnames **out) __attribute__((warn_unused_result));
/* The classes and colours of the Pascal VOC challenge. */
const struct classnames *classnames_voc(struct arena *a);

/* NULL: it has no name. */
const struct class_name *classnames_key(const struct classnames *c, uint32_t key);
const struct class_name *classnames_number(const struct classnames *c, uint32_t number);

#endif
