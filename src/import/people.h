/* Who imported annotations belong to: `completed_by` as an id, an object with an e-mail, or nothing. */
#ifndef LABELD_IMPORT_PEOPLE_H
#define LABELD_IMPORT_PEOPLE_H

#include <jansson.h>

#include "core/scope.h"

struct people;

struct people *people_new(struct scope *s);
/* The member that `completed_by` (NULL when absent) names; the caller when it names nobody.
 * Errors: VALIDATION, worded as the reference does. */
err *people_find(struct people *p, json_t *completed_by, int64_t *user) __attribute__((warn_unused_result));

#endif
