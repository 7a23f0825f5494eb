/* Values of filters: from JSON to arguments of SQL, by the class of the column and the operator. */
#ifndef LABELD_DM_VALUE_H
#define LABELD_DM_VALUE_H

#include "dm/query.h"

/* Fill cast and value of a term whose column, class and operator are known. Errors: VALIDATION. */
err *dm_value_read(struct arena *a, struct dm_term *t, const json_t *value) __attribute__((warn_unused_result));
/* Strings as they are, numbers and booleans as JSON writes them; NULL for anything else. */
const char *dm_value_text(struct arena *a, const json_t *v);
/* ISO 8601: a date, or date and time with fraction and zone as one likes; without a zone it is UTC. */
bool dm_value_is_time(const char *s);

#endif
