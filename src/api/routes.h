/* The route table (routes.def) as an array: matched by the gate, printed as OpenAPI and by `labeld-admin routes`. */
#ifndef LABELD_API_ROUTES_H
#define LABELD_API_ROUTES_H

#include <stddef.h>

#include "http/route.h"

const struct route *routes_all(size_t *n);

#endif
