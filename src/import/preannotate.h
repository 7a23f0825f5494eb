/* Predictions made from fields of the task data: a column of labels in a table becomes what
 * annotators see first. */
#ifndef LABELD_IMPORT_PREANNOTATE_H
#define LABELD_IMPORT_PREANNOTATE_H

#include <jansson.h>

#include "base/strbuf.h"
#include "labelconfig/lc.h"
#include "json/jspan.h"

/* Field names of the texts, each a list separated by the first of , ; | that it holds. Empty names
 * are left out. */
const char *const *preannotate_fields(struct arena *a, const char *const *texts, size_t n_texts,
                                      size_t *n);
/* Append the result that `value` (tree and source text) of the field stands for. */
void preannotate_result(struct strbuf *b, struct arena *a, const struct lc *lc, const char *field,
                        json_t *value, struct span text);

#endif
