/* Tasks that arrive by a form: files and pasted JSON, and how their problems are told. Used by
 * "import" and "new project". */
#ifndef LABELD_PAGE_INTAKE_H
#define LABELD_PAGE_INTAKE_H

#include <jansson.h>

#include "http/rq.h"
#include "import/imp.h"

struct intake {
    const char
        *stage; /* field being read, "files" or "paste": where an error belongs; NULL = neither */
    struct imp_result result;
};

/* Did the form bring any tasks? The body has been read. */
bool intake_any(const struct rq *rq);
/* Import all of it; needs a transaction. Errors: as imp_end, with in->stage saying where. */
err *intake_run(struct rq *rq, int64_t project, struct intake *in)
    __attribute__((warn_unused_result));
/* Put an error of intake_run into `errors`, `error` and `first_problems` of the context; false when
 * it is not about the input. */
bool intake_explain(struct arena *a, json_t *ctx, const err *e, const char *stage);
/* What the data fields show besides: values.paste, upload_most_text. */
void intake_fields(struct rq *rq, json_t *ctx);

#endif
