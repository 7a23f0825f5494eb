/* Imports that are remembered: those that a job does, and those that came with a key of their
 * client's, which are done once however often they are sent. */
#ifndef LABELD_IMPORT_RECORD_H
#define LABELD_IMPORT_RECORD_H

#include <jansson.h>

#include "import/request.h"

enum { IMPORT_KEY_MOST = 255 };

struct imp_record {
    int64_t id;
    const char *answer; /* JSON: of the same import, done before; NULL = it is to be done, or under way */
    bool known;         /* the key was used before */
};

/* Remember it in the running transaction, before anything else is done in it. key NULL: it has none. An import that failed has no key.
 * Another request with the same key is waited for. Errors: UNPROCESSABLE (the key came with another import before). */
err *imp_record_begin(struct scope *s, const struct imp_request *q, const char *key,
                      struct imp_record *out) __attribute__((warn_unused_result));
/* It is done, in the same transaction. *out: its answer. */
err *imp_record_end(struct scope *s, int64_t id, const struct imp_request *q, double duration_s,
                    const char **answer) __attribute__((warn_unused_result));
/* It is left to a job, in the same transaction: its bytes are kept in files of their own, which go
 * again unless the transaction commits. */
err *imp_record_later(struct scope *s, const struct imp_request *q, const char *key,
                      struct imp_record *out) __attribute__((warn_unused_result));

/* For the job. */
struct imp_work {
    struct imp_request q;
    int64_t organization, by;
    json_t *files; /* the names of its files */
    bool done;     /* it was done, or nobody wants it any more */
};
err *imp_record_work(struct arena *a, struct db *db, int64_t id, struct imp_work *out)
    __attribute__((warn_unused_result));
/* Map and name the bytes that were kept. Errors: NOT_FOUND. */
err *imp_record_open(struct arena *a, struct imp_work *w) __attribute__((warn_unused_result));
/* It failed for good, with a reason that clients see; its key may be used again. Nothing is changed when it was done meanwhile. */
err *imp_record_failed(struct db *db, int64_t id, const err *why)
    __attribute__((warn_unused_result));
/* Remove the files that were kept for the job. */
void imp_record_clean(struct arena *a, const struct imp_work *w);

/* One import as the API shows it. Errors: NOT_FOUND. */
err *imp_record_write(struct scope *s, struct jw *w, int64_t project, int64_t id, bool reimport)
    __attribute__((warn_unused_result));

#endif
