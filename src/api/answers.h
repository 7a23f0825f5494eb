/* The rows of answers.def: what handlers answer and read besides the bodies that tables of fields check. */
#ifndef LABELD_API_ANSWERS_H
#define LABELD_API_ANSWERS_H

#include <stddef.h>

#include "http/route.h"

struct answer {
    route_handler *handler;
    int status;
    const char *shape, *query;
};

struct body {
    route_handler *handler;
    const char *media, *shape;
};

struct named {
    const char *name, *shape, *summary;
};

const struct answer *answers_all(size_t *n);
const struct named *answers_schemas(size_t *n);
/* NULL when the handler has no row; openapi_missing names such routes. */
const struct answer *answers_of(route_handler *handler);
/* The next one of a handler after `last` (NULL: the first); NULL after the last. */
const struct answer *answers_other(route_handler *handler, const struct answer *last);
const struct body *answers_body(route_handler *handler, const struct body *last);
/* A name that a row uses and no PARAM explains is a bug. */
const struct named *answers_param(const char *name, size_t len);

#endif
