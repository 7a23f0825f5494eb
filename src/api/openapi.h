/* The route table as documents: OpenAPI 3.0.3 for clients, JSON for tests, a text table for people. */
#ifndef LABELD_API_OPENAPI_H
#define LABELD_API_OPENAPI_H

#include <stdio.h>

#include "json/jw.h"

void openapi_write(struct jw *w);
/* Operation id of a route whose handler has no row in answers.def; NULL when all have. */
const char *openapi_missing(void);
/* [{method, pattern, permission, roles, flags, operation, body, summary}] of every route, pages too. */
void routes_write(struct jw *w);
void routes_print(FILE *out);

#endif
