/* Results in short, as task lists show them in one column. */
#ifndef LABELD_CORE_BRIEF_H
#define LABELD_CORE_BRIEF_H

#include "base/strbuf.h"

/* Append the results (texts of jsonb; NULL ones are passed over) to `out`: compact, numbers with two decimals, at most 500 characters of
 * it, without quotes, and with blanks where they help: "[{type:choices, value:{choices:[A]}}] [{…}]". */
void brief_add(struct strbuf *out, const char *const *results, size_t n);

#endif
