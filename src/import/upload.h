/* Uploaded files: bytes below cfg.data_dir/upload/<project>/, one row each. */
#ifndef LABELD_IMPORT_UPLOAD_H
#define LABELD_IMPORT_UPLOAD_H

#include "core/scope.h"

struct upload {
    int64_t id;
    const char *file;     /* "upload/8/d4852578-t.csv" */
    const char *path;     /* on disk */
    const char *extension;/* lower case, without the dot; "" when there is none */
};

/* Keep a received temporary file under a new name; must run in a transaction. When that does not commit, the file goes again.
 * Errors: VALIDATION for an extension that is not accepted; INTERNAL (disk). */
err *upload_store(struct scope *s, int64_t project, const char *name, const char *temporary, int64_t size_bytes, struct upload *out) __attribute__((warn_unused_result));
/* Rows of the list. ids: int4[] text or NULL; all: every file of the project. */
err *upload_list(struct scope *s, int64_t project, const char *ids, bool all, struct rows *out) __attribute__((warn_unused_result));
/* Is there such a file in a visible project? Errors: NOT_FOUND. */
err *upload_find(struct scope *s, int64_t project, const char *name) __attribute__((warn_unused_result));
/* The Content-Type of an uploaded file, by its name. */
const char *upload_type(struct arena *a, const char *name);

#endif
