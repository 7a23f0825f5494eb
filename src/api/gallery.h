/* The gallery of label configurations that people start from: templates/gallery, read once at start. */
#ifndef LABELD_API_GALLERY_H
#define LABELD_API_GALLERY_H

#include <jansson.h>

#include "base/arena.h"
#include "base/err.h"

/* Read <dir>/index.json and the configurations that it names. The tree lives in `boot`.
 * Errors: BAD_REQUEST naming the file. */
err *gallery_load(struct arena *boot, const char *dir) __attribute__((warn_unused_result));
/* A small text file as the member `key`. Errors: BAD_REQUEST naming it. */
err *gallery_text(struct arena *a, const char *path, json_t *to, const char *key) __attribute__((warn_unused_result));

/* [{title, templates: [{name, title, details, config}]}] in the order of the index; borrowed. */
json_t *gallery_groups(void);

#endif
