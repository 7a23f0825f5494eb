/* Pictures, sounds and other files that task data names: what they are called in an archive and, where they can be had, their bytes.
 * Uploaded files are read where they lie, files of local storages through exp_options.local, others are fetched when that is asked for. */
#ifndef LABELD_EXPORT_MEDIA_H
#define LABELD_EXPORT_MEDIA_H

#include "base/imgsize.h"
#include "export/exp.h"

struct exp_media;

struct exp_file {
    const char *name; /* its last segment, with something of its own before it when it comes from another server */
    bool is_known;    /* there, or on another server that was not asked; else name is all that is known */
    int fd;           /* -1: its bytes were not asked for or could not be had. Closed by exp_file_close */
    int64_t size_bytes;
};

/* fetch: files of other servers too, where exp_options.resources asks for them; else they are named as if they could not be had. Without it
 * they are named as if they had been. Lives as long as the arena, which must not be rewound meanwhile. */
struct exp_media *exp_media_new(struct arena *a, struct scope *s, const struct exp_options *o, bool fetch);
/* What the value of a data key leads to; out lives in s->a. That it is not there is no error. */
err *exp_media_find(struct exp_media *m, const char *value, struct exp_file *out) __attribute__((warn_unused_result));
/* The same value will be asked for later: a file of another server is under way from now on. False: there is no room for more yet. */
bool exp_media_ahead(struct exp_media *m, const char *value);
void exp_file_close(struct exp_file *f);
/* Size of a picture that is there. */
bool exp_file_size(struct arena *a, const struct exp_file *f, struct imgsize *out);
/* Last segment of the path of a URL, or of a path, not decoded; "" when there is none. */
const char *exp_path_name(struct arena *a, const char *value);
/* A name of a file wherever the archive is opened, not longer than file systems take. */
const char *exp_name_clean(struct arena *a, const char *name);
/* "a.b.png" → "a.b", at most 251 bytes. */
const char *exp_stem(struct arena *a, const char *name);

#endif
