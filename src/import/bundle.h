/* The files of one import together: as they were sent, and what archives among them hold. Names are only compared and told, never opened. */
#ifndef LABELD_IMPORT_BUNDLE_H
#define LABELD_IMPORT_BUNDLE_H

#include <stdbool.h>

#include "json/jspan.h"

struct bundle_file {
    const char *name;  /* with its folders, as it stands in the archive */
    const char *path;  /* where its bytes lie as a file of their own; NULL: part of an archive */
    struct span bytes; /* mapped */
    bool used;         /* a picture of an item */
    const char *address; /* once it is kept as an upload */
    int64_t upload;
    bool is_labels;    /* though its name is one, no picture but labels */
};

struct bundle {
    struct arena *a;
    struct bundle_file *files;
    size_t n, room;
    size_t *by_stem; /* after bundle_index: numbers of the files, by base name without ending, then by name */
};

struct bundle *bundle_new(struct arena *a);
void bundle_add(struct bundle *b, const char *name, struct span bytes);
/* A file that was sent; archives (.zip) are unpacked into a nameless file.
 * Errors: VALIDATION (not readable, too many files, too large when unpacked, names that leave their folder, passwords, links), NO_SPACE. */
err *bundle_add_file(struct bundle *b, const char *name, const char *path) __attribute__((warn_unused_result));
/* All files are there: sort their names. */
void bundle_index(struct bundle *b);

/* Last part of a name; its ending in lower case without the dot ("" when there is none). */
const char *bundle_base(const char *name);
const char *bundle_ending(struct arena *a, const char *name);
/* A picture, by its ending? */
bool bundle_is_picture(const struct bundle_file *f);
/* The picture that `name` means, for a file in the folder of `beside`: the same path, else the same path below another folder, else the only
 * one of that base name. stem_only: whatever its ending. NULL when there is none. */
struct bundle_file *bundle_picture(const struct bundle *b, const char *name, const char *beside, bool stem_only);

#endif
