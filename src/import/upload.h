/* Uploaded files: bytes below cfg.data_dir/upload/<project>/, one row each. */
#ifndef LABELD_IMPORT_UPLOAD_H
#define LABELD_IMPORT_UPLOAD_H

#include "core/scope.h"
#include "json/jspan.h"

struct upload {
    int64_t id;
    const char *file;      /* "upload/8/d4852578-t.csv" */
    const char *path;      /* on disk */
    const char *extension; /* lower case, without the dot; "" when there is none */
};

/* Keep a received temporary file under a new name; must run in a transaction. When that does not
 * commit, the file goes again. Errors: VALIDATION for an extension that is not accepted; INTERNAL
 * (disk). */
err *upload_store(struct scope *s, int64_t project, const char *name, const char *temporary,
                  int64_t size_bytes, struct upload *out) __attribute__((warn_unused_result));
/* Many files of one project, whose rows go in together: what refers to them must wait for upload_rows_write. They go as those of upload_store
 * do. expected: at most so many come. */
struct upload_rows;
err *upload_rows_begin(struct scope *s, int64_t project, size_t expected, struct upload_rows **out) __attribute__((warn_unused_result));
/* temporary: as in upload_store; NULL: the file has these bytes. */
err *upload_rows_add(struct upload_rows *r, const char *name, const char *temporary, struct span bytes, struct upload *out)
    __attribute__((warn_unused_result));
err *upload_rows_write(struct upload_rows *r) __attribute__((warn_unused_result));
/* Would this name be taken? Errors: as there. */
err *upload_check_name(struct arena *a, const char *name) __attribute__((warn_unused_result));
/* Rows of the caller's files: all, or those of ids (int4[] text, NULL = none but those of a project
 * being set up). */
err *upload_list(struct scope *s, int64_t project, const char *ids, bool all, struct rows *out)
    __attribute__((warn_unused_result));
/* Files of a project that the caller sees, by ids (int4[] text), in the order of their ids. */
err *upload_open(struct scope *s, int64_t project, const char *ids, struct upload **out, size_t *n)
    __attribute__((warn_unused_result));
/* One row with its project. Errors: NOT_FOUND. */
err *upload_row(struct scope *s, int64_t id, struct row *out) __attribute__((warn_unused_result));
/* Put other bytes in the place of a file; the old ones go when the transaction commits. Errors: as
 * upload_store, NOT_FOUND. */
err *upload_replace(struct scope *s, int64_t id, const char *name, const char *temporary,
                    int64_t size_bytes) __attribute__((warn_unused_result));
/* Remove one file, or the caller's files of a project (ids: int4[] text, NULL = all). Their tasks
 * stay. Errors: NOT_FOUND. */
err *upload_delete(struct scope *s, int64_t id) __attribute__((warn_unused_result));
err *upload_delete_own(struct scope *s, int64_t project, const char *ids, int64_t *n)
    __attribute__((warn_unused_result));
/* Put the tasks of files into the trash. */
err *upload_tasks_delete(struct scope *s, int64_t project, const char *ids)
    __attribute__((warn_unused_result));
/* Is there such a file in a visible project? Errors: NOT_FOUND. */
err *upload_find(struct scope *s, int64_t project, const char *name)
    __attribute__((warn_unused_result));
/* The Content-Type of an uploaded file, by its name. */
const char *upload_type(struct arena *a, const char *name);

/* The next `most` files of a project after the id `after`, as files of another one; the bytes get a second name. Needs a transaction.
 * *next: the last id. What is there already is left as it is. */
err *upload_copy_some(struct db *db, int64_t from, int64_t to, int64_t after, int64_t most, int64_t *next, int64_t *n)
    __attribute__((warn_unused_result));

#endif
