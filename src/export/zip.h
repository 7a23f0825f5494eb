/* A zip file that leaves as it is made: entries of known size, one after the other. */
#ifndef LABELD_EXPORT_ZIP_H
#define LABELD_EXPORT_ZIP_H

#include "export/exp.h"
#include "export/spool.h"

struct exp_zip;

/* Lives as long as the arena, which must not be rewound meanwhile. */
err *exp_zip_open(struct arena *a, const struct exp_out *out, struct exp_zip **zip) __attribute__((warn_unused_result));
/* "images/" */
err *exp_zip_directory(struct exp_zip *z, const char *name) __attribute__((warn_unused_result));
err *exp_zip_bytes(struct exp_zip *z, const char *name, const void *p, size_t len) __attribute__((warn_unused_result));
/* A file from its beginning; one that turns out shorter ends the export. Pictures and sounds are stored as they are. */
err *exp_zip_file(struct exp_zip *z, const char *name, int fd, int64_t size_bytes) __attribute__((warn_unused_result));
/* An entry in pieces, size_bytes together. */
err *exp_zip_begin(struct exp_zip *z, const char *name, int64_t size_bytes) __attribute__((warn_unused_result));
err *exp_zip_add(struct exp_zip *z, const void *p, size_t len) __attribute__((warn_unused_result));
err *exp_zip_spool(struct exp_zip *z, struct exp_spool *s, int64_t at, int64_t len) __attribute__((warn_unused_result));
/* An exp_part_fn (to: the zip): the part becomes an entry of its name. */
err *exp_zip_part(void *zip, struct exp_spool *s, const char *name, int64_t at, size_t len) __attribute__((warn_unused_result));
err *exp_zip_end(struct exp_zip *z) __attribute__((warn_unused_result));

#endif
