/* Numbers as text, inside json/: finding them, whether Postgres can hold them, and the shortest text of a double. */
#ifndef LABELD_JSON_JNUM_H
#define LABELD_JSON_JNUM_H

#include "json/jspan.h"

enum { JNUM_BYTES = 40 };

/* Write a finite double as Python's repr does ("9.0", "0.1", "1e+22", "1e-05"), NUL-ended; returns the length. */
size_t jnum_f64(char out[JNUM_BYTES], double v);

/* Next number outside strings in `rest`, which moves behind it; false at the end. For valid JSON text. */
bool jnum_next(struct span *rest, struct span *num);
/* Digits only, perhaps a minus. */
bool jnum_is_int(struct span num);
/* Value of a number of any length. Overflow gives an infinity. */
double jnum_value(struct span num);
/* Can clients and jsonb take it? Reals must fit a double, as the reference server demands; integers Postgres' numeric. */
bool jnum_storable(struct span num);

#endif
