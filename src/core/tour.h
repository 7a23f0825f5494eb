/* Product tours: clients keep here whether somebody has seen them. There are no steps: labeld's own pages need none. */
#ifndef LABELD_CORE_TOUR_H
#define LABELD_CORE_TOUR_H

#include "core/scope.h"
#include "json/jin.h"

/* Errors of both: VALIDATION for an unknown name. */
err *tour_write(struct scope *s, struct jw *w, const char *name) __attribute__((warn_unused_result));
err *tour_set(struct scope *s, const char *name, const struct jin *in) __attribute__((warn_unused_result));

#endif
