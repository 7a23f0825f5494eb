/* Tasks that arrive by a form: files, pasted JSON and the address of a file, and how their problems are told. Used by
 * "import" and "new project". */
#ifndef LABELD_PAGE_INTAKE_H
#define LABELD_PAGE_INTAKE_H

#include <jansson.h>

#include "http/rq.h"
#include "import/request.h"

struct intake {
    const char
        *stage; /* field being read, "files", "paste" or "url": where an error belongs; NULL = none of them */
    struct imp_result result;
    const char *name, *path; /* what `url` gave; NULL = nothing */
    int64_t size_bytes;
    const char **uploads; /* ids of files that came in pieces, and the files */
    struct imp_source *pieces;
    size_t n_uploads, n_pieces;
};

/* Did the form bring any tasks? The body has been read. */
bool intake_any(const struct rq *rq);
/* Find the files that came in pieces, download what the field `url` names. project 0: it is not there yet. Before the transaction: nobody waits for somebody's web server with the project locked.
 * Errors: VALIDATION (refused and unknown hosts, answers that are no file), with in->stage saying where. */
err *intake_fetch(struct rq *rq, int64_t project, struct intake *in) __attribute__((warn_unused_result));
/* Import all of it; needs a transaction. Errors: as imp_end, with in->stage saying where. */
err *intake_run(struct rq *rq, int64_t project, struct intake *in)
    __attribute__((warn_unused_result));
/* Put an error of intake_run into `errors`, `error` and `first_problems` of the context; false when
 * it is not about the input. */
bool intake_explain(struct arena *a, json_t *ctx, const err *e, const char *stage);
/* What the data fields show besides: values.paste, values.url, upload_most_text, upload_most_bytes, upload_most_files. */
void intake_fields(struct rq *rq, json_t *ctx);

#endif
