/* Results in a few words: "2 Car · 1 Person", "mood: Good". Pure. */
#ifndef LABELD_PAGE_RESULT_WORDS_H
#define LABELD_PAGE_RESULT_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* A word of a control, and how often it was said. */
struct said {
    const char *control;     /* NULL: of a relation */
    const char *type;
    const char *word;        /* NULL: a region that says only where it is */
    int64_t n;
};

/* All of one task; those of a control need not stand together. "" for none. */
const char *words_text(struct arena *a, const struct said *said, size_t n);

#endif
