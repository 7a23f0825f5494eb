/* Requests to an ML backend and what can be wrong with the answers. */
#ifndef LABELD_ML_CLIENT_H
#define LABELD_ML_CLIENT_H

#include <jansson.h>

#include "ml/backend.h"

enum ml_answer_kind { ML_OK, ML_REFUSED /* address not allowed */, ML_UNREACHABLE, ML_STATUS, ML_NO_JSON };

struct ml_answer {
    enum ml_answer_kind kind;
    long status;
    const char *reason;      /* for people, of what is not ML_OK */
    const char *text;        /* body */
    json_t *tree;            /* of ML_OK; lives as long as the arena */
};

/* GET path, or POST a JSON body; at most timeout_ms. An empty 2xx body reads as {}. */
void ml_call(struct arena *a, const struct ml_backend *b, const char *path, const char *body, int64_t timeout_ms, struct ml_answer *out);

/* The name that the backend knows the project by: "25.1795300672". */
const char *ml_project_name(struct arena *a, const struct ml_backend *b);
/* The version that an answer, or one of its predictions, says it is of; NULL when it says none. */
const char *ml_version(struct arena *a, const json_t *tree);

#endif
