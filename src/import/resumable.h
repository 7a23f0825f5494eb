/* Files that arrive in pieces, because they are larger than a request may be or because the connection is bad: a row each, and the bytes
 * so far below cfg.data_dir/part/<project>/. They belong to whoever sends them. When all bytes are there they are imported like any file. */
#ifndef LABELD_IMPORT_RESUMABLE_H
#define LABELD_IMPORT_RESUMABLE_H

#include "core/scope.h"
#include "import/request.h"

enum { RESUMABLE_KEY_MOST = 255, RESUMABLE_NAME_MOST = 255 };

/* What is to come. */
struct resumable_file {
    const char *name;
    int64_t size_bytes;
    const char *key;   /* the client's own name for it: asking again with it finds what there is; NULL = none */
};

/* Announce a file; needs a transaction. *known: it was announced with this key before, and nothing is done.
 * Errors: VALIDATION (too large, ending not accepted), CONFLICT (too many on their way), UNPROCESSABLE (the key came with another file),
 * NO_SPACE, NOT_FOUND. */
err *resumable_create(struct scope *s, int64_t project, const struct resumable_file *f, int64_t *id, bool *known)
    __attribute__((warn_unused_result));

/* The caller's files of a project that are on their way. Errors: NOT_FOUND. */
err *resumable_list(struct scope *s, int64_t project, struct rows *out) __attribute__((warn_unused_result));
/* One of them as the API shows it, columns as resumable_list. Errors: NOT_FOUND. */
err *resumable_row(struct scope *s, int64_t project, int64_t id, struct row *out) __attribute__((warn_unused_result));
/* How much one piece should have. */
int64_t resumable_piece_bytes(void);

/* One piece on its way to the file. */
struct resumable_piece {
    int fd;
    int64_t at;      /* where its next byte belongs */
    int64_t have;    /* before it, all bytes are there */
    int64_t noted;   /* how far the row says that it is */
    int64_t end;     /* after the last byte */
    int64_t id;
    const char *path;
};
/* Begin to write len bytes from `offset` on, outside transactions: a lock on the file, which ends with the arena, keeps others from it.
 * Bytes that are there already are passed over, so a piece may be sent again. Errors: CONFLICT (offset after the end of what is there, or
 * another piece is being written), VALIDATION (longer than the file), NOT_FOUND. */
err *resumable_piece_begin(struct scope *s, int64_t project, int64_t id, int64_t offset, int64_t len, struct resumable_piece *out)
    __attribute__((warn_unused_result));
err *resumable_piece_add(struct scope *s, struct resumable_piece *p, const char *bytes, size_t len) __attribute__((warn_unused_result));
/* All of it came: now it counts. Errors: NOT_FOUND (given up meanwhile). */
err *resumable_piece_end(struct scope *s, struct resumable_piece *p) __attribute__((warn_unused_result));

/* Give a file up. Errors: NOT_FOUND. */
err *resumable_delete(struct scope *s, int64_t project, int64_t id) __attribute__((warn_unused_result));

/* Whole files as sources of an import, added to *n at out. ids: texts as clients send them. Those that were imported before are found too,
 * so that the answer of that import can be given again.
 * Errors: VALIDATION under `upload` (unknown, not whole). */
err *resumable_sources(struct scope *s, int64_t project, const char *const *ids, size_t n_ids, struct imp_source *out, size_t *n)
    __attribute__((warn_unused_result));
/* They are imported in this transaction, which ends their upload. later: the bytes were kept for the import when it was asked for, so that a
 * file may have been given up since. Errors: CONFLICT, or later UNPROCESSABLE, when one was imported before. */
err *resumable_take(struct scope *s, int64_t project, const char *const *ids, size_t n_ids, bool later) __attribute__((warn_unused_result));
/* A key of the import for clients that give none: the same files are imported once. However many there are, it is short. */
const char *resumable_import_key(struct arena *a, const char *const *ids, size_t n_ids);

#endif
