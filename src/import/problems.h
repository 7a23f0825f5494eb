/* What is wrong with the items of one import: all of it is told at once, by item. */
#ifndef LABELD_IMPORT_PROBLEMS_H
#define LABELD_IMPORT_PROBLEMS_H

#include <jansson.h>

#include "base/err.h"

enum { PROBLEMS_MOST = 99 }; /* before "...", as on the reference */

struct problems {
    const char *by_item[PROBLEMS_MOST]; /* NULL = good */
    const char *first;                  /* NULL = none */
};

/* `item` as it was judged; its text becomes part of the message. */
void problems_add(struct problems *p, struct arena *a, int64_t index, const char *problem,
                  json_t *item);
/* The answer to an import of so many items with a problem. Never OK. */
err *problems_answer(const struct problems *p, struct arena *a, int64_t n_items)
    __attribute__((warn_unused_result));

#endif
