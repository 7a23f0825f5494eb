/* routes.def turned into the table that the gate matches against. Nothing else belongs here. */
#include "api/routes.h"

#include "api/bodies.h"
#include "api/handlers.h"
#include "core/perm.h"

static const struct route routes[] = {
#define ROUTE(method, pattern, permission, body, handler, operation, flags, summary) \
    {M_##method, pattern, permission, body, handler, operation, flags, summary},
#define PAGE(method, pattern, permission, handler, operation, flags, summary) \
    {M_##method, pattern, permission, NULL, handler, operation, RF_PAGE | (flags), summary},
#include "api/routes.def"
#undef ROUTE
#undef PAGE
};

const struct route *routes_all(size_t *n)
{
    *n = sizeof routes / sizeof routes[0];
    return routes;
}
