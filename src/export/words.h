/* Words of a text as the Penn Treebank tokeniser cuts them, for CoNLL. */
#ifndef LABELD_EXPORT_WORDS_H
#define LABELD_EXPORT_WORDS_H

#include "base/arena.h"
#include "base/err.h"

struct word {
    const char *text; /* as in the source */
    size_t start, end; /* code points; end is past the last */
};

struct words; /* the rules, compiled */

err *words_open(struct arena *a, struct words **out) __attribute__((warn_unused_result));
/* Words that cannot be found again in the source are left out. Memory is of a. Errors: TOO_LARGE past the regular expressions' limits. */
err *words_cut(struct words *w, struct arena *a, const char *text, struct word **out, size_t *n) __attribute__((warn_unused_result));

#endif
