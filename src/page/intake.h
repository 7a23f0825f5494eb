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
    struct imp_request request; /* files of other tools: what came of them; found NULL = they are none */
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
/* How the files are to be read: import_format and what goes with it. */
void intake_options(struct rq *rq, struct intake *in);
/* Import all of it; needs a transaction. Errors: as imp_end, with in->stage saying where. */
err *intake_run(struct rq *rq, int64_t project, struct intake *in)
    __attribute__((warn_unused_result));
/* Put an error of intake_run into `errors`, `error` and `first_problems` of the context; false when
 * it is not about the input. */
bool intake_explain(struct arena *a, json_t *ctx, const err *e, const char *stage);
/* " imported: COCO, 3 labels. 12 rows were left out." */
const char *intake_told(struct arena *a, const struct intake *in);
/* Rows that were left out, for the page: {text, items}, or null. */
json_t *intake_left_out(struct arena *a, const struct intake *in);
/* What the data fields show besides: values.paste, values.url, upload_most_text, upload_most_bytes, upload_most_files. */
void intake_fields(struct rq *rq, json_t *ctx);

#endif
