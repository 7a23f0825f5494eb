/* The files of one import together: as they were sent, and what archives among them hold. Names are only compared and told, never opened. */
#ifndef LABELD_IMPORT_BUNDLE_H
#define LABELD_IMPORT_BUNDLE_H

#include <stdbool.h>

#include "json/jspan.h"

struct bundle_file {
    const char *name;  /* with its folders, as it stands in the archive */
    const char *path;  /* where its bytes lie as a file of their own; NULL: part of an archive */
    struct span bytes; /* mapped */
    bool used;         /* a picture of an item; or what a reader has read */
    const char *address; /* once it is kept as an upload */
    int64_t upload;
    bool is_labels;    /* though its name is one, no picture but labels */
};

struct bundle {
    struct arena *a;
    struct bundle_file *files;
    size_t n, room;
    int64_t entries, unpacked; /* of its archives: entries of any sort, and bytes */
    /* Called at short intervals while files are unpacked and read; its error ends that. NULL = nobody asks. */
    err *(*alive)(void *to);
    void *to;
    size_t *by_folder; /* as by_stem, but then by the folder, read from its end; NULL where by_stem is enough */
    size_t *by_stem; /* after bundle_index: numbers of the files, by base name without ending, then by name */
};

struct bundle *bundle_new(struct arena *a);
void bundle_add(struct bundle *b, const char *name, struct span bytes);
/* A file that was sent; archives (.zip) are unpacked into a nameless file.
 * Errors: VALIDATION (not readable, too many files, too large when unpacked, names that leave their folder, passwords, links), NO_SPACE. */
err *bundle_add_file(struct bundle *b, const char *name, const char *path) __attribute__((warn_unused_result));
/* All files are there: sort their names. */
void bundle_index(struct bundle *b);

/* Work goes on. Errors: those of `alive`. */
err *bundle_alive(const struct bundle *b) __attribute__((warn_unused_result));

/* Last part of a name. */
const char *bundle_base(const char *name);
/* Does it end in a dot and this, whatever the case? */
bool bundle_ends(const char *name, const char *ending);
bool bundle_ends_in(const char *name, const char *const *endings, size_t n);
/* A picture, by its ending? */
bool bundle_is_picture(const struct bundle_file *f);
/* The file of exactly this name; NULL when there is none. */
struct bundle_file *bundle_named(const struct bundle *b, const char *name);
/* The picture that `name` means, for a file in the folder of `beside`: the same path, else the same path below another folder, else the only
 * one of that base name. stem_only: whatever its ending. One that lies in another part of the data set (splits.h) than `beside` never is.
 * NULL when there is none. */
struct bundle_file *bundle_picture(const struct bundle *b, const char *name, const char *beside, bool stem_only);

/* Numbers of the files whose base name without ending is that of `name`, n of them. */
const size_t *bundle_same_stem(const struct bundle *b, const char *name, size_t *n);

#endif
