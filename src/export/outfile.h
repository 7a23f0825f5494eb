/* A file below the data directory that is written bit by bit and is there whole or not at all. */
#ifndef LABELD_EXPORT_OUTFILE_H
#define LABELD_EXPORT_OUTFILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct outfile;

/* Begin a file in <data_dir>/export/<project>/ under a passing name; unless it gets its own by
 * outfile_keep it is removed at the arena's end. Errors: NO_SPACE, INTERNAL. */
err *outfile_open(struct arena *a, int64_t project, struct outfile **out)
    __attribute__((warn_unused_result));
/* A jw_sink; what goes wrong is told by the next outfile_flush. */
void outfile_put(void *file, const char *p, size_t len);
/* For exp_out: bytes may stay in memory. */
err *outfile_flush(void *file) __attribute__((warn_unused_result));
/* Everything reaches the disk; *md5 is in hex. */
err *outfile_end(struct outfile *f, const char **md5, int64_t *size_bytes)
    __attribute__((warn_unused_result));
/* Give it its name ("export/8/x.json"), for good. */
err *outfile_keep(struct outfile *f, const char *file) __attribute__((warn_unused_result));

#endif
