/* What a data field is to hold: a text, a number, or one of five expressions. */
#ifndef LABELD_DM_EXPRESSION_H
#define LABELD_DM_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum field_mode { FIELD_CONSTANT, FIELD_RANGE, FIELD_SAMPLE, FIELD_RANDOM, FIELD_CHOICES, FIELD_REPLACE };

struct field_value {
    enum field_mode mode;
    const char *json;              /* CONSTANT */
    int64_t from, to;              /* RANGE: from; RANDOM: both ends */
    const char *const *choices;    /* as JSON */
    const double *upto;            /* weights added up */
    size_t n;
    const char *was, *is;          /* REPLACE */
};

/* range(1), sample(), random(1, 6), choices(["a", "b"], [3, 1]), replace("old", "new"); texts in either kind of quotes.
 * Errors: VALIDATION. */
err *expression_read(struct arena *a, const char *text, struct field_value *out) __attribute__((warn_unused_result));

#endif
