/* Names with numbers from 0, found without looking at all of them: labels that a configuration has by the thousand. */
#ifndef LABELD_EXPORT_NAMES_H
#define LABELD_EXPORT_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct exp_names {
    struct arena *a; /* must not be rewound meanwhile; zero-filled otherwise is empty */
    const char **all;
    size_t n, room;
    uint32_t *index; /* of all, plus one; twice as many places as names, by hash */
    unsigned char key[16];
};

void exp_names_init(struct exp_names *x, struct arena *a);
/* The number of a name, -1 when it is none of them. */
int64_t exp_names_find(const struct exp_names *x, const char *name);
/* One that is none of them yet; the text must stay. */
void exp_names_add(struct exp_names *x, const char *name);
/* Without one of them: those behind it move up. */
void exp_names_drop(struct exp_names *x, size_t i);

#endif
