/* Snapshots: exports that are kept. A request puts down what it wants, a job writes the file, and
 * other formats are made from that file. */
#ifndef LABELD_EXPORT_SNAPSHOT_H
#define LABELD_EXPORT_SNAPSHOT_H

#include "core/scope.h"
#include "export/exp.h"
#include "json/jin.h"

enum { SNAPSHOTS_LISTED = 100 };

/* Ask for one. in: title and the three objects of options; *job writes it. asked: JSON for dm_compile
 * that says which tasks, where the options name no view; NULL = all.
 * Errors: NOT_FOUND (project), VALIDATION. */
err *snapshot_create(struct scope *s, int64_t project, const struct jin *in, const char *asked, int64_t *id, int64_t *job)
    __attribute__((warn_unused_result));
/* Newest first. */
err *snapshot_rows(struct scope *s, int64_t project, struct rows *out)
    __attribute__((warn_unused_result));
/* Errors: NOT_FOUND. */
err *snapshot_row(struct scope *s, int64_t project, int64_t id, struct row *out)
    __attribute__((warn_unused_result));
/* options: with the three objects that it was asked for with. */
void snapshot_write(struct jw *w, const struct row *r, bool options);
/* Row, files and jobs; must run in a transaction. Errors: NOT_FOUND. */
err *snapshot_delete(struct scope *s, int64_t project, int64_t id)
    __attribute__((warn_unused_result));

/* Ask for another format of a finished one. Errors: NOT_FOUND, VALIDATION (format; it is under way
 * or there). */
err *snapshot_convert(struct scope *s, int64_t project, int64_t id, const char *type,
                      bool resources, bool corrected, int64_t *converted, int64_t *job) __attribute__((warn_unused_result));

/* Files of a snapshot, below the data directory, and how clients see their name. */
struct snapshot_file {
    const char *document; /* "export/8/0a1b….project-8-at-….json" */
    const char *file;     /* of the format asked for; NULL: it is yet to be made */
    const char *stem; /* "project-8-at-2026-11-21-22-36-1f4aa0c6" */
};
/* Errors: NOT_FOUND (also: not completed). */
err *snapshot_find_file(struct scope *s, int64_t project, int64_t id, const char *type,
                        struct snapshot_file *out) __attribute__((warn_unused_result));
/* Map the document of a snapshot for exp_options. Errors: NOT_FOUND when its file is gone. */
err *snapshot_map(struct arena *a, const char *file, struct span *out)
    __attribute__((warn_unused_result));
/* "export/8/0a1b….project-8-at-….json" → "project-8-at-…". */
const char *snapshot_stem(struct arena *a, const char *file);

#endif
