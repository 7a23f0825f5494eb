/* The columns list of the API. */
#ifndef LABELD_DM_COLUMNS_WRITE_H
#define LABELD_DM_COLUMNS_WRITE_H

#include "core/scope.h"
#include "json/jw.h"

/* Errors: NOT_FOUND (project). */
err *dm_columns_write(struct scope *s, struct jw *w, int64_t project) __attribute__((warn_unused_result));

#endif
