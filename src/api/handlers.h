/* Prototypes of every handler that the route table names; one line of the table is one function. */
#ifndef LABELD_API_HANDLERS_H
#define LABELD_API_HANDLERS_H

#include "http/rq.h"

#define ROUTE(method, pattern, permission, body, handler, operation, flags, summary) route_handler handler;
#define PAGE(method, pattern, permission, handler, operation, flags, summary) route_handler handler;
#include "api/routes.def"
#undef ROUTE
#undef PAGE

#endif
