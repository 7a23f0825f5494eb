/* Collects field errors and turns them into one ERR_VALIDATION with the `validation_errors` object of the envelope. */
#ifndef LABELD_JSON_VERR_H
#define LABELD_JSON_VERR_H

#include <stdbool.h>

#include "base/err.h"
#include "base/strbuf.h"

struct verr;

struct verr *verr_new(struct arena *a);
/* Add a message under `field` (several per field are kept in order). */
void verr_add(struct verr *v, const char *field, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* What is wrong within the value of a field: e is a VALIDATION error, whose fields are put below it. */
void verr_nest(struct verr *v, const char *field, const err *e);
bool verr_any(const struct verr *v);
/* OK when nothing was added, else the error. */
err *verr_done(struct verr *v) __attribute__((warn_unused_result));

/* One message under one field, as a plain text instead of a list: checks of query parameters are answered so. */
err *verr_text(struct arena *a, const char *field, const char *fmt, ...) __attribute__((format(printf, 3, 4), warn_unused_result));
/* One message under one field. field NULL = non_field_errors. */
err *verr_one(struct arena *a, const char *field, const char *fmt, ...) __attribute__((format(printf, 3, 4), returns_nonnull, warn_unused_result));

#endif
